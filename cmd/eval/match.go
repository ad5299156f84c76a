package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"sembang/internal/template/match"
)

// outOfScope is the label of messages that no template answers.
const outOfScope = "oos"

// trial is one index and the messages it is asked.
type trial struct {
	name     string
	examples []match.Example
	queries  []row
}

// answer is what the matcher said to one message.
type answer struct {
	row  row
	hits []match.Hit
	took time.Duration
}

func (a answer) right() bool {
	return len(a.hits) > 0 && a.hits[0].Template == a.row.Label
}

func (a answer) score() float64 {
	if len(a.hits) == 0 {
		return 0
	}
	return a.hits[0].Score
}

// match measures the matcher on one set.
func (e evaluation) match(set string) error {
	rows, err := e.read(set)
	if err != nil {
		return err
	}
	var all []answer
	trials := trialsOf(set, rows)
	for _, t := range trials {
		answers := t.ask()
		e.report(t, answers)
		all = append(all, answers...)
	}
	if len(trials) > 1 {
		e.report(trial{name: set + ": together"}, all)
	}
	e.printErrors(all)
	return nil
}

func (t trial) ask() []answer {
	index := match.Build(t.examples)
	answers := make([]answer, len(t.queries))
	for i, q := range t.queries {
		start := time.Now()
		hits := index.Find(q.Text, 5)
		answers[i] = answer{q, hits, time.Since(start)}
	}
	return answers
}

// trialsOf splits a set into indexes and messages. No message is also an example
// of its index, unless the set itself repeats it.
func trialsOf(set string, rows []row) []trial {
	group := func(r row) string { return set }
	isQuery := func(r row) bool { return fifth(r.ID) == 0 || r.Label == outOfScope }
	switch set {
	case "hint3":
		group = func(r row) string { return set + ": " + r.Bot }
		isQuery = func(r row) bool { return r.Part == "real_traffic" }
	case "xsid":
		group = func(r row) string { return set + ": " + r.Lang }
	case "mycs":
		return mycsTrials(rows)
	}
	trials := split(rows, group, isQuery)
	if set == "banking77" || set == "clinc150" {
		few := trials[0]
		few.name, few.examples = set+": 10 examples each", firstExamples(few.examples, 10)
		trials = append([]trial{few}, trials...)
	}
	return trials
}

// mycsTrials asks each third of the messages of an index of the other two.
func mycsTrials(rows []row) []trial {
	var trials []trial
	for third := range 3 {
		isQuery := func(r row) bool { return int(r.ID[len(r.ID)-1])%3 == third }
		trials = append(trials, split(rows, func(row) string { return fmt.Sprintf("mycs: third %d", third) }, isQuery)...)
	}
	return trials
}

func split(rows []row, group func(row) string, isQuery func(row) bool) []trial {
	byName := make(map[string]int)
	var trials []trial
	for _, r := range rows {
		name := group(r)
		i, known := byName[name]
		if !known {
			i = len(trials)
			byName[name], trials = i, append(trials, trial{name: name})
		}
		t := &trials[i]
		switch {
		case isQuery(r):
			t.queries = append(t.queries, r)
		case r.Label != outOfScope:
			t.examples = append(t.examples, match.Example{Template: r.Label, Language: r.Lang, Text: r.Text})
		}
	}
	return trials
}

func firstExamples(examples []match.Example, n int) []match.Example {
	counts := make(map[string]int)
	var first []match.Example
	for _, e := range examples {
		if counts[e.Template]++; counts[e.Template] <= n {
			first = append(first, e)
		}
	}
	return first
}

// report prints accuracy, the bands, and what share of the messages in scope is
// answered at a precision, an unanswerable message answered being an error.
func (e evaluation) report(t trial, answers []answer) {
	var first, five score
	bands := make(map[match.Band]score)
	foreign := make(map[match.Band]int)
	for _, a := range answers {
		band := bandOf(a)
		s := bands[band]
		s.all++
		if a.right() {
			s.right++
		}
		bands[band] = s
		if a.row.Label == outOfScope {
			foreign[band]++
			continue
		}
		first.add(a.right())
		five.add(slices.ContainsFunc(a.hits, func(h match.Hit) bool { return h.Template == a.row.Label }))
	}
	fmt.Fprintf(e.out, "%s\n  %d examples, %d messages, %d out of scope\n", t.name, len(t.examples), len(answers), len(answers)-first.all)
	fmt.Fprintf(e.out, "  top 1 %v, among 5 %v\n", first, five)
	for _, band := range []match.Band{match.Auto, match.Choose, match.Free} {
		s := bands[band]
		fmt.Fprintf(e.out, "  %-6v %5d messages, first right %5.1f %%, out of scope %d\n", band, s.all, percent(s.right, s.all), foreign[band])
	}
	for _, p := range []float64{0.97, 0.95, 0.9, 0.8} {
		coverage, threshold := coverageAt(answers, p)
		fmt.Fprintf(e.out, "  precision %.2f: coverage %5.1f %% from score %.3f\n", p, percent(coverage, first.all), threshold)
	}
	took := make([]time.Duration, len(answers))
	for i, a := range answers {
		took[i] = a.took
	}
	slices.Sort(took)
	fmt.Fprintf(e.out, "  per message: p50 %v p99 %v\n", took[len(took)/2], took[len(took)*99/100])
}

func (s *score) add(right bool) {
	s.all++
	if right {
		s.right++
	}
}

func bandOf(a answer) match.Band { return match.BandOf(a.hits) }

// coverageAt returns how many are rightly answered above the lowest threshold
// that keeps the precision.
func coverageAt(answers []answer, precision float64) (int, float64) {
	sorted := slices.Clone(answers)
	slices.SortStableFunc(sorted, func(a, b answer) int { return cmp.Compare(b.score(), a.score()) })
	right, coverage, threshold := 0, 0, 1.0
	for i, a := range sorted {
		if a.right() {
			right++
		}
		last := i+1 == len(sorted) || sorted[i+1].score() < a.score()
		if last && float64(right) >= precision*float64(i+1) {
			coverage, threshold = right, a.score()
		}
	}
	return coverage, threshold
}

func (e evaluation) printErrors(answers []answer) {
	shown := 0
	for _, a := range answers {
		if a.right() || len(a.hits) == 0 || shown == e.errors || a.score() < match.ChooseScore {
			continue
		}
		shown++
		fmt.Fprintf(e.out, "%.3f %s → %s: %q ~ %q %+v\n", a.score(), a.row.Label, a.hits[0].Template, a.row.Text, a.hits[0].Example, a.hits[0].Evidence)
	}
}
