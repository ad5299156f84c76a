package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// readRequest decodes and checks a body as the API does, or refuses it.
func (a *claude) readRequest(c *call, counting bool) (*claudeRequest, model, answer, bool) {
	refuse := func(status int, format string, args ...any) (*claudeRequest, model, answer, bool) {
		return nil, model{}, a.refuse(status, fmt.Sprintf(format, args...)), false
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(c.raw, &fields); err != nil {
		return refuse(http.StatusBadRequest, "The request body is not valid JSON: %s", err)
	}
	for name := range fields {
		if !slices.Contains(requestFields(), name) {
			return refuse(http.StatusBadRequest, "%s: Extra inputs are not permitted", name)
		}
	}
	r := &claudeRequest{}
	if err := json.Unmarshal(c.raw, r); err != nil {
		return refuse(http.StatusBadRequest, "%s", err)
	}
	if r.Model == "" {
		return refuse(http.StatusBadRequest, "model: Field required")
	}
	m, known := findModel(r.Model)
	if !known {
		return refuse(http.StatusNotFound, "model: %s", r.Model)
	}
	for _, check := range []func(model) string{r.checkSize, r.checkTurns, r.checkModel} {
		if reason := check(m); reason != "" && (!counting || !strings.HasPrefix(reason, "max_tokens")) {
			return refuse(http.StatusBadRequest, "%s", reason)
		}
	}
	return r, m, answer{}, true
}

func (r *claudeRequest) checkSize(model) string {
	switch {
	case r.MaxTokens == nil:
		return "max_tokens: Field required"
	case *r.MaxTokens < 0:
		return "max_tokens: Input should be greater than or equal to 0"
	case *r.MaxTokens > 128_000:
		return fmt.Sprintf("max_tokens: %d > 128000, which is the maximum allowed number of output tokens for %s", *r.MaxTokens, r.Model)
	}
	return ""
}

func (r *claudeRequest) checkTurns(model) string {
	if len(r.Messages) == 0 {
		return "messages: at least one message is required"
	}
	for i, b := range r.System {
		if b.Type != "text" || strings.TrimSpace(b.Text) == "" {
			return fmt.Sprintf("system.%d: text content blocks must be non-empty", i)
		}
	}
	for i, t := range r.Messages {
		if t.Role != "user" && t.Role != "assistant" && t.Role != "system" {
			return fmt.Sprintf("messages.%d.role: Input should be 'user' or 'assistant'", i)
		}
		if len(t.Content) == 0 {
			return fmt.Sprintf("messages.%d: all messages must have non-empty content except for the optional final assistant message", i)
		}
		for _, b := range t.Content {
			if b.Type == "text" && b.Text == "" {
				return "messages: text content blocks must be non-empty"
			}
			if b.Type == "text" && strings.TrimSpace(b.Text) == "" {
				return "messages: text content blocks must contain non-whitespace text"
			}
		}
	}
	if r.Messages[0].Role == "assistant" {
		return `messages: first message must use the "user" role`
	}
	return r.checkTools()
}

// checkTools demands a tool_result for every tool_use in the turn after it.
func (r *claudeRequest) checkTools() string {
	for i, t := range r.Messages {
		var missing []string
		for _, b := range t.Content {
			if b.Type == "tool_use" && !r.answered(i+1, b.ID) {
				missing = append(missing, b.ID)
			}
		}
		if len(missing) > 0 {
			return fmt.Sprintf("messages.%d: `tool_use` ids were found without `tool_result` blocks immediately after: %s. "+
				"Each `tool_use` block must have a corresponding `tool_result` block in the next message.", i, strings.Join(missing, ", "))
		}
	}
	return ""
}

func (r *claudeRequest) answered(next int, id string) bool {
	return next < len(r.Messages) && slices.ContainsFunc(r.Messages[next].Content, func(b block) bool {
		return b.Type == "tool_result" && b.ToolUseID == id
	})
}

// checkModel refuses what the model does not take.
func (r *claudeRequest) checkModel(m model) string {
	kind := ""
	if r.Thinking != nil {
		kind = r.Thinking.Type
	}
	switch {
	case kind == "disabled" && !m.disabled:
		return "thinking.type: \"disabled\" is not supported for this model"
	case kind == "enabled" && !m.enabled:
		return "thinking.type: \"enabled\" with budget_tokens is not supported for this model; use \"adaptive\""
	case kind == "between_tools" && !m.betweenTools:
		return "thinking.type: \"between_tools\" is not supported for this model"
	case kind == "enabled" && r.Thinking.Budget < 1024:
		return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
	case !slices.Contains([]string{"", "disabled", "enabled", "adaptive", "between_tools"}, kind):
		return "thinking.type: Input tag '" + kind + "' found using 'type' does not match any of the expected tags"
	}
	if reason := r.checkSampling(m); reason != "" {
		return reason
	}
	if r.Messages[len(r.Messages)-1].Role == "assistant" && !m.prefill {
		return "This model does not support assistant message prefill. The conversation must end with a user message."
	}
	return r.checkChoice(m, kind)
}

func (r *claudeRequest) checkSampling(m model) string {
	temperature := r.Temperature != nil && *r.Temperature != 1
	top := r.TopP != nil && *r.TopP != 1
	switch {
	case r.Temperature != nil && (*r.Temperature < 0 || *r.Temperature > 1):
		return "temperature: range: 0..1"
	case !m.sampling && temperature:
		return "temperature: this model only supports the default value"
	case !m.sampling && (top || r.TopK != nil):
		return "top_p, top_k: this model only supports the default values"
	case m.onePick && r.Temperature != nil && r.TopP != nil:
		return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
	}
	return ""
}

func (r *claudeRequest) checkChoice(m model, thinkingType string) string {
	if r.ToolChoice == nil {
		return ""
	}
	switch r.ToolChoice.Type {
	case "auto", "none":
		return ""
	case "any", "tool":
	default:
		return "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"
	}
	if _, offered := r.tool(r.ToolChoice.Name); r.ToolChoice.Type == "tool" && !offered {
		return "tool_choice: Tool '" + r.ToolChoice.Name + "' not found in provided tools"
	}
	if len(r.Tools) == 0 {
		return "tool_choice: tool_choice may only be specified while providing tools"
	}
	thinks := thinkingType != "disabled" && (thinkingType != "" || !m.enabled)
	if !m.forced || thinks {
		return "Thinking may not be enabled when tool_choice forces tool use."
	}
	return ""
}
