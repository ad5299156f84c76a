package reply

import (
	"math/big"
	"regexp"
	"strings"
)

// The parts of the patterns; no blank of theirs crosses a line.
const (
	between  = `[ \t]*(?:-|–|—|~|to\b|until\b|hingga\b|sampai\b|至|到)[ \t]*`
	multiple = `(?:[ \t]*(?:(k|ribu|thousand|juta|million|mil)\b|(万|萬|千)))?`
	codes    = `myr|sgd|usd|idr|thb|php|bnd|jpy|cny|rmb|eur|gbp|aud|hkd|nzd|twd|vnd|inr|krw`
	worded   = `one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|` +
		`satu|dua|tiga|empat|lima|enam|tujuh|lapan|sembilan|puluh|belas|ratus|ribu|sepuluh|sebelas|seratus|seribu`
	// gone stands for what was taken out of a text, so that its neighbours do not meet.
	gone = " ; "
	// smallNumber and less may be a count of anything.
	smallNumber = 12
)

var (
	moneyBefore = regexp.MustCompile(`(?i)(\b(?:rm|` + codes + `)|us\$|s\$|[$¥£€]|人民币|马币|馬幣)[ \t]*(` + numeral + `)` + multiple + `(?:(` + between + `)(` + numeral + `)` + multiple + `)?`)
	moneyAfter  = regexp.MustCompile(`(?i)(?:(` + numeral + `)` + multiple + between + `)?(` + numeral + `)` + multiple +
		`[ \t]*(ringgit\b|rm\b|(?:` + codes + `)\b|sen\b|cents?\b|dollars?\b|bucks?\b|令吉|林吉特|马币|馬幣|人民币|美元|美金|新元|新币|块|塊|元|仙)`)
	moneyInWords = regexp.MustCompile(`(?i)\b(?:(?:` + worded + `)(?:[ \t-]+and)?[ \t-]+)+(?:ringgit|sen|dollars?|cents?)\b`)
	aCount       = regexp.MustCompile(`(?i)^[ \t]*(?:-?inch(?:es)?\b|inci\b|"|″|(?:cm|mm|kg|g|gm|ml|l|pcs?|pax|am|pm|a\.m|p\.m)\b|gram|pieces?\b|biji|keping|kotak|box(?:es)?\b|packs?\b|sets?\b|` +
		`people|persons?\b|orang|guests?\b|days?\b|hari\b|hours?\b|jam\b|min(?:ute)?s?\b|minit|weeks?\b|minggu|months?\b|bulan|years?\b|tahun|pagi|petang|malam|tengah|times?\b|kali\b|` +
		`sizes?\b|saiz|flavou?rs?\b|perisa|candles?\b|slices?\b|tiers?\b|cakes?\b|kek\b|:[0-9]|/[0-9]|个|個|件|盒|片|天|小时|分钟|寸|人|位|年|月|日|号|点|點)`)
	priceLead  = regexp.MustCompile(`(?i)(?:\b(?:price|prices|priced|costs?|harga|harganya|total|jumlah)\b(?:[ \t]+(?:is|are|of|at|ialah|adalah))?|售价|售價|价格|價格|价钱|價錢|一共|总共|只要|仅需)[ \t]*[:=]?[ \t]*(?:是|为|為)?[ \t]*$`)
	priceTrail = regexp.MustCompile(`(?i)^[ \t]*(?:(?:only|sahaja|saja|shj|je|each|nett)\b|(?:per[ \t]+|/[ \t]*)(?:piece|pc|pcs|box|cake|slice|set|kotak|biji|keping|kek)\b)`)
	bareNumber = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]+)?`)
	clockTime  = regexp.MustCompile(`^(?:[01]?[0-9]|2[0-3])\.[0-5][0-9]$`)
)

// home is the currency a company's words for money mean.
type home struct{ iso string }

func homeOf(iso string) home {
	if iso == "" {
		iso = "MYR"
	}
	return home{strings.ToUpper(iso)}
}

// unit returns the currency a word stands for, and what it is a fraction of: 100
// for a hundredth, otherwise 1.
func (h home) unit(word string) (string, int64) {
	switch word = strings.ToUpper(word); word {
	case "RM", "RINGGIT", "令吉", "林吉特", "马币", "馬幣":
		return "MYR", 1
	case "SEN":
		return "MYR", 100
	case "CENT", "CENTS", "仙":
		return h.iso, 100
	case "块", "塊", "元", "BUCK", "BUCKS":
		return h.iso, 1
	case "$", "DOLLAR", "DOLLARS":
		if strings.HasSuffix(h.iso, "D") {
			return h.iso, 1
		}
		return "USD", 1
	case "US$", "美元", "美金":
		return "USD", 1
	case "S$", "新元", "新币":
		return "SGD", 1
	case "¥":
		if h.iso == "JPY" {
			return "JPY", 1
		}
		return "CNY", 1
	case "RMB", "人民币":
		return "CNY", 1
	case "£":
		return "GBP", 1
	case "€":
		return "EUR", 1
	}
	return word, 1
}

func (h home) claim(word, figure, k, wan, text string) (claim, bool) {
	v := number(figure)
	if v == nil {
		return claim{}, false
	}
	iso, part := h.unit(word)
	v.Mul(v, big.NewRat(times(k+wan), part))
	return claim{iso + " " + v.RatString(), strings.TrimSpace(text)}, true
}

func times(word string) int64 {
	switch strings.ToLower(word) {
	case "k", "ribu", "thousand", "千":
		return 1000
	case "万", "萬":
		return 10_000
	case "juta", "million", "mil":
		return 1_000_000
	}
	return 1
}

// amounts returns the sums of money in a folded text, both ends of a range, and
// the text without them. A word before the figure binds first: in "6 RM 45" the
// sum is 45.
func (h home) amounts(text string) (list []claim, rest string) {
	add := func(word, figure, k, wan, whole string) {
		if c, ok := h.claim(word, figure, k, wan, whole); ok {
			list = append(list, c)
		}
	}
	text = replace(moneyBefore, text, func(g []string, after string) string {
		add(g[1], g[2], g[3], g[4], g[0])
		if g[6] == "" {
			return ""
		}
		if tight := strings.TrimSpace(g[5]) == g[5]; !tight && g[7]+g[8] == "" && aCount.MatchString(after) {
			return g[6] // RM 49.90 - 6 inch
		}
		add(g[1], g[6], g[7], g[8], g[0])
		return ""
	})
	if !hasUnitAfter(text) {
		return list, text
	}
	text = replace(moneyAfter, text, func(g []string, _ string) string {
		add(g[7], g[1], g[2]+g[5], g[3]+g[6], g[0])
		add(g[7], g[4], g[5], g[6], g[0])
		return ""
	})
	text = replace(moneyInWords, text, func(g []string, _ string) string {
		key := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(g[0], "-", " ")), " "))
		list = append(list, claim{key, g[0]})
		return ""
	})
	return list, text
}

// Each of the slower patterns needs one of its words in lower case.
func hasWordedMoney(text string) bool { return mentions(text, "ringgit", "sen", "dollar", "cent") }

func hasUnitAfter(text string) bool {
	return hasWordedMoney(text) || mentions(text, "rm", "buck", "令吉", "林吉特", "币", "幣", "美", "新元", "块", "塊", "元", "仙") ||
		mentions(text, strings.Split(codes, "|")...)
}

func hasShare(text string) bool {
	return mentions(text, "%", "percent", "per cent", "peratus", "百分之")
}

func mentions(text string, words ...string) bool {
	text = strings.ToLower(text)
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// replace puts what with makes of each match, set apart, in its place.
func replace(p *regexp.Regexp, text string, with func(groups []string, after string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range p.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		b.WriteString(text[last:at[0]] + gone + with(groups, text[at[1]:]))
		last = at[1]
		if text[last:] != "" {
			b.WriteString(" ")
		}
	}
	return b.String() + text[last:]
}

// priced returns the numbers without a currency that a reader takes for a price:
// "45 only", "harga 45", 45.90. Times, counts and parts of a phone number are none.
func (h home) priced(text string) []claim {
	var list []claim
	for _, at := range bareNumber.FindAllStringIndex(text, -1) {
		before, figure, after := text[:at[0]], strings.TrimRight(text[at[0]:at[1]], ","), text[at[1]:]
		v := number(figure)
		if v == nil || aCount.MatchString(after) {
			continue
		}
		_, decimals, _ := strings.Cut(figure, ".")
		small := v.IsInt() && v.Cmp(big.NewRat(smallNumber, 1)) <= 0
		switch {
		case priceLead.MatchString(before[max(0, len(before)-60):]):
		case priceTrail.MatchString(after) && !small && !goesOn(before):
		case len(decimals) == 2 && !clockTime.MatchString(figure):
		default:
			continue
		}
		list = append(list, claim{h.iso + " " + v.RatString(), figure})
	}
	return list
}

// goesOn tells whether a number after this text belongs to a phone number or date.
func goesOn(before string) bool {
	trimmed := strings.TrimRight(before, " ")
	return trimmed != "" && strings.ContainsRune("-/:0123456789", rune(trimmed[len(trimmed)-1]))
}

func (h home) bare(text string) []claim {
	var list []claim
	for _, figure := range bareNumber.FindAllString(text, -1) {
		if v := number(figure); v != nil {
			list = append(list, claim{h.iso + " " + v.RatString(), figure})
		}
	}
	return list
}
