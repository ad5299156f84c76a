package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean takes out of a text what the database or a vendor refuses: bytes that are
// no UTF-8, and control characters. A text that shows nothing becomes empty.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if strings.IndexFunc(text, shows) < 0 {
		return ""
	}
	return strings.TrimSpace(text)
}

// shows tells whether a character puts anything on a screen.
func shows(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800': // letters and signs drawn as a blank
		return false
	}
	return !unicode.IsSpace(r) && !unicode.In(r, unicode.C, unicode.M, unicode.Z)
}

// fold writes a text one way for comparing: full-width forms as plain ones, and
// without what would hide a figure, such as invisible characters and emphasis.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '*' || unicode.In(r, unicode.Cf, unicode.M) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

// shorten cuts a text to at most n bytes at a word, and never within a figure:
// half a price would be another price.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	text = head(text, n)
	if at := strings.LastIndexAny(text, " \n\t"); at > n/2 {
		text = text[:at]
	}
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return counts(r) || unicode.IsSpace(r) || unicode.IsNumber(r) || strings.ContainsRune(".,", r)
	})
	return text + " …"
}

// clip keeps the beginning and the end of a text of more than n bytes.
func clip(text string, n int) string {
	const mark = "\n[…]\n"
	if len(text) <= n {
		return text
	}
	half := max(n-len(mark), 0) / 2
	return head(text, half) + mark + tail(text, half)
}

func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func tail(text string, n int) string {
	at := max(len(text)-n, 0)
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return text[at:]
}
