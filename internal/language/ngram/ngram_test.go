package ngram

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSlotsLieInTheTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := []byte(rapid.String().Draw(t, "word"))
		slots := append(Append(nil, word), Word(word))
		if slices.Max(slots) >= Slots {
			t.Fatalf("Append(%q) leaves the table: %v", word, slots)
		}
		if limit := 3*(MaxWord+2) + 1; len(slots) > limit {
			t.Fatalf("Append(%q) gives %d slots, want at most %d", word, len(slots), limit)
		}
	})
}

func TestWordHasEveryPartOfTwoToFourBytes(t *testing.T) {
	t.Parallel()
	// " nak ": four parts of two, three of three, two of four.
	if got := len(Append(nil, []byte("nak"))); got != 9 {
		t.Errorf("Append(nak) gives %d slots, want 9", got)
	}
}

func TestPrefixDiffersFromTheSameLettersInside(t *testing.T) {
	t.Parallel()
	prefix, inside := Append(nil, []byte("me")), Append(nil, []byte("home"))
	if slices.Contains(inside, prefix[0]) {
		t.Error("the beginning of \"me\" is found inside \"home\"")
	}
}

func TestLongWordsAreCut(t *testing.T) {
	t.Parallel()
	long := []byte(strings.Repeat("ab", MaxWord))
	if got, want := Append(nil, long), Append(nil, long[:MaxWord]); !slices.Equal(got, want) {
		t.Errorf("Append() of a long word gives %d slots, want %d", len(got), len(want))
	}
}
