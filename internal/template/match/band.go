package match

// Band is what a score allows.
type Band int

// The bands, from the most careful one.
const (
	Free   Band = iota // no template fits: answer freely, or hand over
	Choose             // a template may fit: let the model choose among the best
	Auto               // answer with the template
)

// minLead is how far the best score must be ahead for Auto.
const minLead = 0.2

// BandFor returns the band of a best and a second best score.
func BandFor(score, second float64) Band {
	switch {
	case score >= AutoScore && score-second >= minLead:
		return Auto
	case score >= ChooseScore:
		return Choose
	}
	return Free
}

// BandOf returns the band of hits as Find returns them.
func BandOf(hits []Hit) Band {
	switch len(hits) {
	case 0:
		return Free
	case 1:
		return BandFor(hits[0].Score, 0)
	}
	return BandFor(hits[0].Score, hits[1].Score)
}

// String returns the band's name.
func (b Band) String() string {
	return [...]string{"free", "choose", "auto"}[b]
}
