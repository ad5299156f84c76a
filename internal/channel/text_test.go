package channel_test

import (
	"strings"
	"testing"

	"sembang/internal/channel"
)

// The vectors of the length of texts: UTF-16 units, as the vendors count.
func TestUnitsCountsAsVendorsDo(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct {
		text string
		want int
	}{
		"latin":                  {"hello", 5},
		"three Chinese":          {"你好吗", 3},
		"emoji":                  {"😀", 2},
		"family of four":         {"👨‍👩‍👧‍👦", 11},
		"flag of Malaysia":       {"🇲🇾", 4},
		"thumb with skin tone":   {"👍🏽", 4},
		"e with combining acute": {"e\u0301", 2},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := channel.Units(v.text); got != v.want {
				t.Errorf("Units(%q) = %d, want %d", v.text, got, v.want)
			}
		})
	}
}

func TestCleanReplacesWhatTheDatabaseCannotHold(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct{ text, want string }{
		"clean text is itself":    {"hi 你好 😀", "hi 你好 😀"},
		"nul":                     {"a\x00b", "a\uFFFDb"},
		"byte that is no utf-8":   {"a\xffb", "a\uFFFDb"},
		"surrogate in utf-8 form": {"a\xed\xa0\x80b", "a\uFFFD\uFFFD\uFFFDb"},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := channel.Clean(v.text); got != v.want {
				t.Errorf("Clean(%q) = %q, want %q", v.text, got, v.want)
			}
		})
	}
}

func TestCleanNameIsOneShortLine(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct{ name, want string }{
		"lines and tabs":           {"  Ali\r\n\tB  ", "Ali B"},
		"escape codes":             {"Ali\x1b[31m", "Ali[31m"},
		"marks that turn the text": {"Ali\u202eB\u2066", "AliB"},
		"emoji stay whole":         {"👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"},
		"too long":                 {strings.Repeat("a", 5000), strings.Repeat("a", 200)},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := channel.CleanName(v.name); got != v.want {
				t.Errorf("CleanName(%q) = %q, want %q", v.name, got, v.want)
			}
		})
	}
}

func TestKeyFitsIntoAnIndex(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	if got := channel.Key(long); len(got) > 200 || got != channel.Key(long) {
		t.Errorf("Key() of a long id = %q", got)
	}
	if channel.Key(long) == channel.Key(long+"y") {
		t.Error("Key() is the same for two long ids")
	}
	if got := channel.Key(" 3EB0\x00 "); got != "3EB0\uFFFD" {
		t.Errorf("Key() = %q, want it trimmed and clean", got)
	}
}

func TestPhoneReadsHowPeopleWriteNumbers(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct{ raw, country, want string }{
		"international with spaces":     {"+60 12-345 6789", "MY", "60123456789"},
		"national in Malaysia":          {"012-3456789", "MY", "60123456789"},
		"digits":                        {"60123456789", "MY", "60123456789"},
		"full width":                    {"＋６０１２３４５６７８９", "", "60123456789"},
		"full width, national":          {"０１２３４５６７８９", "MY", "60123456789"},
		"brackets and no-break spaces":  {"(+60)\u00a012\u2011345.6789", "MY", "60123456789"},
		"trunk zero after country code": {"+60 (0)12-345 6789", "MY", "60123456789"},
		"international prefix":          {"0060123456789", "MY", "60123456789"},
		"national elsewhere":            {"0123456789", "SG", ""},
		"national, country unknown":     {"0123456789", "", ""},
		"other country from Malaysia":   {"+65 8123 4567", "MY", "6581234567"},
		"too long":                      {"120363025246125486", "", ""},
		"too short":                     {"12345", "MY", ""},
		"letters":                       {"60123CALLME", "MY", ""},
		"plus in the middle":            {"60+123456789", "MY", ""},
		"nothing":                       {"", "MY", ""},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := channel.Phone(v.raw, v.country)
			if got != v.want || ok != (v.want != "") {
				t.Errorf("Phone(%q, %q) = %q, %v, want %q", v.raw, v.country, got, ok, v.want)
			}
		})
	}
}
