package main

import (
	"fmt"
	"math"
	"strings"

	"sembang/internal/template/match"
)

// foreignShare is the share of messages that no template answers at which the
// calibration is fitted; real traffic has 36 to 69 %.
const foreignShare = 0.4

// sample is the evidence of a message's best template, and whether it was right.
type sample struct {
	group  string
	x      [5]float64
	right  bool
	weight float64
}

// fit fits the matcher's calibration on all sets together, each counting alike,
// and shows for every group what a fit without it would have given.
func (e evaluation) fit() error {
	samples, err := e.samples()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "fitted on all: %.2f\n", logistic(samples))
	seen := make(map[string]bool)
	for _, s := range samples {
		if seen[s.group] {
			continue
		}
		seen[s.group] = true
		var rest, own []sample
		for _, o := range samples {
			if o.group == s.group {
				own = append(own, o)
			} else {
				rest = append(rest, o)
			}
		}
		e.judge(s.group, logistic(rest), own)
	}
	return nil
}

// samples asks every set, and weighs the answers so that each index counts alike
// and has foreignShare of foreign messages where the set has any.
func (e evaluation) samples() ([]sample, error) {
	var samples []sample
	for _, set := range []string{"hint3", "mycs", "clinc150", "banking77"} {
		rows, err := e.read(set)
		if err != nil {
			return nil, err
		}
		for _, t := range trialsOf(set, rows) {
			answers := t.ask()
			foreign := 0
			for _, a := range answers {
				if a.row.Label == outOfScope {
					foreign++
				}
			}
			for _, a := range answers {
				if s, ok := toSample(t.name, a, foreign, len(answers)); ok {
					samples = append(samples, s)
				}
			}
		}
	}
	return samples, nil
}

func toSample(group string, a answer, foreign, all int) (sample, bool) {
	if len(a.hits) == 0 {
		return sample{}, false
	}
	v := a.hits[0].Evidence
	if v.Filler || v.Exact || v.Negation || v.Number || v.Terse {
		return sample{}, false
	}
	weight := 1 / float64(all)
	switch {
	case foreign == 0:
		weight *= 0.3
	case a.row.Label == outOfScope:
		weight = foreignShare / float64(foreign)
	default:
		weight = (1 - foreignShare) / float64(all-foreign)
	}
	if strings.HasPrefix(group, "hint3") {
		weight *= 2 // real messages
	}
	return sample{group, [5]float64{1, v.Cosine, v.Centre, v.Margin, v.Known}, a.right(), weight}, true
}

// logistic returns the weights that make the samples most likely, by gradient
// ascent with a little shrinking.
func logistic(samples []sample) [5]float64 {
	var w [5]float64
	total := 0.0
	for _, s := range samples {
		total += s.weight
	}
	for range 6000 {
		var gradient [5]float64
		for _, s := range samples {
			miss := s.weight * (outcome(s.right) - probability(w, s.x))
			for i, x := range s.x {
				gradient[i] += miss * x
			}
		}
		for i := range w {
			w[i] += 8 * (gradient[i]/total - 1e-4*w[i])
		}
	}
	return w
}

func outcome(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

func probability(w, x [5]float64) float64 {
	z := 0.0
	for i := range w {
		z += w[i] * x[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// judge prints what weights fitted elsewhere give on a group.
func (e evaluation) judge(group string, w [5]float64, own []sample) {
	fmt.Fprintf(e.out, "%-30s %.2f", group, w)
	for _, threshold := range []float64{0.8, 0.85, match.AutoScore, 0.95} {
		var auto score
		for _, s := range own {
			if probability(w, s.x) >= threshold {
				auto.add(s.right)
			}
		}
		fmt.Fprintf(e.out, " | %.2f: %d of %d right", threshold, auto.right, auto.all)
	}
	fmt.Fprintln(e.out)
}
