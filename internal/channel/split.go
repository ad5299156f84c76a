package channel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// cut says how good a place is to end a part; higher is better.
type cut uint8

const (
	cutCluster cut = iota
	cutBreak       // where a line may be broken, as between Chinese characters
	cutSpace
	cutSentence
	cutLine
	cutParagraph
	cutKinds
)

// cluster is a grapheme cluster: the least that a reader sees as one character.
type cluster struct {
	start, end int
	units      int
	space      bool
	after      cut
}

// Split cuts a text into parts of at most limit UTF-16 units, in order. It cuts
// at the end of a paragraph, else line, sentence, word, else between grapheme
// clusters, and takes the better place only in the second half of a part, so
// that parts stay few. Only what shows nothing is lost: whitespace at the cuts
// and at both ends, and parts that would be blank. A cluster longer than limit
// is the one thing that is cut inside, between runes.
func Split(text string, limit int) []string {
	text = Clean(text)
	if Blank(text) {
		return nil
	}
	if text == strings.TrimSpace(text) && Units(text) <= limit {
		return []string{text}
	}
	clusters := clustersOf(text, limit)
	var parts []string
	for from := skipSpace(clusters, 0); from < len(clusters); {
		to := endOfPart(clusters, from, limit)
		last := to
		for clusters[last-1].space {
			last--
		}
		if part := text[clusters[from].start:clusters[last-1].end]; !Blank(part) {
			parts = append(parts, part)
		}
		from = skipSpace(clusters, to)
	}
	return parts
}

// endOfPart returns the index after the last cluster of the part that begins at
// from, which is no space.
func endOfPart(clusters []cluster, from, limit int) int {
	var best [cutKinds]int
	units := 0
	for i := from; i < len(clusters); i++ {
		c := clusters[i]
		if units+c.units > limit && !c.space {
			return bestCut(best, i)
		}
		units += c.units
		if units >= limit/2 {
			best[c.after] = i + 1
		}
	}
	return len(clusters)
}

func bestCut(best [cutKinds]int, overflow int) int {
	for kind := cutParagraph; kind > cutCluster; kind-- {
		if best[kind] > 0 {
			return best[kind]
		}
	}
	return overflow
}

func skipSpace(clusters []cluster, from int) int {
	for from < len(clusters) && clusters[from].space {
		from++
	}
	return from
}

func clustersOf(text string, limit int) []cluster {
	clusters := make([]cluster, 0, len(text))
	rest, state, at, newlines := text, -1, 0, 0
	for rest != "" {
		var found string
		var boundaries int
		found, rest, boundaries, state = uniseg.StepString(rest, state)
		c := cluster{start: at, end: at + len(found), units: Units(found), space: allSpace(found)}
		at = c.end
		switch {
		case isNewline(found):
			newlines++
		case !c.space:
			newlines = 0
		}
		c.after = cutAfter(found, c.space, newlines, boundaries)
		if c.units > limit {
			clusters = append(clusters, runesOf(text, c)...)
			continue
		}
		clusters = append(clusters, c)
	}
	return clusters
}

func cutAfter(found string, space bool, newlines, boundaries int) cut {
	switch {
	case newlines > 1:
		return cutParagraph
	case newlines == 1:
		return cutLine
	case boundaries&uniseg.MaskSentence != 0 && (space || endsChinese(found)):
		// Without this condition the question mark of a link ends a sentence.
		return cutSentence
	case space:
		return cutSpace
	case boundaries&uniseg.MaskLine == uniseg.LineCanBreak:
		return cutBreak
	}
	return cutCluster
}

// runesOf takes apart a cluster that no part can hold.
func runesOf(text string, c cluster) []cluster {
	var runes []cluster
	for offset, r := range text[c.start:c.end] {
		start := c.start + offset
		runes = append(runes, cluster{start: start, end: start + utf8.RuneLen(r), units: runeUnits(r)})
	}
	return runes
}

func isNewline(found string) bool {
	switch found {
	case "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029":
		return true
	}
	return false
}

func allSpace(found string) bool {
	for _, r := range found {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// endsChinese tells whether a cluster is East Asian, where no space follows the
// end of a sentence.
func endsChinese(found string) bool {
	r, _ := utf8.DecodeLastRuneInString(found)
	return r >= 0x2E80
}
