package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// measure runs the queries and reports the tail besides the mean.
func measure(b *testing.B, x *Index, queries []string) {
	b.Helper()
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<16)
	i := 0
	for b.Loop() {
		start := time.Now()
		x.Find(queries[i%len(queries)], 5)
		if len(took) < cap(took) {
			took = append(took, time.Since(start))
		}
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			examples := many(n)
			x := Build(examples)
			queries := make([]string, len(examples))
			for i, e := range examples {
				words := strings.Fields(e.Text)
				queries[i] = strings.Join(words[:len(words)*4/5], " ") + " foreign words here"
			}
			measure(b, x, queries)
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	examples := many(10_000)
	for b.Loop() {
		Build(examples)
	}
}

// many returns n templates of 4 to 12 words from a vocabulary in which, as in
// language, few words are frequent.
func many(n int) []Example {
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 4, 5999)
	vocabulary := make([]string, 6000)
	for i := range vocabulary {
		var word strings.Builder
		for range 2 + random.IntN(3) {
			word.WriteString(string("bcdghjklmnprst"[random.IntN(14)]) + string("aeiou"[random.IntN(5)]))
		}
		vocabulary[i] = word.String()
	}
	examples := make([]Example, n)
	for i := range examples {
		words := make([]string, 4+random.IntN(9))
		for k := range words {
			words[k] = vocabulary[zipf.Uint64()]
		}
		examples[i] = Example{Template: fmt.Sprintf("t%05d", i), Language: "en", Text: strings.Join(words, " ")}
	}
	return examples
}
