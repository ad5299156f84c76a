package channel

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxKeyBytes keeps a vendor's id well below what an index entry may hold.
	maxKeyBytes  = 200
	maxNameRunes = 200
)

// Clean returns text as the database can hold it: what is no UTF-8, and every
// NUL, becomes U+FFFD.
func Clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r == 0 {
			return utf8.RuneError
		}
		return r
	}, text)
}

// CleanName returns a name that a customer gave themselves as one short line
// without control characters and without marks that turn the text around it.
func CleanName(name string) string {
	line := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) && r != 0, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, Clean(name))
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) > maxNameRunes {
		line = strings.TrimSpace(string([]rune(line)[:maxNameRunes]))
	}
	return line
}

// Key returns a vendor's id as a dedupe key: clean, and hashed when it is longer
// than an index should carry.
func Key(vendorID string) string {
	key := Clean(strings.TrimSpace(vendorID))
	if len(key) <= maxKeyBytes {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Units is the length of a text as WhatsApp and Telegram count it: UTF-16 code
// units.
func Units(text string) int {
	units := 0
	for _, r := range text {
		units += runeUnits(r)
	}
	return units
}

func runeUnits(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// Blank tells whether a text shows nothing at all; vendors refuse such texts.
func Blank(text string) bool {
	for _, r := range text {
		if !invisible(r) {
			return false
		}
	}
	return true
}

func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}
