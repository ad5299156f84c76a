package match

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shop is the examples of a small shop, in the languages its customers write.
func shop() []Example {
	var examples []Example
	for template, texts := range map[string][]string{
		"price":    {"how much is this", "what is the price of the sambal", "hi boss price please", "berapa harga sambal ni", "sambal satu botol berapa", "这个多少钱", "辣椒酱什么价格"},
		"delivery": {"do you deliver to Sabah", "how long is the delivery", "ada pos ke Sarawak", "berapa hari baru sampai", "可以送货到槟城吗", "多久会送到"},
		"open":     {"are you open on Sunday", "what time do you open tomorrow", "kedai buka hari Ahad tak", "pukul berapa kedai buka", "星期天有营业吗", "几点开门"},
		"notopen":  {"why is the shop not open", "you are not open today", "kenapa kedai tak buka", "为什么今天没有开门"},
		"size40":   {"is size 40 still available", "saiz 40 ada lagi"},
		"hello":    {"hi", "hello boss", "salam", "你好"},
		"payment":  {"can I pay by bank transfer", "boleh bayar guna kad kredit", "可以用信用卡付款吗"},
	} {
		for _, text := range texts {
			examples = append(examples, Example{Template: template, Language: "en", Text: text})
		}
	}
	return examples
}

func best(t *testing.T, x *Index, text string) Hit {
	t.Helper()
	hits := x.Find(text, 5)
	if len(hits) == 0 {
		t.Fatalf("Find(%q) found nothing", text)
	}
	return hits[0]
}

func TestMessageFindsTheTemplateItAsksFor(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	for name, c := range map[string]struct{ text, want string }{
		"in other words":            {"sambal price?", "price"},
		"with a typing error":       {"do you delivr to sabah", "delivery"},
		"in Malay SMS spelling":     {"brp hrga sambal", "price"},
		"in full-width letters":     {"ＨＯＷ　ＭＵＣＨ　ＩＳ　ＴＨＩＳ", "price"},
		"with letters drawn out":    {"berapaaaa hargaaaa", "price"},
		"in Chinese":                {"请问这个多少钱呢", "price"},
		"in traditional characters": {"這個多少錢", "price"},
		"in Cantonese words":        {"呢個幾錢", "price"},
		"across languages":          {"boleh transfer bank ke", "payment"},
		"behind a greeting":         {"assalamualaikum kak, ada pos ke Sarawak?", "delivery"},
		"a denial of a denial":      {"kenapa kedai x buka", "notopen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := best(t, x, c.text); got.Template != c.want || got.Score < ChooseScore {
				t.Errorf("Find(%q) = %+v, want %s", c.text, got, c.want)
			}
		})
	}
}

func TestMessageThatDiffersInWhatMattersIsNotAnsweredAlone(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	for name, text := range map[string]string{
		"a denial":                      "are you not open on Sunday",
		"a Malay denial":                "tak boleh bayar guna kad kredit",
		"a Chinese denial":              "星期天没营业",
		"another size":                  "is size 42 still available",
		"a number left out":             "is the size still available",
		"two questions":                 "price? and COD?",
		"a single word":                 "sambal",
		"a question about other things": "does your cat like jazz music",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hits := x.Find(text, 5)
			if got := BandOf(hits); got == Auto {
				t.Errorf("BandOf(Find(%q)) = %v: %+v", text, got, hits[0])
			}
		})
	}
}

func TestQuestionInTheFormOfADenialIsNoDenial(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"boleh tak", "can or not", "ada tak saiz L", "有没有货", "得唔得", "对不起", "nak tak?"} {
		var m message
		if m.parse(text); m.negations != 0 {
			t.Errorf("parse(%q) counts %d denials, want none", text, m.negations)
		}
	}
	for _, text := range []string{"not open", "tak nak", "x sampai", "don't want", "xde stok", "belum dapat", "没有收到", "唔要", "不要"} {
		var m message
		if m.parse(text); m.negations == 0 {
			t.Errorf("parse(%q) counts no denial", text)
		}
	}
}

func TestGreetingOnlyFindsOnlyGreetings(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	for _, text := range []string{"hi boss", "hello", "selamat pagi", "你好老板"} {
		for _, h := range x.Find(text, 10) {
			if h.Template != "hello" && h.Score > 0 {
				t.Errorf("Find(%q) scores %s %.2f, want 0", text, h.Template, h.Score)
			}
		}
	}
	if got := best(t, x, "hi boss how much is this"); got.Template != "price" {
		t.Errorf("a question behind a greeting finds %q", got.Template)
	}
}

func TestExampleFindsItsOwnTemplate(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	for _, e := range shop() {
		text := strings.ToUpper(e.Text) + " ??"
		if e.Template != "hello" {
			text = "Hi, " + text
		}
		hits := x.Find(text, 5)
		if hits[0].Template != e.Template || hits[0].Score < exactScore || BandOf(hits) != Auto {
			t.Errorf("Find(%q) = %+v, want %s", e.Text, hits[0], e.Template)
		}
	}
}

func TestTextThatTwoTemplatesClaimIsNotAnsweredAlone(t *testing.T) {
	t.Parallel()
	x := Build([]Example{{"a", "en", "do you ship abroad"}, {"b", "en", "do you ship abroad"}, {"c", "en", "where is the shop"}})
	if hits := x.Find("do you ship abroad", 5); BandOf(hits) == Auto || hits[0].Template != "a" {
		t.Errorf("Find() = %+v, want a first and not alone", hits)
	}
}

func TestNothingToCompareFindsNothing(t *testing.T) {
	t.Parallel()
	x := Build(append(shop(), Example{Template: "empty", Text: " ?! "}))
	for _, text := range []string{"", "  ", "👍👍", "?!", "\x00", "\xff\xfe"} {
		if hits := x.Find(text, 5); len(hits) != 0 {
			t.Errorf("Find(%q) = %+v, want nothing", text, hits)
		}
	}
	if hits := Build(nil).Find("how much", 5); len(hits) != 0 {
		t.Errorf("an empty index found %+v", hits)
	}
	if hits := x.Find("how much", 0); len(hits) != 0 {
		t.Errorf("Find(…, 0) = %+v", hits)
	}
}

func TestOrderOfExamplesDoesNotMatter(t *testing.T) {
	t.Parallel()
	want := Build(shop())
	rapid.Check(t, func(t *rapid.T) {
		examples := rapid.Permutation(append(shop(), shop()[:3]...)).Draw(t, "examples")
		x := Build(examples)
		for _, text := range []string{"how much", "buka hari apa", "槟城", "price and delivery to sabah"} {
			if diff := cmp.Diff(want.Find(text, 10), x.Find(text, 10)); diff != "" {
				t.Fatalf("Find(%q) differs (-want +got):\n%s", text, diff)
			}
		}
	})
}

func TestScoresAreOrderedProbabilities(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("how much harga tak not 40 多少钱 没 open buka hi deliver x sambal !! 2")), 1, 9).Draw(t, "words")
		text := strings.Join(words, " ") + rapid.String().Draw(t, "rest")
		hits := x.Find(text, 3)
		if len(hits) > 3 {
			t.Fatalf("Find(…, 3) returned %d", len(hits))
		}
		last := 1.0
		for _, h := range hits {
			if !(h.Score >= 0 && h.Score <= last) {
				t.Fatalf("Find(%q) is not ordered: %+v", text, hits)
			}
			last = h.Score
		}
		if diff := cmp.Diff(hits, x.Find(text, 3)); diff != "" {
			t.Fatalf("Find(%q) is not deterministic:\n%s", text, diff)
		}
	})
}

func TestConcurrentSearchesDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	x := Build(shop())
	examples := shop()
	want := make([][]Hit, len(examples))
	for i, e := range examples {
		want[i] = x.Find(e.Text, 5)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i, e := range examples {
				if diff := cmp.Diff(want[i], x.Find(e.Text, 5)); diff != "" {
					t.Errorf("Find(%q) differs under load:\n%s", e.Text, diff)
				}
			}
		})
	}
	group.Wait()
}

func TestBandsNeedAScoreAndALead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		score, second float64
		want          Band
	}{
		"high and alone":          {AutoScore, 0, Auto},
		"high with a close rival": {0.99, 0.9, Choose},
		"just below":              {AutoScore - 0.001, 0, Choose},
		"possible":                {ChooseScore, 0, Choose},
		"low":                     {ChooseScore - 0.001, 0, Free},
	} {
		if got := BandFor(c.score, c.second); got != c.want {
			t.Errorf("%s: BandFor(%v, %v) = %v, want %v", name, c.score, c.second, got, c.want)
		}
	}
	if got := BandOf(nil); got != Free {
		t.Errorf("BandOf(nil) = %v, want free", got)
	}
}

func FuzzFind(f *testing.F) {
	x := Build(shop())
	for _, e := range shop() {
		f.Add(e.Text)
	}
	f.Add("x' n't '' 2 1.,. \u0e01\u0e31 ａｂ③")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range x.Find(text, 3) {
			if !(h.Score >= 0 && h.Score <= 1) {
				t.Errorf("Find(%q) scores %v", text, h.Score)
			}
		}
		Build([]Example{{Template: "t", Text: text}}).Find(text, 1)
	})
}

func TestMessageWithTypingErrorsIsFoundAmongTenThousand(t *testing.T) {
	t.Parallel()
	examples := many(10_000)
	x := Build(examples)
	found, asked := 0, 0
	for i := 0; i < len(examples); i += 50 {
		words := strings.Fields(examples[i].Text)
		if len(words) < 6 {
			continue
		}
		asked++
		words[2] = words[2][1:]
		hits := x.Find("please "+strings.Join(words[:len(words)-1], " "), 1)
		if len(hits) > 0 && hits[0].Template == examples[i].Template {
			found++
		}
	}
	if found*100 < asked*97 {
		t.Errorf("found %d of %d", found, asked)
	}
}
