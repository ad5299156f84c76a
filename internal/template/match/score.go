package match

import "math"

// exactScore is the score of a message that says an example's words.
const exactScore = 0.99

// centreShare is how much the likeness to all examples of a template counts
// beside the likeness to its best one.
const centreShare = 0.7

// Evidence is what a score is made of.
type Evidence struct {
	Cosine float64 // likeness to the best example
	Centre float64 // likeness to all examples of the template
	Margin float64 // lead over the best other template; negative if behind
	Known  float64 // share of the message that some example has, by rarity
	Exact  bool    // an example says the same words
	// Either the message or the best example denies something; the example names
	// a number that the message does not.
	Negation, Number bool
	// The message or the example is a single word, which may mean anything.
	Terse bool
	// One of the two only greets or thanks.
	Filler bool
}

// hit scores candidate i.
func (s *scratch) hit(x *Index, i int) Hit {
	c := s.scored[i]
	other := 0.0
	if i > 0 {
		other = s.scored[0].fused
	} else if len(s.scored) > 1 {
		other = s.scored[1].fused
	}
	best := &x.docs[c.best]
	m := &s.message
	e := Evidence{
		Cosine: c.cosine, Centre: c.centre, Margin: c.fused - other,
		Known:    float64(s.knownMass / s.mass),
		Terse:    min(best.words, m.words) <= 1,
		Exact:    best.exact == m.exact,
		Negation: best.denies != (m.negations > 0),
		Number:   !sameNumbers(best.numbers, m.numbers),
		Filler:   best.fillerOnly != m.fillerOnly,
	}
	return Hit{
		Template: x.examples[c.best].Template, Language: x.examples[c.best].Language, Example: x.examples[c.best].Text,
		Score: e.score(), Evidence: e,
	}
}

// sameNumbers reports whether every number of the example is in the message. A
// message may have more: an order number, a telephone number.
func sameNumbers(example, message []uint32) bool {
	for _, n := range example {
		found := false
		for _, k := range message {
			found = found || n == k
		}
		if !found {
			return false
		}
	}
	return true
}

func (e Evidence) score() float64 {
	if e.Filler {
		return 0
	}
	p := 1 / (1 + math.Exp(-e.logit()))
	if e.Exact && e.Margin > 0 {
		return max(p, exactScore)
	}
	if e.Negation || e.Number || e.Terse {
		p = min(p, AutoScore-0.01)
	}
	return p
}

func (e Evidence) logit() float64 {
	return weightBias + weightCosine*e.Cosine + weightCentre*e.Centre + weightMargin*e.Margin + weightKnown*e.Known
}

// The calibration: log odds of being right, fitted by `go run ./cmd/eval -fit`.
const (
	weightBias   = -2.96
	weightCosine = 2.22
	weightCentre = 3.54
	weightMargin = 5.83
	weightKnown  = 0.79
)

// AutoScore and ChooseScore are where the bands begin.
const (
	AutoScore   = 0.97
	ChooseScore = 0.15
)
