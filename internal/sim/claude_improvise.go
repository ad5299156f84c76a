package sim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// simulatedMark starts every text that the simulated Claude makes up.
const simulatedMark = "[Simulated Claude] "

// handOverTool is the tool that the answer uses when a person is asked for.
const handOverTool = "hand_over"

// Bounds of an improvised answer.
const (
	maxQuote = 120 // runes of the question
	maxFacts = 3
)

var (
	// markup is what a prompt may wrap around the customer's words.
	markup = regexp.MustCompile(`</?[a-zA-Z_][^<>]*>`)
	// money is left out of the quoted question, so that no price appears that
	// the shop did not name.
	money = regexp.MustCompile(`(?i)(rm|myr|\$)\s*\d[\d,.]*`)
)

// improvise answers as a shop's helper would: briefly, in the language of the
// last user text, with facts of the system prompt only.
func (a *claude) improvise(r *claudeRequest) Script {
	question := strings.TrimSpace(markup.ReplaceAllString(r.lastUserText(), " "))
	lang := dominantLanguage(question)
	if t, use := r.toolToUse(question); use {
		return toolScript("toolu_"+a.sim.ids.hex(12), t, question)
	}
	text := shopAnswer(lang, question, facts(r.System.text(), question))
	if r.OutputConfig != nil && r.OutputConfig.Format != nil && r.OutputConfig.Format.Type == "json_schema" {
		filled, _ := json.Marshal(fillSchema(r.OutputConfig.Format.Schema, text, question))
		text = string(filled)
	}
	stop := "end_turn"
	if limit := *r.MaxTokens * bytesPerToken; len(text) > limit {
		text, stop = strings.ToValidUTF8(text[:limit], ""), "max_tokens"
	}
	if text == "" {
		return Script{Content: json.RawMessage("[]"), StopReason: stop}
	}
	content, _ := json.Marshal([]block{{Type: "text", Text: text}})
	return Script{Content: content, StopReason: stop}
}

// toolToUse returns the tool that answers: the one that the request forces, or
// hand_over when the customer asks for a person. After a tool's result the
// answer is a text.
func (r *claudeRequest) toolToUse(question string) (claudeTool, bool) {
	choice := "auto"
	if r.ToolChoice != nil {
		choice = r.ToolChoice.Type
	}
	for _, b := range r.Messages[len(r.Messages)-1].Content {
		if b.Type == "tool_result" {
			choice = "none"
		}
	}
	handOver, offered := r.tool(handOverTool)
	switch {
	case choice == "tool":
		return r.tool(r.ToolChoice.Name)
	case choice != "none" && offered && asksForPerson(question):
		return handOver, true
	case choice == "any":
		for _, t := range r.Tools {
			if t.Name != handOverTool {
				return t, true
			}
		}
		return r.Tools[0], true
	}
	return claudeTool{}, false
}

func toolScript(id string, t claudeTool, question string) Script {
	text := "The customer wrote: " + quote(question)
	if t.Name == handOverTool {
		text = "The customer asks for a person: " + quote(question)
	}
	input, _ := json.Marshal(fillSchema(t.InputSchema, text, question))
	content, _ := json.Marshal([]block{{Type: "tool_use", ID: id, Name: t.Name, Input: input}})
	return Script{Content: content, StopReason: "tool_use"}
}

// quote shortens a question in the middle, so that the first and the last of
// several messages can still be told.
func quote(question string) string {
	text := strings.Join(strings.Fields(money.ReplaceAllString(question, "…")), " ")
	if runes := []rune(text); len(runes) > maxQuote {
		text = string(runes[:maxQuote/2]) + " … " + string(runes[len(runes)-maxQuote/2:])
	}
	return `"` + text + `"`
}

// shopAnswer words the answer.
func shopAnswer(lang, question string, found []string) string {
	phrases := map[string]struct{ asked, known, unknown string }{
		"en": {
			"You asked %s. ", "Here is what I know: %s.",
			"I do not have that detail and would rather not guess. Could you tell me a little more, or shall I ask a colleague?",
		},
		"ms": {
			"Anda bertanya %s. ", "Ini yang saya tahu: %s.",
			"Saya tiada maklumat itu dan tidak mahu meneka. Boleh beritahu sedikit lagi, atau saya tanyakan rakan sekerja?",
		},
		"zh": {
			"您问的是%s。", "我了解的资料：%s。",
			"我没有这项资料，不想乱猜。可以再说得详细一点吗，或者让我请同事帮您？",
		},
	}[lang]
	answer := simulatedMark + fmt.Sprintf(phrases.asked, quote(question))
	if len(found) == 0 {
		return answer + phrases.unknown
	}
	return answer + fmt.Sprintf(phrases.known, strings.Join(found, "; "))
}
