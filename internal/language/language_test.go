package language

import (
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestLanguageOfShortMessages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want  string
		texts []string
	}{
		"English": {English, []string{
			"how much is the big one", "Can deliver tomorrow anot", "where is ur shop ah", "still got stock lah?",
			"I haven't received my parcel", "ok can, thanks", "WHAT TIME DO YOU CLOSE", "ｐｌｅａｓｅ　ｃａｌｌ　ｍｅ　ｂａｃｋ", "wrong colour leh how",
		}},
		"Malay": {Malay, []string{
			"brp harga yg besar", "x nak la", "sy nk tanya", "kat mana kedai", "barang blm smpai lagi", "boleh cod tak",
			"xde stok ke?", "bila nak hantar", "terima kasihhhh", "Apakah jam buka toko kalian?", "mintak resit boleh",
		}},
		"Chinese": {Chinese, []string{
			"请问多少钱", "還有貨嗎", "幾時送到呀", "你哋幾點開門", "可以用 TNG 付款吗", "老板，L size 还有吗？", "好",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range c.texts {
				if got := Detect(text); got.Language != c.want || got.Mixed {
					t.Errorf("Detect(%q) = %+v, want %q alone", text, got, c.want)
				}
			}
		})
	}
}

func TestMessagesInTwoLanguagesAreMixed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"saya nak tanya do you have this one in black", "my parcel tak sampai lagi, when will it arrive ya",
		"请问 how much is the shipping", "boleh saya tukar to another colour because this one koyak",
		"老板 barang saya 还没有到", "可以 deliver tomorrow 吗",
	} {
		if got := Detect(text); !got.Mixed || got.Language == "" {
			t.Errorf("Detect(%q) = %+v, want a mixed one", text, got)
		}
	}
}

func TestLoanWordsDoNotMixAMessage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"nak order dua parcel size M boleh?", "admin, tracking belum update lagi", "ok boss, I will order the set"} {
		if got := Detect(text); got.Mixed {
			t.Errorf("Detect(%q) = %+v, want not mixed", text, got)
		}
	}
}

func TestWhatSaysNothingHasNoLanguage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " \n", "012-345 6789", "👍👍😂", "?!...", "https://shop.example/p/12?x=the", "@kedai #promosi",
		"hello.there@shop.example", "விலை என்ன", "いくらですか", "\xff\xfe", "50%",
	} {
		if got := Detect(text); got != (Result{}) {
			t.Errorf("Detect(%q) = %+v, want nothing", text, got)
		}
	}
}

func TestWordOfBothLanguagesIsNotSure(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ok", "size M", "order", "hi boss", "cod"} {
		if got := Detect(text); got.Confidence >= Sure {
			t.Errorf("Detect(%q) = %+v, want confidence below %v", text, got, Sure)
		}
	}
	for _, text := range []string{"bila barang saya nak sampai", "when will you send it to me", "什么时候送到我家"} {
		if got := Detect(text); got.Confidence < Sure {
			t.Errorf("Detect(%q) = %+v, want it sure", text, got)
		}
	}
}

func TestAddressesAndMentionsDoNotCount(t *testing.T) {
	t.Parallel()
	text := "barang saya rosak https://the.shop/where/is/my/order @thebestshop help.me@this.shop"
	if got := Detect(text); got.Language != Malay || got.Mixed {
		t.Errorf("Detect(%q) = %+v, want Malay alone", text, got)
	}
}

func TestDetectIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		first := Detect(text)
		if first.Confidence < 0 || first.Confidence > 1 || (first.Language == "") != (first.Confidence == 0) {
			t.Fatalf("Detect(%q) = %+v", text, first)
		}
		if again := Detect(strings.ToUpper(strings.ToLower(text))); len(text) == len(strings.ToUpper(text)) && isPlain(text) && again != first {
			t.Fatalf("Detect(%q) = %+v, in capitals %+v", text, first, again)
		}
	})
}

func isPlain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > '~' }) < 0
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process
func TestDetectAllocatesNothing(t *testing.T) {
	text := "boss ada lagi tak yang warna merah, nak order dua, thanks"
	if n := testing.AllocsPerRun(100, func() { Detect(text) }); n != 0 {
		t.Errorf("Detect() allocates %v times a message", n)
	}
}

func TestConcurrentCallsAgree(t *testing.T) {
	t.Parallel()
	want := Detect("nak tanya harga")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := Detect("nak tanya harga"); got != want {
				t.Errorf("Detect() = %+v, want %+v", got, want)
			}
		})
	}
	group.Wait()
}

func TestAppendWritesWordsInOneForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ＰＲＩＣＥ？": "price?", "Don’t": "don't", "besttttt": "bestt", "a\u200bb": "ab", "好好好好": "好好好好", "1000000": "1000000", "ﬁne": "fine",
	} {
		if got := string(Append(nil, text)); got != want {
			t.Errorf("Append(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, text := range []string{"x nak", "请问 how much", "@", "a'b'", "n2 2x", "ＡＢ", "\xf0\x90", "e\u0301\u0301\u0301"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Detect(text)
		if !(got.Confidence >= 0 && got.Confidence <= 1) {
			t.Errorf("Detect(%q) = %+v", text, got)
		}
		if got.Mixed && got.Language == "" {
			t.Errorf("Detect(%q) = %+v", text, got)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Detect("boss ada lagi tak yang warna merah, nak order dua, thanks")
	}
}
