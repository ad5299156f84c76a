package match

import "unicode/utf8"

const (
	offset32 = 2166136261
	prime32  = 16777619
	offset64 = 14695981039346656037
	prime64  = 1099511628211
	gramSeed = 0x51ed270b
)

func hash32(kind uint32, text string) uint32 {
	h := uint32(offset32) ^ kind*0x9e3779b1
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * prime32
	}
	return h
}

func hash64(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime64
	}
	return (h ^ ' ') * prime64
}

// describe turns the tokens into features.
func (m *message) describe() {
	previous, negated := "", false
	for i, t := range m.tokens {
		if t.filler && !m.fillerOnly {
			m.feature(kindWord, t.text, weightFiller)
			continue
		}
		m.exact = hash64(m.exact, t.text)
		m.words += t.words()
		switch {
		case t.number:
			m.describeNumber(t.text)
		case t.han:
			m.describeHan(t.text)
		default:
			m.describeWord(t.text)
		}
		if previous != "" && !t.han {
			m.pair(kindPair, previous, t.text, weightPair)
			m.concepts(glossaryPairs[pairKey{previous, t.text}])
		}
		if negated && !t.han {
			m.feature(kindNegated, t.text, weightNegated)
			negated = false
		}
		if m.negates(i) {
			m.negations++
			negated = true
		}
		previous = t.text
		if t.han {
			previous = ""
		}
	}
}

func (m *message) feature(kind uint32, text string, weight float32) {
	m.features = append(m.features, feature{hash32(kind, text), weight})
}

func (m *message) pair(kind uint32, a, b string, weight float32) {
	h := hash32(kind, a)
	h = (h ^ ' ') * prime32
	for i := range len(b) {
		h = (h ^ uint32(b[i])) * prime32
	}
	m.features = append(m.features, feature{h, weight})
}

func (m *message) concepts(names []string) {
	for _, name := range names {
		m.feature(kindConcept, name, weightConcept)
	}
}

func (m *message) describeNumber(number string) {
	m.feature(kindNumber, number, weightNumber)
	m.feature(kindNumber, "#", weightDigits)
	m.numbers = append(m.numbers, hash32(kindNumber, number))
}

// describeWord adds the word, its meaning and its parts. The parts make a word
// with a typing error resemble the right one.
func (m *message) describeWord(word string) {
	m.feature(kindWord, word, weightWord)
	m.concepts(glossary[word])
	var space [64]byte
	padded := append(append(append(space[:0], ' '), word...), ' ')
	for start := range padded {
		h := uint32(offset32 ^ gramSeed)
		for length := 1; length <= gramTo && start+length <= len(padded); length++ {
			h = (h ^ uint32(padded[start+length-1])) * prime32
			if length >= gramFrom && length < len(padded) {
				m.features = append(m.features, feature{h ^ uint32(length)<<28, weightGram})
			}
		}
	}
}

// describeHan adds each character, each pair of neighbours and the meaning of the
// longest phrases.
func (m *message) describeHan(run string) {
	before := 0
	for at, r := range run {
		size := utf8.RuneLen(r)
		m.feature(kindHan, run[at:at+size], weightHan)
		if at > 0 {
			m.feature(kindHan, run[before:at+size], weightHanPair)
		}
		before = at
	}
	for at := 0; at < len(run); {
		_, size := utf8.DecodeRuneInString(run[at:])
		for length := min(hanPhrase, len(run)-at); length >= size; length -= 3 {
			if names := glossary[run[at:at+length]]; names != nil {
				m.concepts(names)
				size = length
				break
			}
		}
		at += size
	}
	m.negations += hanNegations(run)
}

// words estimates how many words a token is.
func (t token) words() int {
	if t.han {
		return (utf8.RuneCountInString(t.text) + 1) / 2
	}
	return 1
}
