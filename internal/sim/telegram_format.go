package sim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// formattedText is a text whose markup has become entities.
type formattedText struct {
	text     string
	entities []tgEntity
}

// units counts what Telegram counts: UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// formatted parses a text argument by the call's parse_mode, or returns the
// answer that refuses it. It looks at no chat: markup is checked before.
func formatted(c *call, field, entityField string) (formattedText, answer, bool) {
	raw := c.args[field]
	switch {
	case raw == "":
		return formattedText{}, badRequest("message text is empty"), false
	case len(raw) > maxTextBytes:
		return formattedText{}, badRequest("text is too long"), false
	case strings.ToValidUTF8(raw, "") != raw:
		return formattedText{}, badRequest("text must be encoded in UTF-8"), false
	}
	f, reason := parseText(raw, strings.ToLower(c.args["parse_mode"]))
	if reason != "" {
		return f, badRequest(reason), false
	}
	if given := c.args[entityField]; given != "" && c.args["parse_mode"] == "" {
		if json.Unmarshal([]byte(given), &f.entities) != nil {
			return f, badRequest("can't parse entities JSON object"), false
		}
	}
	return f.trimmed(), answer{}, true
}

func parseText(raw, mode string) (f formattedText, reason string) {
	switch mode {
	case "html":
		f, reason = parseHTML(raw)
	case "markdownv2":
		f, reason = parseMarkdownV2(raw)
	case "markdown":
		f, reason = parseMarkdown(raw)
	case "", "none":
		return formattedText{text: raw}, ""
	default:
		return f, "unsupported parse_mode"
	}
	if reason != "" {
		reason = "can't parse entities: " + reason
	}
	return f, reason
}

// trimmed cuts white space at both ends and moves the entities along.
func (f formattedText) trimmed() formattedText {
	left := strings.TrimLeft(f.text, " \t\r\n")
	cut := units(f.text) - units(left)
	text := strings.TrimRight(left, " \t\r\n")
	end := units(text)
	var kept []tgEntity
	for _, e := range f.entities {
		from, to := max(0, e.Offset-cut), min(end, e.Offset+e.Length-cut)
		if from < to {
			e.Offset, e.Length = from, to-from
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b tgEntity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
	return formattedText{text, kept}
}

// builder collects text and the entities that are open in it.
type builder struct {
	text     strings.Builder
	length   int // in UTF-16 units
	open     []openEntity
	entities []tgEntity
}

type openEntity struct {
	tgEntity
	tag string // what has to close it
	at  int    // byte offset of its start, for errors
}

func (b *builder) add(s string) {
	b.text.WriteString(s)
	b.length += units(s)
}

func (b *builder) start(e tgEntity, tag string, at int) {
	e.Offset = b.length
	b.open = append(b.open, openEntity{e, tag, at})
}

func (b *builder) innermost() (openEntity, bool) {
	if len(b.open) == 0 {
		return openEntity{}, false
	}
	return b.open[len(b.open)-1], true
}

// end closes the innermost entity; an empty one leaves no trace.
func (b *builder) end() {
	e := b.open[len(b.open)-1].tgEntity
	b.open = b.open[:len(b.open)-1]
	e.Length = b.length - e.Offset
	if e.Length > 0 && e.Type != "" {
		b.entities = append(b.entities, e)
	}
}

func (b *builder) result() formattedText {
	for i := range b.entities {
		if b.entities[i].Type == "code" {
			b.entities[i].Language = "" // only a pre has one
		}
	}
	return formattedText{b.text.String(), b.entities}
}
