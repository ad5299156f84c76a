package template

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mistake is something an editor should correct in a text.
type Mistake struct {
	From, To int // bytes of the text that are meant
	Message  string
}

// Check returns the mistakes of text, in order. Variables other than the known
// ones are mistakes; without known ones every name is accepted.
func Check(text string, known []string) []Mistake {
	mistakes := make([]Mistake, 0)
	if strings.TrimSpace(text) == "" {
		return append(mistakes, Mistake{0, len(text), "the text is empty"})
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		mistakes = append(mistakes, Mistake{0, len(text), "the text holds bytes that are no characters"})
	}
	for _, p := range parse(text) {
		switch {
		case p.mistake != "":
			mistakes = append(mistakes, Mistake{p.from, p.to, p.mistake})
		case p.name != "" && len(known) > 0 && !slices.Contains(known, p.name):
			mistakes = append(mistakes, Mistake{p.from, p.to, fmt.Sprintf("there is no variable %s", p.name)})
		}
	}
	if utf8.RuneCountInString(text) > MaxRendered {
		mistakes = append(mistakes, Mistake{0, len(text), ErrTooLong.Error()})
	}
	return mistakes
}
