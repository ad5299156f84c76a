package match

import (
	"strings"
	"unicode/utf8"
)

// negators deny what follows them.
var negators = set(`not no never cannot without nope nor neither tak tidak bukan jangan belum tanpa x enggak`)

// negates reports whether token i denies something. "boleh tak?" and "can or
// not" only ask.
func (m *message) negates(i int) bool {
	t := m.tokens[i]
	if t.han || !negators[t.text] {
		return false
	}
	if i > 0 && (m.tokens[i-1].text == "or" || m.tokens[i-1].text == "atau" || m.tokens[i-1].text == "ke") {
		return false
	}
	if t.text != "tak" && t.text != "tidak" && t.text != "x" {
		return true
	}
	return !t.pause && i+1 < len(m.tokens) && !m.tokens[i+1].filler && (i == 0 || !tagged[m.tokens[i-1].text])
}

// tagged are the words after which "tak" makes a question of the sentence:
// "ada tak saiz L", "boleh tak saya tukar".
var tagged = set(`ada boleh dapat nak buka sampai ok jadi perlu betul free`)

// hanDenials are the characters that deny, once they are simplified.
const hanDenials = "不没未别无"

// hanNeutral are phrases in which they deny nothing.
var hanNeutral = strings.Fields(`对不起 不好意思 差不多 没问题 没关系 有没 无线 别的 特别 不错 不同 不该`)

// hanNegations counts the denials in a run of Chinese characters. A denial
// between two equal characters only asks: 好不好, 有没有.
func hanNegations(run string) int {
	if !strings.ContainsAny(run, hanDenials) {
		return 0
	}
	count, before := 0, rune(0)
	for run != "" {
		r, size := utf8.DecodeRuneInString(run)
		if phrase := neutralPrefix(run); phrase != "" {
			run, before = run[len(phrase):], 0
			continue
		}
		after, _ := utf8.DecodeRuneInString(run[size:])
		if strings.ContainsRune(hanDenials, r) && before != after {
			count++
		}
		run, before = run[size:], r
	}
	return count
}

func neutralPrefix(run string) string {
	for _, phrase := range hanNeutral {
		if strings.HasPrefix(run, phrase) {
			return phrase
		}
	}
	return ""
}
