package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sembang/internal/language"
)

// What a kind of feature is worth before its rarity counts.
const (
	weightWord    = 1.0
	weightPair    = 0.6
	weightGram    = 0.3
	weightConcept = 1.1
	weightHan     = 0.5
	weightHanPair = 1.0
	weightNumber  = 0.6
	weightDigits  = 0.3
	weightNegated = 0.8
	weightFiller  = 0.15
)

// Limits of what is read of a message.
const (
	maxText   = 1500 // bytes
	maxTokens = 120
	gramFrom  = 3
	gramTo    = 4
)

// Kinds keep the hashes of equal text in different roles apart.
const (
	kindWord = iota + 1
	kindPair
	kindGram
	kindConcept
	kindHan
	kindNumber
	kindNegated
)

// feature is something a message has: its hash and its weight.
type feature struct {
	key    uint32
	weight float32
}

// message is a text as the matcher sees it. parse reuses its memory.
type message struct {
	features   []feature
	numbers    []uint32
	negations  int
	fillerOnly bool
	words      int    // that carry meaning
	exact      uint64 // hash of the words that carry meaning

	buffer []byte
	tokens []token
}

type token struct {
	text   string
	han    bool // a run of Chinese characters
	number bool
	filler bool
	pause  bool // punctuation follows
}

// parse reads text into m.
func (m *message) parse(text string) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	m.features, m.numbers, m.tokens = m.features[:0], m.numbers[:0], m.tokens[:0]
	m.negations, m.words, m.exact = 0, 0, offset64
	m.buffer = language.Append(m.buffer[:0], text)
	m.tokenize(string(m.buffer))
	m.fillerOnly = !slices.ContainsFunc(m.tokens, func(t token) bool { return !t.filler })
	m.describe()
}

// tokenize splits normalised text into words, numbers and runs of Chinese.
func (m *message) tokenize(text string) {
	for len(text) > 0 && len(m.tokens) < maxTokens {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case unicode.Is(unicode.Han, r):
			size = span(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			m.addHan(text[:size])
		case unicode.IsDigit(r):
			size = span(text, isNumeric)
			m.tokens = append(m.tokens, token{text: strings.TrimRight(text[:size], ".,"), number: true})
		case unicode.IsLetter(r):
			size = span(text, isWordRune)
			m.addWord(strings.TrimRight(text[:size], "'"))
		case r != ' ' && r != '\'' && len(m.tokens) > 0:
			m.tokens[len(m.tokens)-1].pause = true
		}
		text = text[size:]
	}
}

func isNumeric(r rune) bool { return unicode.IsDigit(r) || r == '.' || r == ',' }

func isWordRune(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '\'') && !unicode.Is(unicode.Han, r)
}

func span(text string, in func(rune) bool) int {
	for i, r := range text {
		if !in(r) {
			return i
		}
	}
	return len(text)
}

// addWord appends a word in its canonical spelling, which may be two words.
func (m *message) addWord(word string) {
	if long, known := spellings[word]; known {
		for part := range strings.FieldsSeq(long) {
			m.appendWord(part)
		}
		return
	}
	if stem, negated := strings.CutSuffix(word, "n't"); negated {
		m.appendWord(stem)
		m.appendWord("not")
		return
	}
	word = strings.TrimSuffix(word, "'s")
	if n := len(word) - 1; n > 2 && word[n] == '2' && unicode.IsLetter(rune(word[n-1])) {
		word = word[:n] // sama2: a written reduplication
	}
	m.appendWord(stem(word))
}

func (m *message) appendWord(word string) {
	if word == "" {
		return
	}
	m.tokens = append(m.tokens, token{text: word, filler: fillers[word]})
}

// stem cuts what changes the form of a word and not what is asked for: clitics,
// the plural, a drawn-out vowel.
func stem(word string) string {
	for _, clitic := range [...]string{"nya", "lah", "kah"} {
		if base, cut := strings.CutSuffix(word, clitic); cut && len(base) >= 4 {
			return base
		}
	}
	if n := len(word) - 1; n >= 4 && word[n] == word[n-1] && strings.IndexByte("aeiou", word[n]) >= 0 {
		return word[:n]
	}
	if n := len(word) - 1; n >= 3 && word[n] == 's' && word[n-1] != 's' && word[n-1] != 'u' && word[n-1] != 'i' {
		return word[:n]
	}
	return word
}

// addHan appends a run of Chinese characters without the polite phrases in it.
func (m *message) addHan(run string) {
	run = simplify(run)
	for run != "" {
		at, phrase := nextFiller(run)
		if at > 0 {
			m.tokens = append(m.tokens, token{text: run[:at], han: true})
		}
		if phrase != "" {
			m.tokens = append(m.tokens, token{text: phrase, han: true, filler: true})
		}
		run = run[at+len(phrase):]
	}
}

// nextFiller returns where the first polite phrase in run starts, and the phrase.
func nextFiller(run string) (int, string) {
	for at := range run {
		for _, phrase := range hanFillers {
			if strings.HasPrefix(run[at:], phrase) {
				return at, phrase
			}
		}
	}
	return len(run), ""
}
