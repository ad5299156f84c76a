package reply

import (
	"math/big"
	"strings"
)

// numeral matches a number in digits or in Chinese numerals.
const numeral = `[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+|[零〇一二两兩三四五六七八九十百千]+`

const maxFigure = 40 // bytes; a longer one counts by its beginning

var (
	ten          = big.NewRat(10, 1)
	chineseDigit = map[rune]int64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '兩': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	chineseUnit  = map[rune]int64{'十': 10, '百': 100, '千': 1000}
)

// counts tells whether a character can be part of a numeral.
func counts(r rune) bool {
	return r >= '0' && r <= '9' || chineseUnit[r] != 0 || chineseDigit[r] != 0 || r == '零' || r == '〇'
}

// number reads what numeral matches; nil for nothing. The result is the caller's.
func number(figure string) *big.Rat {
	figure = strings.ReplaceAll(figure, ",", "")
	switch {
	case figure == "":
		return nil
	case figure[0] == '.' || figure[0] >= '0' && figure[0] <= '9':
		if len(figure) > maxFigure {
			figure = figure[:maxFigure]
		}
		v, ok := new(big.Rat).SetString(strings.TrimRight(figure, "."))
		if !ok {
			return nil
		}
		return v
	}
	return big.NewRat(chinese(figure), 1)
}

// chinese reads numerals up to thousands: 四十五, 一千二 (1200), 一百零五, 八五 (85).
func chinese(figure string) int64 {
	var sum, digit, lastUnit int64
	for _, r := range figure {
		if unit, ok := chineseUnit[r]; ok {
			sum += max(digit, 1) * unit
			digit, lastUnit = 0, unit
			continue
		}
		d := chineseDigit[r]
		if d == 0 {
			lastUnit = 0
		}
		if lastUnit == 0 && sum == 0 {
			digit = min(digit, 1e15)*10 + d
		} else {
			digit = d
		}
	}
	if lastUnit > 10 {
		return sum + digit*lastUnit/10
	}
	return sum + digit
}
