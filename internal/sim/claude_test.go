package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const prompt = `You are the helper of Kedai Kek Manis. Never invent a price; reply in the customer's language.
Products:
- Chocolate cake 6 inch: RM 65.00
- Chocolate cake 8 inch: RM 95.50
- Pandan cheese cake 8 inch: RM 88.00
| Durian tart | RM 6.90 each |
Opening hours: Tuesday to Sunday, 9am to 7pm
Halal: all our ingredients are halal certified (JAKIM)
Delivery: within Petaling Jaya RM 12.00`

func ask(question string) string {
	body, _ := json.Marshal(map[string]any{
		"model": "claude-haiku-5-5", "max_tokens": 1024, "system": prompt,
		"messages": []map[string]any{{"role": "user", "content": question}},
	})
	return string(body)
}

type claudeAnswer struct {
	ID, Model  string
	StopReason string `json:"stop_reason"`
	Content    []struct {
		Type, Text, Name string
		Input            map[string]any
	}
	Usage map[string]any
	Error struct{ Type, Message string }
}

func read(t *testing.T, a answered) claudeAnswer {
	t.Helper()
	var v claudeAnswer
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("body %q is no JSON: %v", a.body, err)
	}
	return v
}

func TestClaudeAnswersFromThePromptInTheCustomersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cases := map[string]struct {
		question   string
		want       []string
		wantAbsent string
	}{
		"price":           {"How much is the chocolate cake?", []string{"RM 65.00", "RM 95.50", "How much is the chocolate cake?", "You asked"}, "RM 88.00"},
		"price in Malay":  {"Berapa harga kek coklat?", []string{"RM 65.00", "RM 95.50", "Berapa harga kek coklat?", "Anda bertanya"}, "RM 88.00"},
		"price in zh":     {"巧克力蛋糕多少钱？", []string{"RM 65.00", "RM 95.50", "巧克力蛋糕多少钱？", "您问的是"}, "RM 88.00"},
		"table row":       {"durian tart got?", []string{"Durian tart, RM 6.90 each"}, "RM 65.00"},
		"hours":           {"what time do you open", []string{"9am to 7pm"}, "RM"},
		"hours in Malay":  {"kedai buka pukul berapa ya", []string{"9am to 7pm", "Anda bertanya"}, "RM"},
		"halal in zh":     {"你们的蛋糕是清真的吗", []string{"JAKIM"}, "You asked"},
		"unknown":         {"Do you sell bicycles?", []string{"would rather not guess"}, "RM"},
		"unknown, priced": {"Bicycle for RM 500 can?", []string{"would rather not guess"}, "500"},
		"mixed":           {"saya nak order 蛋糕 untuk esok pagi boleh?", []string{"Anda bertanya"}, "You asked"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, w.claude(t, ask(c.question)))
			text := got.Content[0].Text
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("answer %q lacks %q", text, want)
				}
			}
			if strings.Contains(text, c.wantAbsent) || !strings.HasPrefix(text, "[Simulated Claude] ") {
				t.Errorf("answer %q should start with the mark and lack %q", text, c.wantAbsent)
			}
			if got.Model != "claude-haiku-5-5-simulated" || got.StopReason != "end_turn" {
				t.Errorf("model %s, stop_reason %s", got.Model, got.StopReason)
			}
		})
	}
}

func TestClaudeHandsOverWhenAPersonIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, question := range []string{"I want to talk to a human", "nak cakap dengan orang", "请转人工", "any staff?", "真人"} {
		var body map[string]any
		_ = json.Unmarshal([]byte(ask(question)), &body)
		if got := read(t, w.claude(t, ask(question))); got.Content[0].Type != "text" {
			t.Errorf("without the tool %q gave %+v", question, got)
		}
		body["tools"] = []any{map[string]any{"name": "hand_over", "input_schema": map[string]any{
			"type": "object", "required": []string{"reason"}, "properties": map[string]any{
				"reason": map[string]any{"type": "string"}, "urgency": map[string]any{"type": "string", "enum": []string{"low", "high"}},
			},
		}}}
		raw, _ := json.Marshal(body)
		got := read(t, w.claude(t, string(raw)))
		if len(got.Content) != 1 || got.Content[0].Type != "tool_use" || got.Content[0].Name != "hand_over" || got.StopReason != "tool_use" {
			t.Errorf("%q gave %+v", question, got)
			continue
		}
		if reason, _ := got.Content[0].Input["reason"].(string); !strings.Contains(reason, question) || got.Content[0].Input["urgency"] != "low" {
			t.Errorf("%q handed over with %v", question, got.Content[0].Input)
		}
	}
}

func TestClaudeKeepsAnsweringWhenPeopleAreOnlyCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := `{"model":"claude-haiku-5-5","max_tokens":500,"tools":[{"name":"hand_over","input_schema":{"type":"object"}}],
		"messages":[{"role":"user","content":"kek coklat untuk 10 orang ada tak"}]}`
	if got := read(t, w.claude(t, body)); got.Content[0].Type != "text" {
		t.Errorf("answered %+v", got)
	}
}

func TestClaudeQuotesTheFirstAndTheLastOfABurst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := `{"model":"claude-haiku-5-5","max_tokens":500,"messages":[{"role":"user","content":"old"},{"role":"assistant","content":"ok"},
		{"role":"user","content":"first one"},{"role":"user","content":[{"type":"text","text":"` + strings.Repeat("middle ", 60) + `"}]},
		{"role":"user","content":"last one"}]}`
	text := read(t, w.claude(t, body)).Content[0].Text
	if !strings.Contains(text, "first one") || !strings.Contains(text, "last one") || strings.Contains(text, "old") || len(text) > 400 {
		t.Errorf("answer = %q", text)
	}
}

func TestClaudeRefusesWhatTheAPIRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := `"messages":[{"role":"user","content":"hi"}]`
	tool := `"tools":[{"name":"a","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"}`
	cases := map[string]struct {
		body   string
		status int
		kind   string
		text   string
	}{
		"no JSON":           {`{`, 400, "invalid_request_error", "not valid JSON"},
		"unknown field":     {`{"model":"claude-haiku-5-5","max_tokens":1,"foo":1,` + user + `}`, 400, "invalid_request_error", "foo: Extra inputs are not permitted"},
		"no model":          {`{"max_tokens":1,` + user + `}`, 400, "invalid_request_error", "model: Field required"},
		"unknown model":     {`{"model":"gpt","max_tokens":1,` + user + `}`, 404, "not_found_error", "model: gpt"},
		"retired model":     {`{"model":"claude-mythos-preview","max_tokens":1,` + user + `}`, 404, "not_found_error", "model: claude-mythos-preview"},
		"no max_tokens":     {`{"model":"claude-haiku-5-5",` + user + `}`, 400, "invalid_request_error", "max_tokens: Field required"},
		"no messages":       {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[]}`, 400, "invalid_request_error", "at least one message"},
		"assistant first":   {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"assistant","content":"x"},{"role":"user","content":"x"}]}`, 400, "invalid_request_error", `first message must use the "user" role`},
		"unknown role":      {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"bot","content":"x"}]}`, 400, "invalid_request_error", "messages.0.role"},
		"empty text":        {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"user","content":""}]}`, 400, "invalid_request_error", "text content blocks must be non-empty"},
		"white text":        {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":" \n"}]}]}`, 400, "invalid_request_error", "must contain non-whitespace text"},
		"prefill":           {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}`, 400, "invalid_request_error", "prefill"},
		"temperature":       {`{"model":"claude-haiku-5-5","max_tokens":1,"temperature":0.2,` + user + `}`, 400, "invalid_request_error", "temperature"},
		"budget":            {`{"model":"claude-haiku-5-5","max_tokens":1,"thinking":{"type":"enabled","budget_tokens":2000},` + user + `}`, 400, "invalid_request_error", "thinking.type"},
		"disabled thinking": {`{"model":"claude-sonnet-5-5","max_tokens":1,"thinking":{"type":"disabled"},` + user + `}`, 400, "invalid_request_error", "thinking.type"},
		"forced tool":       {`{"model":"claude-haiku-5-5","max_tokens":1,` + tool + `,` + user + `}`, 400, "invalid_request_error", "tool_choice forces tool use"},
		"both samplings":    {`{"model":"claude-haiku-4-5","max_tokens":1,"temperature":0.5,"top_p":0.5,` + user + `}`, 400, "invalid_request_error", "cannot both be specified"},
		"lonely tool_use": {`{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"user","content":"x"},
			{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"a","input":{}}]},{"role":"user","content":"y"}]}`, 400, "invalid_request_error", "toolu_1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.claude(t, c.body)
			got := read(t, a)
			if a.status != c.status || got.Error.Type != c.kind || !strings.Contains(got.Error.Message, c.text) {
				t.Errorf("answered %d %s", a.status, a.body)
			}
			if id := a.header.Get("Request-Id"); id == "" || !strings.Contains(a.body, `"request_id":"`+id+`"`) {
				t.Errorf("request id %q is not in %s", id, a.body)
			}
		})
	}
	off := `{"model":"claude-haiku-5-5","max_tokens":100,"thinking":{"type":"disabled"},` + tool + `,` + user + `}`
	if got := read(t, w.claude(t, off)); len(got.Content) != 1 || got.Content[0].Name != "a" {
		t.Errorf("forced tool with thinking off gave %+v", got)
	}
}

func TestClaudeChecksHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	call := func(header http.Header) answered {
		return w.call(t, http.MethodPost, "/anthropic/v1/messages", "application/json", ask("hi"), header)
	}
	version := "2023-06-01"
	for name, c := range map[string]struct {
		header http.Header
		status int
	}{
		"no key":     {http.Header{"Anthropic-Version": {version}}, 401},
		"wrong key":  {http.Header{"Anthropic-Version": {version}, "X-Api-Key": {"x"}}, 401},
		"no version": {http.Header{"X-Api-Key": {apiKey}}, 400},
		"bearer":     {http.Header{"Authorization": {"Bearer " + apiKey}, "Anthropic-Version": {version}}, 200},
	} {
		if a := call(c.header); a.status != c.status {
			t.Errorf("%s answered %d %s", name, a.status, a.body)
		}
	}
}
