package sim

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// markdownReserved must be escaped outside of code.
const markdownReserved = "_*[]()~`>#+-=|{}.!"

// markdown is a MarkdownV2 text being read.
type markdown struct {
	builder
	raw   string
	at    int
	quote bool // inside a block quotation
}

// parseMarkdownV2 reads Telegram's MarkdownV2, or says what is wrong with it.
func parseMarkdownV2(raw string) (formattedText, string) {
	m := &markdown{raw: raw}
	for m.at < len(raw) {
		if reason := m.step(); reason != "" {
			return formattedText{}, reason
		}
	}
	if m.quote && len(m.open) > 0 && m.open[len(m.open)-1].tag == ">" {
		m.end()
	}
	if e, unclosed := m.innermost(); unclosed {
		return formattedText{}, fmt.Sprintf("Can't find end of %s entity at byte offset %d", markdownName(e), e.at)
	}
	return m.result(), ""
}

// markdownName is how Telegram's errors call an entity.
func markdownName(e openEntity) string {
	if e.tag == "pre" {
		return "PreCode"
	}
	return map[string]string{
		"*": "Bold", "_": "Italic", "__": "Underline", "~": "Strikethrough", "||": "Spoiler", "`": "Code", "```": "Pre",
		"]": "TextUrl", "!]": "CustomEmoji", ">": "BlockQuote",
	}[e.tag]
}

// step reads the next character or mark.
func (m *markdown) step() string {
	rest := m.raw[m.at:]
	inner, inside := m.innermost()
	if inside && (inner.tag == "`" || inner.tag == "```" || inner.tag == "pre") {
		return m.code(rest, inner)
	}
	c := rest[0]
	switch {
	case c == '\\' && len(rest) > 1 && rest[1] < 126:
		m.add(rest[1:2])
		m.at += 2
	case c == '\n':
		return m.line(rest)
	case c == '>' && (m.at == 0 || m.raw[m.at-1] == '\n') && !m.quote:
		m.quote = true
		m.start(tgEntity{Type: "blockquote"}, ">", m.at)
		m.at++
	case c == ']' && inside && (inner.tag == "]" || inner.tag == "!]"):
		return m.link(inner)
	case strings.IndexByte(markdownReserved, c) >= 0:
		return m.mark(rest, inner)
	default:
		_, size := utf8.DecodeRuneInString(rest)
		m.add(rest[:size])
		m.at += size
	}
	return ""
}

// line ends a line; a quotation goes on only when the next one starts with >.
func (m *markdown) line(rest string) string {
	m.add("\n")
	m.at++
	if !m.quote {
		return ""
	}
	if strings.HasPrefix(rest[1:], ">") {
		m.at++
		return ""
	}
	if e, _ := m.innermost(); e.tag != ">" {
		return fmt.Sprintf("Can't find end of %s entity at byte offset %d", markdownName(e), e.at)
	}
	m.end()
	m.quote = false
	return ""
}

// code reads inside of `code` and ```pre```, where only ` and \ are special.
func (m *markdown) code(rest string, inner openEntity) string {
	closing := "`"
	if inner.tag != "`" {
		closing = "```"
	}
	switch {
	case strings.HasPrefix(rest, closing):
		m.end()
		m.at += len(closing)
	case rest[0] == '\\' && len(rest) > 1 && (rest[1] == '`' || rest[1] == '\\'):
		m.add(rest[1:2])
		m.at += 2
	case rest[0] == '`':
		m.start(tgEntity{Type: "code"}, "`", m.at)
		m.at++
	default:
		_, size := utf8.DecodeRuneInString(rest)
		m.add(rest[:size])
		m.at += size
	}
	return ""
}

// mark reads a mark that opens or closes an entity, or a bare reserved one.
func (m *markdown) mark(rest string, inner openEntity) string {
	marks := []struct{ mark, kind string }{
		{"```", "pre"},
		{"`", "code"},
		{"__", "underline"},
		{"_", "italic"},
		{"*", "bold"},
		{"~", "strikethrough"},
		{"||", "spoiler"},
		{"[", "text_link"},
		{"![", "custom_emoji"},
	}
	if inner.tag == ">" && (rest == "||" || strings.HasPrefix(rest, "||\n")) {
		m.open[len(m.open)-1].Type = "expandable_blockquote"
		m.at += 2
		return ""
	}
	for _, k := range marks {
		if !strings.HasPrefix(rest, k.mark) {
			continue
		}
		if inner.tag == k.mark {
			m.end()
			m.at += len(k.mark)
			return ""
		}
		m.begin(k.mark, k.kind, rest)
		return ""
	}
	return fmt.Sprintf(`Character '%c' is reserved and must be escaped with the preceding '\'`, rest[0])
}

func (m *markdown) begin(mark, kind, rest string) {
	tag := mark
	switch mark {
	case "[":
		tag = "]"
	case "![":
		tag = "!]"
	}
	e := tgEntity{Type: kind}
	size := len(mark)
	if mark == "```" {
		if end := strings.IndexAny(rest[3:], " \t\r\n`"); end > 0 && rest[3+end] != '`' {
			e.Language = rest[3 : 3+end]
			size += end
			tag = "pre"
		}
		if next := rest[size:]; strings.HasPrefix(next, "\r\n") || strings.HasPrefix(next, "\n\r") {
			size += 2
		} else if strings.HasPrefix(next, "\n") || strings.HasPrefix(next, "\r") {
			size++
		}
	}
	m.start(e, tag, m.at)
	m.at += size
}

// link reads the address after the ] of a link.
func (m *markdown) link(inner openEntity) string {
	m.at++
	if !strings.HasPrefix(m.raw[m.at:], "(") {
		if inner.tag == "!]" {
			return "Custom emoji entity must contain a tg://emoji URL"
		}
		m.open[len(m.open)-1].Type = "" // a text in brackets without an address is no link
		m.end()
		return ""
	}
	from := m.at
	var address strings.Builder
	for i := from + 1; i < len(m.raw); i++ {
		switch {
		case m.raw[i] == '\\' && i+1 < len(m.raw):
			i++
			address.WriteByte(m.raw[i])
		case m.raw[i] == ')':
			m.open[len(m.open)-1].URL = address.String()
			if inner.tag == "!]" {
				_, m.open[len(m.open)-1].EmojiID, _ = strings.Cut(address.String(), "id=")
				m.open[len(m.open)-1].URL = ""
			}
			m.end()
			m.at = i + 1
			return ""
		default:
			address.WriteByte(m.raw[i])
		}
	}
	what := "a URL"
	if inner.tag == "!]" {
		what = "a custom emoji URL"
	}
	return fmt.Sprintf("Can't find end of %s at byte offset %d", what, from+1)
}

// parseMarkdown reads the legacy Markdown, which neither nests nor reserves.
func parseMarkdown(raw string) (formattedText, string) {
	var b builder
	kinds := map[byte]string{'*': "bold", '_': "italic", '`': "code"}
	for at := 0; at < len(raw); {
		kind, marked := kinds[raw[at]]
		switch {
		case raw[at] == '\\' && at+1 < len(raw) && strings.IndexByte("_*`[", raw[at+1]) >= 0:
			b.add(raw[at+1 : at+2])
			at += 2
		case marked:
			end := strings.IndexByte(raw[at+1:], raw[at])
			if end < 0 {
				return formattedText{}, fmt.Sprintf("Can't find end of the entity starting at byte offset %d", at)
			}
			b.start(tgEntity{Type: kind}, "", at)
			b.add(raw[at+1 : at+1+end])
			b.end()
			at += end + 2
		default:
			_, size := utf8.DecodeRuneInString(raw[at:])
			b.add(raw[at : at+size])
			at += size
		}
	}
	return b.result(), ""
}
