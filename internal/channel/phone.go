package channel

import "strings"

// E.164 allows fifteen digits; no country's numbers are shorter than seven.
const (
	minPhoneDigits = 7
	maxPhoneDigits = 15
)

// Phone reads a phone number as people and gateways write it and returns its
// E.164 digits without plus. A number in national form (leading 0) is only
// understood for country MY. ok is false for what is no phone number.
func Phone(raw, country string) (digits string, ok bool) {
	digits, plus, ok := phoneDigits(raw)
	if !ok {
		return "", false
	}
	malaysian := country == "MY"
	switch {
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "0") && malaysian && !plus:
		digits = "6" + digits
	}
	if malaysian && strings.HasPrefix(digits, "600") {
		// +60 (0)12…: a Malaysian number keeps no 0 after the country code.
		digits = "60" + digits[3:]
	}
	if len(digits) < minPhoneDigits || len(digits) > maxPhoneDigits || digits[0] == '0' {
		return "", false
	}
	return digits, true
}

// phoneDigits drops what people put between digits and turns full-width digits
// into plain ones.
func phoneDigits(raw string) (digits string, plus, ok bool) {
	var b strings.Builder
	for _, r := range raw {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case r == '+' || r == '＋':
			if plus || b.Len() > 0 {
				return "", false, false
			}
			plus = true
		case strings.ContainsRune(" -().\u00a0\u3000\u2010\u2011\u2013\u202a\u202c－（）", r):
		default:
			return "", false, false
		}
	}
	return b.String(), plus, b.Len() > 0
}
