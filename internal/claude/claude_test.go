package claude_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sembang/internal/claude"
	"sembang/internal/reply"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

const canary = "sk-ant-canary-0123456789"

func newClient(t *testing.T) (*claude.Client, *sim.Sim) {
	t.Helper()
	vendor := sim.New(sim.Config{Seed: 1, Log: slog.New(slog.DiscardHandler), ClaudeDelay: sim.NoDelay})
	server := httptest.NewServer(vendor.Handler())
	t.Cleanup(func() { server.Close(); vendor.Close() })
	if err := vendor.AddAPIKey(canary); err != nil {
		t.Fatal(err)
	}
	c, err := claude.New(claude.Config{BaseURL: server.URL + "/anthropic", Key: secret.New(canary), Model: "claude-haiku-5-5", Client: http.DefaultClient})
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return c, vendor
}

func ask(text string) reply.Request {
	return reply.Request{Rules: "You sell cakes.", Hints: "Answer in English.", Turns: []reply.Utterance{{Text: text}}, Contact: "c0ffee"}
}

func TestAnAnswerCarriesItsModelAndTokens(t *testing.T) {
	t.Parallel()
	c, vendor := newClient(t)
	got, err := c.Answer(t.Context(), ask("do you bake dragons"))
	if err != nil || !strings.Contains(got.Text, "dragons") || got.Model != "claude-haiku-5-5-simulated" || got.InputTokens == 0 || got.OutputTokens == 0 || got.RequestID == "" {
		t.Errorf("Answer() = %+v, %v", got, err)
	}
	calls := vendor.Requests(sim.RequestFilter{Vendor: sim.Anthropic})
	if len(calls) != 1 {
		t.Fatalf("calls = %d, want 1", len(calls))
	}
	body, err := json.Marshal(calls[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"cache_control", "hand_over", `disable_parallel_tool_use`, "c0ffee", `disabled`} {
		if !strings.Contains(string(body), part) {
			t.Errorf("the request lacks %q: %s", part, body)
		}
	}
}

func TestAnswersThatAreCutRefusedOrEmptyHaveNoText(t *testing.T) {
	t.Parallel()
	c, vendor := newClient(t)
	for question, s := range map[string]sim.Script{
		"cut":     {Text: "half an answ", StopReason: "max_tokens"},
		"refused": {Text: "I cannot", StopReason: "refusal"},
		"empty":   {Content: json.RawMessage(`[]`), StopReason: "end_turn"},
		"thought": {Content: json.RawMessage(`[{"type":"thinking","thinking":"hm","signature":"x"}]`), StopReason: "end_turn"},
	} {
		s.Contains = question
		if _, err := vendor.AddScript(s); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Answer(t.Context(), ask(question)); err != nil || got.Text != "" || got.HandOver != "" {
			t.Errorf("%s: Answer() = %+v, %v, want no text", question, got, err)
		}
	}
	if _, err := vendor.AddScript(sim.Script{Contains: "two", Content: json.RawMessage(`[{"type":"thinking","thinking":"hm","signature":"x"},{"type":"text","text":"one, "},{"type":"text","text":"two"}]`), StopReason: "end_turn"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Answer(t.Context(), ask("two blocks")); err != nil || got.Text != "one, two" {
		t.Errorf("Answer() = %q, %v, want both blocks", got.Text, err)
	}
}

func TestTheModelMayHandOver(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t)
	if got, err := c.Answer(t.Context(), ask("let me talk to a human")); err != nil || got.HandOver == "" || got.Text != "" {
		t.Errorf("Answer() = %+v, %v, want a hand-over", got, err)
	}
}

func TestOnlyPassingFailuresAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sim.Fault
		calls int
	}{
		"overloaded":              {sim.Fault{HTTPStatus: 529}, 2},
		"internal":                {sim.Fault{HTTPStatus: 500}, 2},
		"told not to":             {sim.Fault{HTTPStatus: 500, NoRetry: true}, 1},
		"busy for a second":       {sim.Fault{HTTPStatus: 429, RetryAfter: 1}, 2},
		"busy for a minute":       {sim.Fault{HTTPStatus: 429, RetryAfter: 60}, 1},
		"spent, without a retry":  {sim.Fault{HTTPStatus: 429}, 1},
		"wrong key":               {sim.Fault{HTTPStatus: 401}, 1},
		"bad request":             {sim.Fault{HTTPStatus: 400}, 1},
		"a proxy's page with 200": {sim.Fault{HTMLBody: true, HTTPStatus: 200}, 2},
		"connection closed":       {sim.Fault{DropBeforeRead: true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, vendor := newClient(t)
			if _, err := vendor.AddFault(c.fault); err != nil {
				t.Fatal(err)
			}
			_, err := client.Answer(t.Context(), ask("hello"))
			if err == nil {
				t.Fatal("Answer() with a lasting fault = nil")
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error tells the key: %v", err)
			}
			if n := len(vendor.Requests(sim.RequestFilter{Vendor: sim.Anthropic})); n != c.calls {
				t.Errorf("calls = %d, want %d", n, c.calls)
			}
		})
	}
}

func TestWithoutAKeyThereIsNoClient(t *testing.T) {
	t.Parallel()
	if _, err := claude.New(claude.Config{Model: "claude-haiku-5-5"}); !errors.Is(err, claude.ErrNoKey) {
		t.Errorf("New() without a key = %v, want ErrNoKey", err)
	}
}
