package language

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRun is how often a letter may repeat: "besttttt" and "bestt" read the same.
const maxRun = 2

// Append appends text in the form in which words are compared: NFKC (full-width
// letters become ASCII), lower case, no invisible characters, typographic
// apostrophes made plain, and no letter more than twice in a row. It is the one
// normalisation of the product; bytes that are no UTF-8 become U+FFFD.
func Append(dst []byte, text string) []byte {
	if !isASCII(text) && !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	last, run := rune(-1), 0
	for _, r := range text {
		r = fold(r)
		if r < 0 {
			continue
		}
		if r == last && unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) {
			run++
		} else {
			last, run = r, 1
		}
		if run <= maxRun {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// fold maps one character, or returns -1 to drop it.
func fold(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	case r == '’' || r == '‘' || r == 'ʼ':
		return '\''
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return unicode.ToLower(r)
}
