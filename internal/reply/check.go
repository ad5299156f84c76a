package reply

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// What a wrong figure costs most: money, percentages and links. Each one in an
// answer must stand in the facts the model was given.
var (
	money = regexp.MustCompile(`(?i)(?:\b(?:rm|myr|sgd|usd)|[$¥￥€£])\s*([0-9][0-9,]*(?:\.[0-9]+)?)|([0-9][0-9,]*(?:\.[0-9]+)?)\s*(?:ringgit\b|rm\b|myr\b|sen\b|令吉|马币|馬幣|块|塊|元|仙)`)
	share = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)\s*(?:%|percent\b|peratus\b)|([0-9一二三四五六七八九](?:\.?[0-9])?)\s*折`)
	links = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"']+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|my|net|org|io|shop|sg)\b(?:/[^\s<>"']*)?`)
)

// checkFacts holds an answer against the facts it may use.
func checkFacts(answer, facts string) []Check {
	answer, facts = norm.NFKC.String(answer), norm.NFKC.String(facts)
	return []Check{
		known("money", figures(money, answer), figures(money, facts)),
		known("percentages", figures(share, answer), figures(share, facts)),
		known("links", found(links, answer), found(links, facts)),
	}
}

func known(name string, said, given map[string]bool) Check {
	for s := range said {
		if !given[s] {
			return Check{Name: name, Detail: s}
		}
	}
	return Check{Name: name, Passed: true}
}

// figures returns the numbers a pattern captures, written one way: 1,250.00 and
// 1250 are the same.
func figures(pattern *regexp.Regexp, text string) map[string]bool {
	set := map[string]bool{}
	for _, groups := range pattern.FindAllStringSubmatch(text, -1) {
		for _, g := range groups[1:] {
			if g != "" {
				set[plain(g)] = true
			}
		}
	}
	return set
}

func plain(figure string) string {
	figure = strings.ReplaceAll(figure, ",", "")
	if whole, part, ok := strings.Cut(figure, "."); ok {
		if part = strings.TrimRight(part, "0"); part == "" {
			return whole
		}
		return whole + "." + part
	}
	return figure
}

func found(pattern *regexp.Regexp, text string) map[string]bool {
	set := map[string]bool{}
	for _, f := range pattern.FindAllString(strings.ToLower(text), -1) {
		set[strings.TrimRight(f, ".,;:!?)")] = true
	}
	return set
}
