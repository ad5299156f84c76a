package reply

import (
	"regexp"
	"strings"
)

// What a wrong figure costs most: money, percentages and links. Each one in an
// answer must stand in the facts the model was given, money in the same currency.
// What this does not see: the price of another product of the same company, a
// price that is a bare number without a word like "only" or "harga" beside it, a
// bare integer up to smallNumber before "only" or "each", the short form 四块五,
// and discounts without a figure ("half price").
var (
	share = regexp.MustCompile(`(?i)(` + numeral + `)(?:[ \t]*%)?` + between + `(` + numeral + `)[ \t]*(?:%|percent\b|peratus\b|per cent\b)|` +
		`(` + numeral + `)[ \t]*(?:%|percent\b|peratus\b|per cent\b)|百分之(` + numeral + `)`)
	rebate = regexp.MustCompile(`(` + numeral + `)(?:` + between + `(` + numeral + `))?[ \t]*折`)
	links  = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"']+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|my|net|org|io|shop|sg)\b(?:/[^\s<>"']*)?`)
)

// claim is a figure or link of a text: what it comes to, and as it was written.
type claim struct{ key, text string }

// checkFacts holds an answer of a company with that currency against the facts it
// may use.
func checkFacts(answer, facts, currency string) []Check {
	home := homeOf(currency)
	said := home.claims(answer)
	var given claims
	if said.any() {
		given = home.claims(facts)
	}
	money := known("money", said.money, given.money)
	if money.Passed {
		money = known("money", said.priced, append(given.bare, given.money...))
	}
	return []Check{money, known("percentages", said.shares, given.shares), known("links", said.links, given.links)}
}

// claims is what a text says that may be wrong: sums of money, bare numbers, those
// of them that read as a price, percentages and links.
type claims struct{ money, bare, priced, shares, links []claim }

func (c claims) any() bool {
	return len(c.money)+len(c.priced)+len(c.shares)+len(c.links) > 0
}

// claims reads a text line by line: no claim goes over two, and the patterns are
// many times faster on short texts.
func (h home) claims(text string) claims {
	var all claims
	for line := range strings.SplitSeq(fold(text), "\n") {
		all.links = append(all.links, found(line)...)
		if !strings.ContainsFunc(line, counts) && !hasWordedMoney(line) {
			continue
		}
		all.shares = append(all.shares, shares(line)...)
		money, rest := h.amounts(line)
		rest = withoutFigures(rest)
		all.money = append(all.money, money...)
		all.bare = append(all.bare, h.bare(rest)...)
		all.priced = append(all.priced, h.priced(rest)...)
	}
	return all
}

func known(name string, said, given []claim) Check {
	set := make(map[string]bool, len(given))
	for _, g := range given {
		set[g.key] = true
	}
	for _, s := range said {
		if !set[s.key] {
			return Check{Name: name, Detail: s.text}
		}
	}
	return Check{Name: name, Passed: true}
}

// shares returns the percentages of a text and its 折: 8折, 八折 and 80折 are one.
func shares(text string) []claim {
	var list []claim
	if !hasShare(text) && !strings.Contains(text, "折") {
		return nil
	}
	for _, groups := range share.FindAllStringSubmatch(text, -1) {
		for _, g := range groups[1:] {
			if v := number(g); v != nil {
				list = append(list, claim{"% " + v.RatString(), groups[0]})
			}
		}
	}
	for _, groups := range rebate.FindAllStringSubmatch(text, -1) {
		for _, g := range groups[1:] {
			if v := number(g); v != nil {
				if v.Cmp(ten) >= 0 {
					v.Quo(v, ten)
				}
				list = append(list, claim{"折 " + v.RatString(), groups[0]})
			}
		}
	}
	return list
}

func found(text string) []claim {
	var list []claim
	if !strings.Contains(text, ".") && !strings.Contains(text, "://") {
		return nil
	}
	for _, f := range links.FindAllString(strings.ToLower(text), -1) {
		f = strings.TrimRight(f, ".,;:!?)")
		list = append(list, claim{f, f})
	}
	return list
}

// withoutFigures takes out what other checks look at.
func withoutFigures(text string) string {
	if strings.Contains(text, ".") || strings.Contains(text, "://") {
		text = links.ReplaceAllString(text, gone)
	}
	if hasShare(text) || strings.Contains(text, "折") {
		text = rebate.ReplaceAllString(share.ReplaceAllString(text, gone), gone)
	}
	return text
}
