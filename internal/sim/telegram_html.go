package sim

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// tagName and attribute read the inside of a tag.
var (
	tagName   = regexp.MustCompile(`^[^\s>/="']+`)
	attribute = regexp.MustCompile(`^\s+([A-Za-z][A-Za-z0-9-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?`)
)

// htmlEntityType returns the entity a tag makes.
func htmlEntityType(tag string) (string, bool) {
	kind, known := map[string]string{
		"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
		"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
		"a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler", "tg-emoji": "custom_emoji",
	}[tag]
	return kind, known
}

// parseHTML reads Telegram's HTML, or says what is wrong with it.
func parseHTML(raw string) (formattedText, string) {
	var b builder
	for at := 0; at < len(raw); {
		rest := raw[at:]
		switch {
		case rest[0] == '&':
			text, size := characterReference(rest)
			b.add(text)
			at += size
		case rest[0] != '<':
			end := strings.IndexAny(rest, "<&")
			if end < 0 {
				end = len(rest)
			}
			b.add(rest[:end])
			at += end
		default:
			size, reason := b.tag(rest, at)
			if reason != "" {
				return formattedText{}, reason
			}
			at += size
		}
	}
	if e, unclosed := b.innermost(); unclosed {
		return formattedText{}, fmt.Sprintf(`Can't find end tag corresponding to start tag "%s"`, e.tag)
	}
	return b.result(), ""
}

// characterReference decodes the few names and the numbers Telegram knows;
// anything else after & stays as it is.
func characterReference(s string) (string, int) {
	for _, name := range []string{"&lt", "&gt", "&amp", "&quot"} {
		if strings.HasPrefix(s, name) {
			size := len(name)
			if strings.HasPrefix(s[size:], ";") {
				size++
			}
			return html.UnescapeString(name + ";"), size
		}
	}
	if end := strings.IndexByte(s, ';'); strings.HasPrefix(s, "&#") && end > 2 && end < 10 {
		if text := html.UnescapeString(s[:end+1]); text != s[:end+1] {
			return text, end + 1
		}
	}
	return "&", 1
}

// tag reads the tag at the start of s and returns its size.
func (b *builder) tag(s string, at int) (size int, reason string) {
	if strings.HasPrefix(s, "</") {
		return b.endTag(s, at)
	}
	name := strings.ToLower(tagName.FindString(s[1:]))
	if len(s) == 1+len(name) {
		return 0, fmt.Sprintf("Unclosed start tag at byte offset %d", at)
	}
	kind, known := htmlEntityType(name)
	if !known {
		return 0, fmt.Sprintf(`Unsupported start tag "%s" at byte offset %d`, name, at)
	}
	attributes := map[string]string{}
	size = 1 + len(name)
	for {
		m := attribute.FindStringSubmatch(s[size:])
		if m == nil {
			break
		}
		attributes[strings.ToLower(m[1])] = html.UnescapeString(strings.Trim(m[2], `"'`))
		size += len(m[0])
	}
	rest := strings.TrimLeft(s[size:], " \t\r\n/")
	if !strings.HasPrefix(rest, ">") {
		return 0, fmt.Sprintf("Unclosed start tag at byte offset %d", at)
	}
	size = len(s) - len(rest) + 1
	if name == "span" && attributes["class"] != "tg-spoiler" {
		return 0, fmt.Sprintf(`Tag "span" must have class "tg-spoiler" at byte offset %d`, at)
	}
	b.start(htmlEntity(kind, attributes), name, at)
	return size, ""
}

func htmlEntity(kind string, attributes map[string]string) tgEntity {
	e := tgEntity{Type: kind}
	switch kind {
	case "text_link":
		e.URL = attributes["href"]
		if e.URL == "" {
			e.Type = ""
		}
	case "custom_emoji":
		e.EmojiID = attributes["emoji-id"]
	case "code":
		e.Language = strings.TrimPrefix(attributes["class"], "language-")
	case "blockquote":
		if _, expandable := attributes["expandable"]; expandable {
			e.Type = "expandable_blockquote"
		}
	}
	return e
}

func (b *builder) endTag(s string, at int) (size int, reason string) {
	end := strings.IndexByte(s, '>')
	e, inside := b.innermost()
	switch {
	case end < 0:
		return 0, fmt.Sprintf("Unclosed end tag at byte offset %d", at)
	case !inside:
		return 0, fmt.Sprintf("Unexpected end tag at byte offset %d", at)
	}
	name := strings.ToLower(strings.TrimSpace(s[2:end]))
	if name != "" && name != e.tag {
		return 0, fmt.Sprintf(`Unmatched end tag at byte offset %d, expected "</%s>", found "</%s>"`, at, e.tag, name)
	}
	b.end()
	if n := len(b.entities); e.tag == "pre" && n > 1 {
		b.mergeCode()
	}
	return end + 1, ""
}

// mergeCode turns code that fills a pre into the pre's language.
func (b *builder) mergeCode() {
	n := len(b.entities)
	code, pre := b.entities[n-2], b.entities[n-1]
	if code.Type == "code" && code.Language != "" && code.Offset == pre.Offset && code.Length == pre.Length {
		pre.Language = code.Language
		b.entities = append(b.entities[:n-2], pre)
	}
}
