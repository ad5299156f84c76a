package db

import (
	"strings"
	"unicode/utf8"
)

// Text cuts a foreign text to n characters that PostgreSQL stores: what is not
// UTF-8, and NUL, becomes U+FFFD.
func Text(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}
