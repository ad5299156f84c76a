package sim

import (
	"net/http"
	"net/url"
	"strconv"
)

// model is what the simulator knows of one of Anthropic's models.
type model struct {
	id, name, line, lifecycle string
	// thinking tells which of the thinking types the model accepts.
	disabled, betweenTools, enabled bool
	// sampling allows temperature and friends, prefill a last turn of the
	// assistant, forced a tool_choice of any or tool.
	sampling, prefill, forced bool
	// onePick accepts temperature or top_p, not both.
	onePick  bool
	minCache int // tokens
}

// models is the table of the API in late 2026.
func models() []model {
	return []model{
		{id: "claude-haiku-5-5", name: "Claude Haiku 5.5", line: "haiku", disabled: true, forced: true, minCache: 512},
		{id: "claude-sonnet-5-5", name: "Claude Sonnet 5.5", line: "sonnet", betweenTools: true, minCache: 512},
		{id: "claude-opus-5-5", name: "Claude Opus 5.5", line: "opus", minCache: 512},
		{id: "claude-fable-5-1", name: "Claude Fable 5.1", line: "fable", minCache: 512},
		{id: "claude-sonnet-5", name: "Claude Sonnet 5", line: "sonnet", disabled: true, forced: true, minCache: 1024},
		{id: "claude-opus-5", name: "Claude Opus 5", line: "opus", disabled: true, forced: true, minCache: 512},
		{id: "claude-fable-5", name: "Claude Fable 5", line: "fable", disabled: true, forced: true, minCache: 512},
		earlier("claude-opus-4-8", "Claude Opus 4.8", "opus", 1024),
		earlier("claude-sonnet-4-6", "Claude Sonnet 4.6", "sonnet", 1024),
		earlier("claude-haiku-4-5", "Claude Haiku 4.5", "haiku", 4096),
		{
			id: "claude-sonnet-4-5", name: "Claude Sonnet 4.5", line: "sonnet", lifecycle: "deprecated", disabled: true,
			enabled: true, sampling: true, prefill: true, forced: true, onePick: true, minCache: 1024,
		},
	}
}

// earlier is a model of the 4th generation, which takes nearly everything.
func earlier(id, name, line string, minCache int) model {
	return model{
		id: id, name: name, line: line, disabled: true, enabled: true, sampling: true, prefill: true, forced: true,
		onePick: id == "claude-haiku-4-5", minCache: minCache,
	}
}

// findModel returns a model that still answers.
func findModel(id string) (model, bool) {
	for _, m := range models() {
		if m.id == id {
			return m, true
		}
	}
	return model{}, false
}

func (m model) describe() map[string]any {
	leaf := func(supported bool) map[string]bool { return map[string]bool{"supported": supported} }
	lifecycle := m.lifecycle
	if lifecycle == "" {
		lifecycle = "active"
	}
	return map[string]any{
		"type": "model", "id": m.id, "display_name": m.name, "created_at": "2026-09-01T00:00:00Z", "line": m.line,
		"lifecycle": lifecycle, "max_input_tokens": 1_000_000, "max_tokens": 128_000,
		"capabilities": map[string]any{
			"structured_outputs": leaf(true), "image_input": leaf(true), "batch": leaf(false),
			"thinking": map[string]any{"supported": true, "types": map[string]any{
				"adaptive": leaf(true), "disabled": leaf(m.disabled), "between_tools": leaf(m.betweenTools), "enabled": leaf(m.enabled),
			}},
		},
	}
}

func (a *claude) getModel(id string) answer {
	m, found := findModel(id)
	if !found {
		return a.refuse(http.StatusNotFound, "model: "+id)
	}
	return jsonAnswer(http.StatusOK, m.describe())
}

func (a *claude) listModels(q url.Values) answer {
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > 1000 {
		limit = 20
	}
	data := make([]map[string]any, 0, limit)
	more, started := false, q.Get("after_id") == ""
	for _, m := range models() {
		if started && len(data) == limit {
			more = true
			break
		}
		if started {
			data = append(data, m.describe())
		}
		started = started || m.id == q.Get("after_id")
	}
	result := map[string]any{"data": data, "has_more": more, "first_id": nil, "last_id": nil}
	if len(data) > 0 {
		result["first_id"], result["last_id"] = data[0]["id"], data[len(data)-1]["id"]
	}
	return jsonAnswer(http.StatusOK, result)
}
