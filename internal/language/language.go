// Package language tells which language a short customer message is written in:
// English, Malay or Chinese, and whether it mixes them. It is pure: it knows no
// conversation, no company and no database. Whoever keeps a conversation decides
// what a doubtful answer is worth; see Result.Confidence.
package language

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// The languages that can be told apart. Indonesian counts as Malay, Cantonese
// and traditional script as Chinese.
const (
	English = "en"
	Chinese = "zh"
	Malay   = "ms"
)

// Sure is the confidence below which a single message should not change the
// language of a conversation: "ok" or "size M" say little about their writer.
const Sure = 0.8

// Result is what a message looks like.
type Result struct {
	// Language is English, Chinese or Malay, or empty when nothing tells: no
	// letters, or another script.
	Language string
	// Mixed is true when a second language carries a part of the message. A loan
	// word (order, seller, size) does not make a message mixed.
	Mixed bool
	// Confidence is 0 to 1: how likely Language is right.
	Confidence float64
}

// Limits of what is read and of what counts as evidence.
const (
	maxText        = 2000 // bytes: the beginning of a long message is enough
	strongWord     = 1.1  // a word whose score is beyond this is evidence for mixing
	minSecond      = 2    // words of a second language that make a message mixed …
	minSecondShare = 0.22 // … if they are also this share of the strong words
	minAlone       = 0.3  // share from which a single word is enough
	latinShare     = 4    // Latin words to a Chinese one that make a message not Chinese
	runesPerWord   = 1.6  // Chinese characters to a word
)

// Detect returns the language of text. It is deterministic and safe for
// concurrent use.
func Detect(text string) Result {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var space [512]byte
	c := count(Append(space[:0], text))
	if c.han > 0 {
		return c.withHan()
	}
	return c.latin()
}

// tally is the evidence in a message.
type tally struct {
	han, other     int     // characters
	words          int     // Latin words that could be evidence
	score          float64 // > 0 Malay, < 0 English
	malay, english int     // words that clearly belong to one language
}

func count(text []byte) tally {
	var c tally
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case unicode.Is(unicode.Han, r):
			c.han++
		case isLatin(r) || '0' <= r && r <= '9' || r == '@' || r == '#':
			size = chunk(text)
			c.addChunk(text[:size])
		case unicode.IsLetter(r):
			c.other++
		}
		text = text[size:]
	}
	return c
}

// latin decides between English and Malay.
func (c tally) latin() Result {
	if c.words == 0 || c.other > 2*c.words {
		return Result{}
	}
	r := Result{Language: English, Confidence: confidence(c.score)}
	second := c.malay
	if c.score > 0 {
		r.Language, second = Malay, c.english
	}
	r.Mixed = isMixed(second, c.malay+c.english)
	return r
}

// isMixed reports whether second of strong clear words are enough for mixing.
func isMixed(second, strong int) bool {
	share := float64(second) / float64(max(strong, 1))
	return second >= minSecond && share >= minSecondShare || second == 1 && strong > 1 && share >= minAlone
}

// withHan decides for a message that has Chinese characters in it.
func (c tally) withHan() Result {
	if c.other > c.han {
		return Result{}
	}
	chinese := float64(c.han) / runesPerWord
	clear := c.malay + c.english
	r := Result{Language: Chinese, Mixed: c.han >= 2 && isMixed(clear, clear+int(chinese))}
	if float64(c.words) > latinShare*chinese && clear > 0 {
		latin := c.latin()
		latin.Mixed = c.han >= 2
		latin.Confidence *= float64(c.words) / (float64(c.words) + chinese)
		return latin
	}
	r.Confidence = (chinese + 1) / (chinese + 1 + 0.5*float64(clear))
	return r
}

// confidence turns the sum of the words' scores into a probability.
func confidence(score float64) float64 {
	return 1 / (1 + math.Exp(-math.Abs(score)))
}
