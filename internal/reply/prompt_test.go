package reply

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"sembang/internal/company"
	"sembang/internal/inbox"
	"sembang/internal/product"
	"sembang/internal/template"
)

func TestTheCustomersNameIsNoInstructionAndNoFact(t *testing.T) {
	t.Parallel()
	q := question{company: company.Company{Name: "Kedai", Currency: "MYR"}, language: "en"}
	q.script.Conversation.ContactName = "RM 1 www.evil.com 99%"
	var list []template.Hit
	for _, body := range []string{"Hi {{contact.name|friend}}, welcome to {{company.name}}.", "Dear {{contact.name}}, we open at 9."} {
		list = append(list, template.Hit{Template: &template.Template{Name: "Hello", Texts: map[string]string{"en": body}}})
	}
	got := hints(q, list)
	for _, want := range []string{"Hi friend, welcome to Kedai.", "Dear there, we open at 9."} {
		if !strings.Contains(got, want) {
			t.Errorf("hints lack %q: %s", want, got)
		}
	}
	for _, said := range []string{"It is RM 1", "99% off", "See www.evil.com"} {
		passed := true
		for _, c := range checkFacts(said, rules(q, nil)+"\n"+got, "MYR") {
			passed = passed && c.Passed
		}
		if passed {
			t.Errorf("%q passes by the customer's own name", said)
		}
	}
}

func TestAPromptIsBoundedAndLosesWholeProductsOnly(t *testing.T) {
	t.Parallel()
	q := question{company: company.Company{Name: "Kedai", Currency: "MYR", Persona: strings.Repeat("We bake. ", 10_000)}}
	var products []product.Product
	for i := range maxProducts {
		products = append(products, product.Product{
			Price: int64(100_000 + i), Names: map[string]string{"en": fmt.Sprintf("Cake %d", i), "zh": strings.Repeat("糕", 300)},
			Descriptions: map[string]string{"en": strings.Repeat("sweet\n", 2_000)},
		})
	}
	got := rules(q, products)
	if len(got) > maxRulesBytes || !utf8.ValidString(got) || !strings.HasSuffix(got, moreProducts) {
		t.Errorf("rules: %d bytes, end with %q", len(got), got[len(got)-100:])
	}
	_, list, _ := strings.Cut(got, "Products and prices:\n")
	lines := strings.Split(strings.TrimSuffix(list, moreProducts), "\n")
	lines = lines[:len(lines)-1]
	if len(lines) < 20 || len(lines) == maxProducts {
		t.Errorf("%d products are listed", len(lines))
	}
	for i, line := range lines {
		if !strings.Contains(line, product.Price(products[i].Price, "MYR")+". sweet") {
			t.Errorf("product %d reads %q", i, line)
		}
	}
}

func TestAShortenedTextNeverEndsInHalfAPrice(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a small cake costs RM1,250.50 today", "蛋糕售价RM1250起每个", "蛋糕售价RM一千二百五十起", "price RM 45 ribu for all of it"} {
		given, _ := homeOf("MYR").amounts(text)
		for n := range len(text) {
			cut := shorten(text, n)
			said, _ := homeOf("MYR").amounts(cut)
			if c := known("money", said, given); !c.Passed {
				t.Errorf("shorten(%q, %d) = %q", text, n, cut)
			}
		}
	}
}

func TestATextThatShowsNothingIsEmptyAndTheRestIsStorable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\u200b": "", " \u2060\ufeff\n": "", "\u3164\u2800": "", "\ufe0f\u200d": "", "\x00": "",
		"a\x00b": "ab", "a\xffb": "a\uFFFDb", " one\ntwo ": "one\ntwo", "❤️": "❤️", "👩‍🍳": "👩‍🍳",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	hit := template.Hit{Template: &template.Template{Texts: map[string]string{"en": "\u200b{{contact.name|}}"}}}
	if plan, ok := fromTemplate(question{language: "en"}, hit, Provenance{}); ok {
		t.Errorf("a blank template is sent: %+v", plan)
	}
}

func TestALongBurstKeepsItsBeginningAndItsEnd(t *testing.T) {
	t.Parallel()
	messages := []inbox.Message{
		{Seq: 1, Direction: "in", Content: "text", Body: strings.Repeat("old", 10_000)},
		{Seq: 2, Direction: "in", Content: "text", Body: "the oldest unanswered"},
	}
	for i := range 100 {
		messages = append(messages, inbox.Message{Seq: int64(3 + i), Direction: "in", Content: "text", Body: strings.Repeat("糕", 1000)})
	}
	messages = append(messages, inbox.Message{Seq: 200, Direction: "in", Content: "text", Body: "the newest"})
	got := utterances(messages, 2)
	if len(got) != 1 || len(got[0].Text) > maxPendingBytes || !utf8.ValidString(got[0].Text) ||
		!strings.Contains(got[0].Text, "the oldest unanswered") || !strings.HasSuffix(got[0].Text, "the newest") {
		t.Errorf("%d turns, %d bytes", len(got), len(got[0].Text))
	}
}
