package sim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// concepts are words of a shop that mean the same in English, Malay and
// Chinese; read only.
var concepts = [][]string{
	{"cake", "kek", "蛋糕"},
	{"chocolate", "choc", "choco", "coklat", "巧克力"},
	{"cheese", "cheesecake", "keju", "芝士", "乳酪"},
	{"bread", "roti", "loaf", "面包"},
	{"bun", "ban"},
	{"tart", "tat", "蛋挞"},
	{"cookie", "biskut", "饼干", "曲奇"},
	{"birthday", "hari jadi", "jadi", "生日"},
	{"wedding", "kahwin", "婚礼", "结婚"},
	{"durian", "榴莲", "榴槤"},
	{"pandan", "班兰"},
	{"vanilla", "vanila", "香草"},
	{"strawberry", "strawberi", "草莓"},
	{"mango", "mangga", "芒果"},
	{"egg", "telur", "鸡蛋"},
	{"egg-free", "eggless", "无蛋"},
	{"red velvet", "velvet", "红丝绒"},
	{"cupcake", "kek cawan", "杯子蛋糕"},
	{"hour", "open", "opening", "close", "buka", "tutup", "waktu", "营业", "开门", "几点", "关门"},
	{"delivery", "deliver", "hantar", "penghantaran", "pos", "送货", "外送", "配送", "运费"},
	{"address", "located", "location", "where", "alamat", "lokasi", "mana", "地址", "在哪", "哪里"},
	{"halal", "清真"},
	{"pay", "payment", "bayar", "bayaran", "付款", "支付"},
	{"deposit", "订金", "定金"},
	{"order", "tempah", "tempahan", "pesan", "order", "预订", "订购", "下单"},
	{"parking", "parkir", "停车"},
	{"refund", "pulangan", "退款"},
	{"warranty", "jaminan", "waranti", "保修"},
	{"size", "saiz", "inch", "inci", "尺寸", "寸"},
	{"coffee", "kopi", "咖啡"},
	{"tea", "teh", "茶"},
}

// fillers are words that say nothing about what is asked; read only.
var fillers = wordSet(`the and for you your are have has with that this what how much many can could would please need want like there
 from does did about any our not but its was will get got one them they all some also very just then than into
 saya nak mau mahu ada apa berapa boleh tak tidak ini itu yang dan untuk dengan awak anda kami di ke dari lah kah
 harga price cost hello hi hey salam thanks terima kasih rm myr per piece pcs sebiji satu`)

// factLine is a list item, or a line with a name before a colon.
var factLine = regexp.MustCompile(`^([-*•|]|\d+[.)]\s|[^\s:：][^:：]{0,60}[:：]\s*\S)`)

// orders are words of a line that tells the model what to do.
var orders = regexp.MustCompile(`(?i)\b(never|always|do not|don't|must|you are|reply|respond|answer|assistant|customer)\b`)

// scoredLine is a line of the prompt with the words that matter in it.
type scoredLine struct {
	text  string
	terms map[string]bool
	score int
}

// facts returns the lines of a prompt that fit a question best, word by word
// as they stand there. A word that few lines hold weighs more.
func facts(prompt, question string) []string {
	asked := terms(question)
	lines := candidateLines(prompt)
	holders := map[string]int{}
	for _, line := range lines {
		for term := range line.terms {
			holders[term]++
		}
	}
	for i := range lines {
		for term := range lines[i].terms {
			if asked[term] {
				lines[i].score += 1000 / holders[term]
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b scoredLine) int { return cmp.Compare(b.score, a.score) })
	var best []string
	for _, line := range lines {
		if line.score > 0 && line.score == lines[0].score && len(best) < maxFacts {
			best = append(best, tidy(line.text))
		}
	}
	return best
}

// candidateLines are the lines of a prompt that tell something about the shop.
func candidateLines(prompt string) []scoredLine {
	var lines []scoredLine
	for line := range strings.SplitSeq(prompt, "\n") {
		line = strings.TrimSpace(markup.ReplaceAllString(line, ""))
		hasFigure := strings.ContainsFunc(line, unicode.IsDigit)
		if line == "" || len(line) > 300 || orders.MatchString(line) || !hasFigure && !factLine.MatchString(line) {
			continue
		}
		lines = append(lines, scoredLine{text: line, terms: terms(line)})
	}
	return lines
}

// tidy removes what marks a line as an item of a list or a row of a table.
func tidy(line string) string {
	if strings.HasPrefix(line, "|") {
		cells := strings.Split(strings.Trim(line, "| "), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		return strings.Join(cells, ", ")
	}
	return strings.TrimRight(strings.TrimLeft(line, "-*•# \t"), " .")
}

// terms are the words that matter in a text; those of a concept become one.
func terms(text string) map[string]bool {
	text = strings.ToLower(text)
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && r != '-' || unicode.Is(unicode.Han, r)
	})
	found := map[string]bool{}
	for _, word := range words {
		word = strings.TrimSuffix(strings.Trim(word, "-"), "nya")
		if len(word) > 3 {
			word = strings.TrimSuffix(word, "s")
		}
		if len(word) > 2 && !fillers[word] {
			found[word] = true
		}
	}
	for _, concept := range concepts {
		for _, word := range concept {
			if found[word] || !isASCII(word) && strings.Contains(text, word) {
				delete(found, word)
				found["="+concept[0]] = true
			}
		}
	}
	return found
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
