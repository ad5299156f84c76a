package sim

import (
	"encoding/json"
	"slices"
	"strings"
)

// schema is the part of JSON Schema that structured outputs allow.
type schema struct {
	Type       json.RawMessage   `json:"type"` // a name or a list of names
	Enum       []any             `json:"enum"`
	Const      any               `json:"const"`
	AnyOf      []json.RawMessage `json:"anyOf"`
	Properties map[string]json.RawMessage
	Required   []string `json:"required"`
}

// fillSchema makes a value of the schema: texts are the given one, choices
// what shares most words with the question, and no figure is invented.
func fillSchema(raw json.RawMessage, text, question string) any {
	var s schema
	_ = json.Unmarshal(raw, &s) // the API itself would refuse a broken schema
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return choose(s.Enum, question)
	case len(s.AnyOf) > 0:
		return fillSchema(s.AnyOf[0], text, question)
	}
	switch s.kind() {
	case "object":
		object := map[string]any{}
		for name, property := range s.Properties {
			object[name] = fillSchema(property, text, question)
		}
		return object
	case "array":
		return []any{}
	case "boolean":
		return false
	case "integer", "number":
		return 0
	case "null":
		return nil
	}
	return text
}

func (s schema) kind() string {
	var names []string
	if json.Unmarshal(s.Type, &names) == nil && len(names) > 0 {
		if slices.Contains(names, "null") {
			return "null"
		}
		return names[0]
	}
	var name string
	_ = json.Unmarshal(s.Type, &name) // none means a string, or an object with properties
	if name == "" && s.Properties != nil {
		return "object"
	}
	return name
}

// choose picks the choice that fits the question; when none does, the one
// that says so, or else the first.
func choose(choices []any, question string) any {
	asked := terms(question)
	best, score := choices[0], 0
	for _, choice := range choices {
		name, isText := choice.(string)
		if !isText {
			continue
		}
		n := 0
		for term := range terms(strings.ReplaceAll(name, "_", " ")) {
			if asked[term] {
				n++
			}
		}
		if n > score {
			best, score = choice, n
		}
	}
	for _, choice := range choices {
		if none := slices.Contains([]any{"none", "other", "free", nil}, choice); none && score == 0 {
			return choice
		}
	}
	return best
}
