package channel_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"sembang/internal/channel"
)

func TestSplitCutsAtTheBestPlace(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"short text is one part":         {"hello", 10, []string{"hello"}},
		"ends are trimmed":               {" \n hello \t", 10, []string{"hello"}},
		"paragraph before line":          {"aaa\nbb\n\ncc\ndd", 11, []string{"aaa\nbb", "cc\ndd"}},
		"line before sentence":           {"One. Two\nthree. Four", 18, []string{"One. Two", "three. Four"}},
		"sentence before word":           {"It is so. And then it", 16, []string{"It is so.", "And then it"}},
		"word":                           {"alpha beta gamma", 12, []string{"alpha beta", "gamma"}},
		"Chinese sentence":               {"今天有货。明天送到您家", 8, []string{"今天有货。", "明天送到您家"}},
		"Chinese before its punctuation": {"一二三四五六，七八", 6, []string{"一二三四五", "六，七八"}},
		"link stays whole":               {"please have a look at https://x.my/?q=1 now", 36, []string{"please have a look at", "https://x.my/?q=1 now"}},
		"early place is not taken":       {"a\n\nbbbbbbbbb ccc", 12, []string{"a\n\nbbbbbbbbb", "ccc"}},
		"no place at all":                {"abcdefgh", 3, []string{"abc", "def", "gh"}},
		"spaces over the limit":          {"ab" + strings.Repeat(" ", 50) + "cd", 4, []string{"ab", "cd"}},
		"combining mark on a space":      {"  \u0301ab", 3, []string{" \u0301a", "b"}},
		"accent stays with its letter":   {"aae\u0301", 3, []string{"aa", "e\u0301"}},
		"flags stay whole":               {"🇲🇾🇸🇬", 7, []string{"🇲🇾", "🇸🇬"}},
		"family stays whole":             {"ab👨‍👩‍👧‍👦", 12, []string{"ab", "👨‍👩‍👧‍👦"}},
		"windows lines":                  {"aaaa\r\nbbbb", 6, []string{"aaaa", "bbbb"}},
		"empty":                          {"", 5, nil},
		"blank":                          {" \n\u00a0\u200b\ufeff", 5, nil},
		"nul and broken bytes":           {"a\x00\xff", 5, []string{"a\uFFFD\uFFFD"}},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := channel.Split(v.text, v.limit)
			if diff := cmp.Diff(v.want, got); diff != "" {
				t.Errorf("Split(%q, %d) (-want +got):\n%s", v.text, v.limit, diff)
			}
			checkParts(t, v.text, v.limit, got)
		})
	}
}

// A cluster longer than the limit is the only thing that may be cut inside.
func TestSplitCutsAnOversizedClusterBetweenRunes(t *testing.T) {
	t.Parallel()
	text := "e" + strings.Repeat("\u0301", 30) + "👨‍👩‍👧‍👦"
	parts := channel.Split(text, 7)
	if got := strings.Join(parts, ""); got != text {
		t.Errorf("joined parts = %q, want %q", got, text)
	}
	for _, part := range parts {
		if n := channel.Units(part); n > 7 {
			t.Errorf("part %q has %d units, want at most 7", part, n)
		}
	}
}

func TestSplitIsLinear(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("你好 world. 😀\n", 20_000)
	parts := channel.Split(text, 4096)
	checkParts(t, text, 4096, parts)
	if want := channel.Units(text)/2048 + 1; len(parts) > want {
		t.Errorf("Split() = %d parts, want at most %d", len(parts), want)
	}
}

func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		"", "hello", "今天有货。明天送到您家", "aaa\nbb\n\ncc", "👨‍👩‍👧‍👦🇲🇾👍🏽e\u0301", "  \u0301ab", "a\x00\xff",
		"https://x.my/?q=1&b=2", "\u0600 a", "\r\n\r\n", "a\u200b\u200bb", strings.Repeat("e\u0301", 40),
	} {
		f.Add(text, 3)
		f.Add(text, 11)
		f.Add(text, 4096)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 2 || limit > 1<<20 {
			return
		}
		checkParts(t, text, limit, channel.Split(text, limit))
	})
}

// checkParts holds for every split: parts are within the limit and shown, follow
// each other in the text, lose nothing that shows, and cut no cluster that could
// have been kept.
func checkParts(t *testing.T, text string, limit int, parts []string) {
	t.Helper()
	text = channel.Clean(text)
	borders := clusterBorders(text, limit)
	at := 0
	for i, part := range parts {
		if n := channel.Units(part); n > limit {
			t.Errorf("part %d has %d units, want at most %d", i, n, limit)
		}
		if channel.Blank(part) {
			t.Errorf("part %d %q is blank", i, part)
		}
		found := strings.Index(text[at:], part)
		for found >= 0 && !borders[at+found] {
			next := strings.Index(text[at+found+1:], part)
			if next < 0 {
				found = -1
				break
			}
			found += 1 + next
		}
		if found < 0 {
			t.Fatalf("part %d %q does not follow in the text %q at a border of clusters", i, part, text)
		}
		if gap := text[at : at+found]; !channel.Blank(gap) {
			t.Errorf("between parts %d and %d %q got lost", i-1, i, gap)
		}
		at += found + len(part)
		if !borders[at] {
			t.Errorf("part %d %q ends inside a cluster", i, part)
		}
	}
	if rest := text[at:]; !channel.Blank(rest) {
		t.Errorf("%q got lost at the end", rest)
	}
}

func clusterBorders(text string, limit int) map[int]bool {
	borders := map[int]bool{0: true}
	rest, state, at := text, -1, 0
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if channel.Units(cluster) > limit {
			for i := range cluster {
				borders[at+i] = true
			}
		}
		at += len(cluster)
		borders[at] = true
	}
	return borders
}

// Only whitespace is lost where nothing else is invisible.
func TestSplitLosesOnlyWhitespace(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Kami ada 20 unit.  请问 what size? 👍🏽\n\n", 300)
	visible := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	if got, want := visible(strings.Join(channel.Split(text, 4096), "")), visible(text); got != want {
		t.Error("joined parts differ from the text in more than whitespace")
	}
}
