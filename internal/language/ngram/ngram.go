// Package ngram turns a word into the slots of the hashed table of language
// weights. The detector and the program that counts the weights share it, so
// that both see the same features. It knows no language and no weights.
package ngram

// Slots is the size of the table of weights, a power of two.
const Slots = 1 << 17

// The longest and shortest run of bytes that is a feature. A word's own slot is
// counted besides.
const (
	shortest = 2
	longest  = 4
)

const (
	offset32 = 2166136261
	prime32  = 16777619
	wordSeed = 0x9e3779b9
)

// MaxWord is the number of bytes of a word that are looked at.
const MaxWord = 40

// Word returns the slot of the whole word.
func Word(word []byte) uint32 {
	h := uint32(offset32) ^ wordSeed
	for _, c := range word {
		h = (h ^ uint32(c)) * prime32
	}
	return fold(h)
}

// Append appends the slots of the word's n-grams to dst. The word is taken
// between two boundaries, so that a prefix differs from the same letters inside.
func Append(dst []uint32, word []byte) []uint32 {
	if len(word) > MaxWord {
		word = word[:MaxWord]
	}
	var padded [MaxWord + 2]byte
	padded[0] = ' '
	n := copy(padded[1:], word) + 1
	padded[n] = ' '
	text := padded[:n+1]
	for start := range text {
		h := uint32(offset32)
		for length := 1; length <= longest && start+length <= len(text); length++ {
			h = (h ^ uint32(text[start+length-1])) * prime32
			if length >= shortest {
				dst = append(dst, fold(h^uint32(length)<<24))
			}
		}
	}
	return dst
}

func fold(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 13
	return h & (Slots - 1)
}
