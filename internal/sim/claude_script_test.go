package sim_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"sembang/internal/sim"
)

func TestClaudeFollowsScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	add := func(sc sim.Script) {
		t.Helper()
		if _, err := w.AddScript(sc); err != nil {
			t.Fatal(err)
		}
	}
	add(sim.Script{Contains: "PRICE", Text: "always"})
	add(sim.Script{Pattern: `price of \d+`, Call: 2, Text: "second", Usage: json.RawMessage(`{"output_tokens":5,"input_tokens":7}`)})
	add(sim.Script{
		Contains: "secret", StopReason: "refusal", Content: json.RawMessage(`[]`), StopDetails: json.RawMessage(`{"type":"refusal","category":"cyber"}`),
	})
	for i, want := range []string{"always", "second", "always"} {
		got := read(t, w.claude(t, ask("price of 12")))
		if got.Content[0].Text != want || i == 1 && (got.Usage["output_tokens"] != 5.0 || got.Usage["input_tokens"] != 7.0) {
			t.Errorf("call %d = %+v, want %s", i, got, want)
		}
	}
	if a := w.claude(t, ask("the secret")); !strings.Contains(a.body, `"content":[]`) || !strings.Contains(a.body, `"category":"cyber"`) {
		t.Errorf("refusal = %s", a.body)
	}
	w.ClearScripts()
	if got := read(t, w.claude(t, ask("price of 12"))); !strings.HasPrefix(got.Content[0].Text, "[Simulated Claude]") {
		t.Errorf("after clearing = %+v", got)
	}
	if _, err := w.AddScript(sim.Script{Pattern: "("}); err == nil {
		t.Error("a broken pattern was taken")
	}
}

func TestClaudeTakesItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale, c.ClaudeDelay = 1, 50*time.Millisecond })
	start := time.Now()
	w.claude(t, ask("hi"))
	if took := time.Since(start); took < 35*time.Millisecond {
		t.Errorf("answered after %v, want about 50ms", took)
	}
}

func TestClaudeStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := strings.Replace(ask("Berapa harga kek coklat?"), `{`, `{"stream":true,`, 1)
	a := w.claude(t, body)
	kinds, text := streamed(t, a.body)
	if !strings.HasPrefix(text, "[Simulated Claude] ") || !strings.Contains(text, "RM 95.50") {
		t.Errorf("streamed text = %q", text)
	}
	if got := strings.Join([]string{kinds[0], kinds[len(kinds)-2], kinds[len(kinds)-1]}, " "); got != "message_start message_delta message_stop" {
		t.Errorf("events = %v", kinds)
	}
	w.fault(t, sim.Fault{Vendor: sim.Anthropic, StreamError: true, NTimes: 1})
	if kinds, _ := streamed(t, w.claude(t, body).body); kinds[len(kinds)-1] != "error" {
		t.Errorf("events of a stream that fails = %v", kinds)
	}
	w.fault(t, sim.Fault{Vendor: sim.Anthropic, StreamCut: true, NTimes: 1})
	if kinds, _ := streamed(t, w.claude(t, body).body); kinds[len(kinds)-1] != "content_block_delta" {
		t.Errorf("events of a stream that is cut = %v", kinds)
	}
}

func streamed(t *testing.T, body string) (kinds []string, text string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(body))
	for lines.Scan() {
		if kind, found := strings.CutPrefix(lines.Text(), "event: "); found {
			kinds = append(kinds, kind)
		}
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			var e struct{ Delta struct{ Text string } }
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatalf("event %s: %v", data, err)
			}
			text += e.Delta.Text
		}
	}
	return kinds, text
}

func TestClaudeCountsAndCaches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("knowledge ", 400) // 4000 bytes, 1000 tokens
	body, _ := json.Marshal(map[string]any{
		"model": "claude-haiku-5-5", "max_tokens": 100, "messages": []map[string]any{{"role": "user", "content": "12345"}},
		"system": []any{map[string]any{"type": "text", "text": long, "cache_control": map[string]string{"type": "ephemeral"}}},
	})
	first, second := read(t, w.claude(t, string(body))).Usage, read(t, w.claude(t, string(body))).Usage
	if first["cache_creation_input_tokens"] != 1000.0 || first["cache_read_input_tokens"] != 0.0 || first["input_tokens"] != 2.0 {
		t.Errorf("first usage = %v", first)
	}
	if second["cache_creation_input_tokens"] != 0.0 || second["cache_read_input_tokens"] != 1000.0 {
		t.Errorf("second usage = %v", second)
	}
	count := w.call(t, http.MethodPost, "/anthropic/v1/messages/count_tokens", "application/json",
		`{"model":"claude-haiku-5-5","messages":[{"role":"user","content":"12345"}]}`, claudeHeader())
	if count.body != `{"input_tokens":2}` {
		t.Errorf("count_tokens answered %s", count.body)
	}
}

func TestClaudeFillsSchemas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var body map[string]any
	_ = json.Unmarshal([]byte(ask("Berapa harga kek coklat?")), &body)
	body["output_config"] = json.RawMessage(`{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false,
		"required":["template","text","sure"],"properties":{"template":{"type":"string","enum":["none","chocolate_cake","delivery"]},
		"text":{"type":"string"},"sure":{"type":"boolean"}}}}}`)
	raw, _ := json.Marshal(body)
	var filled map[string]any
	if err := json.Unmarshal([]byte(read(t, w.claude(t, string(raw))).Content[0].Text), &filled); err != nil {
		t.Fatal(err)
	}
	if text, _ := filled["text"].(string); filled["template"] != "chocolate_cake" || !strings.HasPrefix(text, "[Simulated Claude] ") || filled["sure"] != false {
		t.Errorf("structured answer = %v", filled)
	}
}

func TestClaudeListsModels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(path string) map[string]any {
		return w.call(t, http.MethodGet, "/anthropic/v1/"+path, "", "", claudeHeader()).json(t)
	}
	page := get("models?limit=2")
	if data, _ := page["data"].([]any); len(data) != 2 || page["has_more"] != true || page["last_id"] != "claude-sonnet-5-5" {
		t.Errorf("models = %v", page)
	}
	if m := get("models/claude-haiku-5-5"); m["lifecycle"] != "active" || m["display_name"] != "Claude Haiku 5.5" {
		t.Errorf("model = %v", m)
	}
	if m := get("models/nothing"); m["type"] != "error" {
		t.Errorf("unknown model = %v", m)
	}
}
