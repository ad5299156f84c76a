package template

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sembang/internal/fault"
)

// MaxRendered is the length in characters that a rendered reply may have; the
// strictest channel takes no more in one message.
const MaxRendered = 4096

// ErrTooLong is returned when a reply would not fit into one message.
var ErrTooLong = fault.New(fault.Invalid, fmt.Sprintf("the reply is longer than %d characters", MaxRendered))

// MissingError tells which variable had neither a value nor a fallback. A reply
// with a hole in it must not be sent.
type MissingError struct{ Variable string }

func (e *MissingError) Error() string { return "no value for variable " + e.Variable }

// part is a piece of a text: literal text, or a variable.
type part struct {
	literal  string
	name     string // of the variable, empty for literal text
	fallback string
	optional bool // there is a fallback, possibly an empty one
	mistake  string
	from, to int // bytes of the text
}

// Render fills the variables of text: {{contact.name}}, or with a fallback
// {{contact.name|there}}, which may be empty. \{{ stands for two braces. Values
// are inserted as they are and never expanded again; a value of nothing but
// blanks counts as missing. A mistake in the text is an error.
func Render(text string, values map[string]string) (string, error) {
	var out strings.Builder
	for _, p := range parse(text) {
		switch {
		case p.mistake != "":
			return "", fault.New(fault.Invalid, p.mistake)
		case p.name == "":
			out.WriteString(p.literal)
			continue
		}
		value := strings.TrimSpace(values[p.name])
		if value == "" {
			if !p.optional {
				return "", &MissingError{Variable: p.name}
			}
			value = p.fallback
		}
		out.WriteString(value)
		if out.Len() > utf8.UTFMax*MaxRendered {
			return "", ErrTooLong
		}
	}
	rendered := strings.TrimSpace(out.String())
	if utf8.RuneCountInString(rendered) > MaxRendered {
		return "", ErrTooLong
	}
	return rendered, nil
}

// Variables returns the names of the variables in text, each once, in the order
// in which they appear.
func Variables(text string) []string {
	var names []string
	for _, p := range parse(text) {
		if p.name != "" && p.mistake == "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

// parse splits text into parts. It never fails: what it cannot read becomes a
// part with a mistake.
func parse(text string) []part {
	var parts []part
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts = append(parts, part{literal: literal.String()})
			literal.Reset()
		}
	}
	for at := 0; at < len(text); {
		rest := text[at:]
		switch {
		case strings.HasPrefix(rest, `\{{`):
			literal.WriteString("{{")
			at += len(`\{{`)
		case strings.HasPrefix(rest, "{{"):
			flush()
			p := parseVariable(rest)
			p.from, p.to = at, at+p.to
			parts = append(parts, p)
			at = p.to
		case strings.HasPrefix(rest, "}}"):
			flush()
			parts = append(parts, part{mistake: "}} without {{ before it", from: at, to: at + 2})
			at += 2
		default:
			literal.WriteByte(text[at])
			at++
		}
	}
	flush()
	return parts
}

// parseVariable reads the variable that text starts with; its to is its length.
func parseVariable(text string) part {
	length := strings.Index(text, "}}")
	if next := strings.Index(text[2:], "{{"); length < 0 || next >= 0 && next+2 < length {
		return part{mistake: "{{ is never closed by }}", to: 2}
	}
	p := part{to: length + 2}
	name, fallback, optional := strings.Cut(text[2:length], "|")
	p.name, p.fallback, p.optional = strings.TrimSpace(name), strings.TrimSpace(fallback), optional
	switch {
	case p.name == "":
		p.mistake = "{{ }} names no variable"
	case !isName(p.name):
		p.mistake = fmt.Sprintf("%q is no name of a variable: use small letters, digits, _ and dots", p.name)
	}
	return p
}

// isName reports whether name looks like contact.name.
func isName(name string) bool {
	for word := range strings.SplitSeq(name, ".") {
		if word == "" || !unicode.IsLetter(rune(word[0])) {
			return false
		}
		for _, r := range word {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
				return false
			}
		}
	}
	return true
}
