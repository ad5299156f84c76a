package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sembang/internal/language"
)

// expected is the language a detector should answer: Indonesian is Malay.
func expected(r row) string {
	if r.Lang == "id" {
		return "ms"
	}
	return r.Lang
}

// score counts right answers among rows.
type score struct{ right, all int }

func (s score) String() string {
	return fmt.Sprintf("%5.1f %% of %d", percent(s.right, s.all), s.all)
}

// lid measures the language detector. Rows whose counts are in the weights are
// reported apart from those that are not.
func (e evaluation) lid() error {
	rows, err := e.read("lid")
	if err != nil {
		return err
	}
	groups := make(map[string]score)
	confusion := make(map[string]map[string]int)
	shown := 0
	for _, r := range rows {
		if r.Lang == "mixed" {
			continue
		}
		got := language.Detect(r.Text)
		unseen := fifth(r.ID) == 0 || strings.HasPrefix(r.Source, "hand_")
		right := got.Language == expected(r)
		for _, g := range groupsOf(r, unseen) {
			s := groups[g]
			s.all++
			if right {
				s.right++
			}
			groups[g] = s
		}
		if !unseen {
			continue
		}
		addConfusion(confusion, expected(r), got.Language)
		if !right && shown < e.errors {
			shown++
			fmt.Fprintf(e.out, "wrong %s %s: %+v %q\n", r.Source, r.Lang, got, r.Text)
		}
	}
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		fmt.Fprintf(e.out, "%-34s %s\n", g, groups[g])
	}
	e.printConfusion(confusion)
	e.mixed(rows)
	e.speed(rows)
	return e.mycsLanguages()
}

func groupsOf(r row, unseen bool) []string {
	if !unseen {
		return []string{"counted: all"}
	}
	source := r.Source
	if strings.HasPrefix(source, "hand_") {
		source = "hand"
	}
	groups := []string{"unseen: all", "unseen: language " + expected(r), "unseen: source " + source + " " + expected(r)}
	if r.Short {
		groups = append(groups, "unseen: short", "unseen: short "+source)
	}
	return groups
}

func addConfusion(confusion map[string]map[string]int, want, got string) {
	if confusion[want] == nil {
		confusion[want] = make(map[string]int)
	}
	confusion[want][got]++
}

func (e evaluation) printConfusion(confusion map[string]map[string]int) {
	fmt.Fprintf(e.out, "%-10s %6s %6s %6s %6s\n", "is \\ says", "en", "ms", "zh", "none")
	for _, want := range []string{"en", "ms", "zh"} {
		c := confusion[want]
		fmt.Fprintf(e.out, "%-10s %6d %6d %6d %6d\n", want, c["en"], c["ms"], c["zh"], c[""])
	}
}

// mixed measures the mixed flag on the hand-labelled rows, where somebody looked.
func (e evaluation) mixed(rows []row) {
	var hit, miss, alarm, dominant, all int
	for _, r := range rows {
		if !strings.HasPrefix(r.Source, "hand_") {
			continue
		}
		got := language.Detect(r.Text)
		is := r.Lang == "mixed"
		switch {
		case is && got.Mixed:
			hit++
		case is:
			miss++
		case got.Mixed:
			alarm++
		}
		if is != got.Mixed && e.errors > 0 {
			fmt.Fprintf(e.out, "mixed=%v: %+v %q\n", is, got, r.Text)
		}
		if is {
			all++
			if got.Language == r.Dominant {
				dominant++
			}
		}
	}
	fmt.Fprintf(e.out, "mixed (hand, %d mixed rows): precision %.2f recall %.2f F1 %.2f, dominant language %s\n", all,
		ratio(hit, hit+alarm), ratio(hit, hit+miss), ratio(2*hit, 2*hit+miss+alarm), score{dominant, all})
}

func ratio(part, whole int) float64 { return percent(part, whole) / 100 }

func (e evaluation) speed(rows []row) {
	took := make([]time.Duration, len(rows))
	for i, r := range rows {
		start := time.Now()
		language.Detect(r.Text)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	fmt.Fprintf(e.out, "per message: p50 %v p95 %v p99 %v\n", took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100])
}

// mycsLanguages measures on the synthetic customer messages, which nothing is
// counted on.
func (e evaluation) mycsLanguages() error {
	rows, err := e.read("mycs")
	if err != nil {
		return err
	}
	languages := make(map[string]score)
	var hit, miss, alarm int
	for _, r := range rows {
		got := language.Detect(r.Text)
		if r.Lang == "mixed" || r.Label != "oos" || got.Language != "" {
			s := languages[r.Lang]
			s.all++
			if got.Language == r.Lang || r.Lang == "mixed" && got.Mixed {
				s.right++
			} else if e.errors > 0 {
				fmt.Fprintf(e.out, "mycs %s: %+v %q\n", r.Lang, got, r.Text)
			}
			languages[r.Lang] = s
		}
		switch {
		case r.Lang == "mixed" && got.Mixed:
			hit++
		case r.Lang == "mixed":
			miss++
		case got.Mixed:
			alarm++
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(languages)) {
		fmt.Fprintf(e.out, "mycs %-6s %s\n", lang, languages[lang])
	}
	fmt.Fprintf(e.out, "mycs mixed flag: precision %.2f recall %.2f F1 %.2f\n",
		ratio(hit, hit+alarm), ratio(hit, hit+miss), ratio(2*hit, 2*hit+miss+alarm))
	return nil
}
