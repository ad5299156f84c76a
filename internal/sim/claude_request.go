package sim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// claudeRequest is the body of POST /v1/messages as far as it is looked at.
type claudeRequest struct {
	Model         string        `json:"model"`
	MaxTokens     *int          `json:"max_tokens"`
	Messages      []turn        `json:"messages"`
	System        blocks        `json:"system"`
	Tools         []claudeTool  `json:"tools"`
	ToolChoice    *toolChoice   `json:"tool_choice"`
	OutputConfig  *outputConfig `json:"output_config"`
	Thinking      *thinking     `json:"thinking"`
	Temperature   *float64      `json:"temperature"`
	TopP          *float64      `json:"top_p"`
	TopK          *int          `json:"top_k"`
	StopSequences []string      `json:"stop_sequences"`
	Stream        bool          `json:"stream"`
}

type turn struct {
	Role    string `json:"role"`
	Content blocks `json:"content"`
}

// blocks is a list of content blocks; a plain string is one text block.
type blocks []block

type block struct {
	Type         string          `json:"type"`
	Text         string          `json:"text,omitempty"`
	ID           string          `json:"id,omitempty"`
	Name         string          `json:"name,omitempty"`
	Input        json.RawMessage `json:"input,omitempty"`
	ToolUseID    string          `json:"tool_use_id,omitempty"`
	Content      json.RawMessage `json:"content,omitempty"`
	CacheControl *cacheControl   `json:"cache_control,omitempty"`
}

type cacheControl struct {
	Type string `json:"type"`
	TTL  string `json:"ttl"`
}

type claudeTool struct {
	Name         string          `json:"name"`
	Type         string          `json:"type"`
	InputSchema  json.RawMessage `json:"input_schema"`
	CacheControl *cacheControl   `json:"cache_control"`
}

type toolChoice struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

type outputConfig struct {
	Effort string `json:"effort"`
	Format *struct {
		Type   string          `json:"type"`
		Schema json.RawMessage `json:"schema"`
	} `json:"format"`
}

type thinking struct {
	Type   string `json:"type"`
	Budget int    `json:"budget_tokens"`
}

// UnmarshalJSON reads a string or a list.
func (b *blocks) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*b = blocks{{Type: "text", Text: text}}
		return nil
	}
	var list []block
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("content: Input should be a valid string or list")
	}
	*b = list
	return nil
}

// text joins the text blocks.
func (b blocks) text() string {
	var all []string
	for _, block := range b {
		if block.Type == "text" {
			all = append(all, block.Text)
		}
	}
	return strings.Join(all, "\n")
}

// lastUserText is what the user wrote since the assistant's last turn.
func (r *claudeRequest) lastUserText() string {
	var texts []string
	for i := len(r.Messages) - 1; i >= 0 && r.Messages[i].Role == "user"; i-- {
		if text := strings.TrimSpace(r.Messages[i].Content.text()); text != "" {
			texts = append([]string{text}, texts...)
		}
	}
	return strings.Join(texts, "\n")
}

func (r *claudeRequest) tool(name string) (claudeTool, bool) {
	for _, t := range r.Tools {
		if t.Name == name {
			return t, true
		}
	}
	return claudeTool{}, false
}

// requestFields are the top-level names the API knows.
func requestFields() []string {
	return []string{
		"model", "max_tokens", "messages", "system", "tools", "tool_choice", "output_config", "thinking", "metadata",
		"stop_sequences", "service_tier", "speed", "inference_geo", "temperature", "top_p", "top_k", "container",
		"cache_control", "diagnostics", "stream",
	}
}
