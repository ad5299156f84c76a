package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"unicode"

	"sembang/internal/language"
	"sembang/internal/language/ngram"
)

// smoothing is the count that every slot starts with.
const smoothing = 0.5

// train counts how often each slot occurs in Malay and in English and writes the
// scaled log odds, one signed byte a slot. Hand-labelled rows and every fifth
// row stay out: they are what lid measures on.
func (e evaluation) train(path string) error {
	rows, err := e.read("lid")
	if err != nil {
		return err
	}
	counts := map[string][]float64{"en": make([]float64, ngram.Slots), "ms": make([]float64, ngram.Slots)}
	for _, r := range rows {
		lang := expected(r)
		if counts[lang] == nil || fifth(r.ID) == 0 || strings.HasPrefix(r.Source, "hand_") {
			continue
		}
		addCounts(counts[lang], r.Text, rowWeight(r))
	}
	if err := os.WriteFile(path, logOdds(counts["ms"], counts["en"]), 0o600); err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	return nil
}

// rowWeight lowers Indonesian and raises informal rows, which look like what
// customers write.
func rowWeight(r row) float64 {
	switch {
	case r.Lang == "id":
		return 0.5
	case r.Source == "tweet_weak":
		return 2
	}
	return 1
}

func addCounts(counts []float64, text string, weight float64) {
	isSeparator := func(r rune) bool { return !unicode.Is(unicode.Latin, r) && !unicode.IsDigit(r) && r != '\'' }
	var slots []uint32
	for _, word := range strings.FieldsFunc(string(language.Append(nil, text)), isSeparator) {
		slots = append(ngram.Append(slots[:0], []byte(word)), ngram.Word([]byte(word)))
		for _, s := range slots {
			counts[s] += weight
		}
	}
}

func logOdds(ms, en []float64) []byte {
	var sumMs, sumEn float64
	for i := range ms {
		sumMs, sumEn = sumMs+ms[i], sumEn+en[i]
	}
	scale := sumEn / sumMs
	weights := make([]byte, len(ms))
	for i := range ms {
		odds := math.Log((ms[i]*scale + smoothing) / (en[i] + smoothing))
		weights[i] = byte(int8(math.Round(min(max(odds*16, -127), 127))))
	}
	return weights
}
