package demo_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sembang/internal/template"
	"sembang/internal/template/match"
)

// money finds amounts as people write them.
var money = regexp.MustCompile(`(?i)(?:\brm|\$)\s*([0-9][0-9,]*(?:\.[0-9]+)?)|([0-9][0-9,]*(?:\.[0-9]+)?)\s*(?:ringgit\b|rm\b|sen\b|令吉|块|元)`)

// amounts returns the sums in text, in sen.
func amounts(t *testing.T, text string) []int64 {
	t.Helper()
	var list []int64
	for _, groups := range money.FindAllStringSubmatch(text, -1) {
		figure := strings.ReplaceAll(groups[1]+groups[2], ",", "")
		ringgit, err := strconv.ParseFloat(figure, 64)
		if err != nil {
			t.Fatalf("read amount %q: %v", figure, err)
		}
		list = append(list, int64(ringgit*100+0.5))
	}
	return list
}

func TestPricesStandInProductsAndNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	for _, text := range w.lines(t, `select body from template_text union all select persona from company union all select handover_text::text from company
		union all select name || ' ' || description from product_text`) {
		if found := amounts(t, text); len(found) > 0 {
			t.Errorf("text with the price %v: %s", found, text)
		}
	}
	prices := w.lines(t, `select price::text from product`)
	told := 0
	for _, text := range w.lines(t, `select body from message`) {
		for _, amount := range amounts(t, text) {
			told++
			if !slices.Contains(prices, strconv.FormatInt(amount, 10)) {
				t.Errorf("message with %d sen, which is no product's price: %s", amount, text)
			}
		}
	}
	if told < 20 {
		t.Errorf("prices told in messages = %d, want 20 or more", told)
	}
}

func TestTemplatesAreWholeInThreeLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	for _, text := range w.lines(t, `select body from template_text`) {
		if mistakes := template.Check(text, []string{"contact.name", "company.name"}); len(mistakes) > 0 {
			t.Errorf("Check(%s) = %v", text, mistakes)
		}
		if _, err := template.Render(text, nil); err != nil {
			t.Errorf("Render(%s) without values = %v, want fallbacks", text, err)
		}
	}
	if found := w.lines(t, `select t.name || ' ' || l from template t cross join unnest('{en,ms,zh}'::text[]) l
		where not exists (select from template_text x where x.template_id = t.id and x.language = l)
			or (select count(*) from template_example e where e.template_id = t.id and e.language = l) not between 8 and 16`); len(found) > 0 {
		t.Errorf("templates without a text or 8 to 16 examples: %v", found)
	}
	if found := w.lines(t, `select p.sku from product p where (select count(*) from product_text x where x.product_id = p.id) <> 3`); len(found) > 0 {
		t.Errorf("products without three names: %v", found)
	}
}

// Lines like those of customers that no example repeats.
func TestOtherWordsReachTheSameTemplate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	set, err := template.NewCache(w.app.DB).Get(t.Context(), w.company(t))
	if err != nil {
		t.Fatalf("Get() = %v", err)
	}
	for line, want := range map[string]string{
		"What time are you open until today?": "Opening hours", "kedai buka sampai pukul berapa": "Opening hours", "几点打烊啊": "Opening hours",
		"Where's the shop ah? got parking?": "Location and parking", "alamat kedai kat mana ye": "Location and parking",
		"Can deliver to Subang Jaya ah?": "Delivery", "boleh hantar ke rumah saya tak": "Delivery", "可以送到我家吗": "Delivery",
		"Is your cake halal certified by jakim?": "Halal", "有halal认证吗": "Halal",
		"can pay by touch n go?": "Payment methods", "kena tempah berapa hari awal ya": "How early to order",
		"any cakes without eggs?": "Eggless and allergens", "ada kek tanpa telur tak kak": "Eggless and allergens",
		"hi good evening": "Greeting", "terima kasih banyak kak": "Thanks and goodbye",
	} {
		hits, band := set.Find(line, 2)
		if len(hits) == 0 || hits[0].Template.Name != want || band != match.Auto {
			t.Errorf("Find(%s) = %v, %s, want %s for sure", line, hits, band, want)
		}
		if n := w.number(t, `select count(*) from template_example where body = $1`, line); n != 0 {
			t.Errorf("%q is an example itself", line)
		}
	}
}
