package language

import (
	"bytes"
	_ "embed" // the table of weights
	"math"
	"unicode"
	"unicode/utf8"

	"sembang/internal/language/ngram"
)

// weights holds one signed byte per slot: 16 times the log odds of Malay against
// English. `go run ./cmd/eval -train` writes it by counting.
//
//go:embed weights.bin
var weights string

const (
	weightScale = 16
	maxWord     = 3.0 // no single word decides more than this
	loanScore   = 0.3 // what a word that both languages use is worth at most
)

func isLatin(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.Is(unicode.Latin, r)
}

// chunk returns the length of what stands together without a blank or a Chinese
// character: a word, an address, a number with a unit.
func chunk(text []byte) int {
	end := len(text)
	for i := 0; i < end; {
		r, size := utf8.DecodeRune(text[i:])
		if r <= ' ' || r >= 0x2E80 {
			end = i
			break
		}
		i += size
	}
	if isAddress(text[:end]) {
		return max(end, 1)
	}
	if stop := bytes.IndexAny(text[:end], ",?!()"); stop >= 0 {
		end = stop
	}
	return max(end, 1)
}

// addChunk counts the words of a chunk. Addresses, mentions and hashtags say
// nothing about the language of the sentence around them.
func (c *tally) addChunk(text []byte) {
	if text[0] == '@' || text[0] == '#' || isAddress(text) {
		return
	}
	for len(text) > 0 {
		n := wordLength(text)
		if n > 0 {
			c.addWord(text[:n])
			text = text[n:]
			continue
		}
		_, size := utf8.DecodeRune(text)
		text = text[size:]
	}
}

func isAddress(text []byte) bool {
	return contains(text, "://") || contains(text, "www.") || contains(text, ".com") || bytes.IndexByte(text, '@') > 0
}

func contains(text []byte, part string) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		if string(text[i:i+len(part)]) == part {
			return true
		}
	}
	return false
}

// wordLength returns the length of the word that text starts with. Digits belong
// to it ("2moro", "sama2") as long as there is a letter; an apostrophe only inside.
func wordLength(text []byte) int {
	letters, end := 0, 0
	for end < len(text) {
		r, size := utf8.DecodeRune(text[end:])
		if isLatin(r) {
			letters++
		} else if (r < '0' || r > '9') && (r != '\'' || end == 0 || end+1 == len(text)) {
			break
		}
		end += size
	}
	if letters == 0 {
		return 0
	}
	return end
}

func (c *tally) addWord(word []byte) {
	c.words++
	s := wordScore(word)
	c.score += s
	switch {
	case s > strongWord:
		c.malay++
	case s < -strongWord:
		c.english++
	}
}

// wordScore returns the log odds of Malay against English of one word.
func wordScore(word []byte) float64 {
	if s, known := lexicon[string(word)]; known {
		return s
	}
	var space [4 * (ngram.MaxWord + 2)]uint32
	slots := ngram.Append(space[:0], word)
	sum := 0
	for _, slot := range slots {
		sum += int(int8(weights[slot]))
	}
	whole := float64(int8(weights[ngram.Word(word)]))
	s := (float64(sum)/math.Sqrt(float64(len(slots))) + whole) / weightScale * wordFactor
	return min(max(s, -maxWord), maxWord)
}

const wordFactor = 0.5
