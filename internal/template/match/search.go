package match

import (
	"cmp"
	"math"
	"slices"
)

// Limits of one search. They bound its time whatever the templates look like.
const (
	maxPostings   = 4000 // examples looked at by way of common features
	maxCandidates = 32   // examples compared exactly
)

// known is a feature of the message that some example has.
type known struct {
	number int32
	weight float32
}

// scratch is the memory of one search.
type scratch struct {
	message    message
	query      []known
	dense      []float32 // the query by feature number
	mass       float32   // of all features, squared
	knownMass  float32   // of those that some example has
	sums       []float32 // per doc
	touched    []int32
	candidates []int32
	scored     []candidate
}

// candidate is a template that is compared exactly.
type candidate struct {
	group, best int32 // best is the doc that fits best
	cosine      float64
	centre      float64
	fused       float64
}

func newScratch(x *Index) *scratch {
	return &scratch{dense: make([]float32, x.table.count), sums: make([]float32, len(x.docs))}
}

// weigh turns the message's features into a vector of length 1. What no example
// has counts in the length: a message about something else is unlike all.
func (s *scratch) weigh(x *Index) {
	s.query, s.mass, s.knownMass = s.query[:0], 0, 0
	for _, f := range s.message.features {
		number := x.table.find(f.key)
		if number < 0 {
			w := f.weight * x.unknown
			s.mass += w * w
			continue
		}
		if s.dense[number] != 0 {
			continue
		}
		w := f.weight * x.idf[number]
		s.dense[number] = w
		s.query = append(s.query, known{number, w})
		s.knownMass += w * w
	}
	s.mass += s.knownMass
	length := float32(math.Sqrt(float64(s.mass)))
	for i := range s.query {
		s.query[i].weight /= length
		s.dense[s.query[i].number] = s.query[i].weight
	}
	slices.SortFunc(s.query, func(a, b known) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.number, b.number))
	})
}

// accumulate adds up what examples share with the message, rare features first,
// until enough has been looked at.
func (s *scratch) accumulate(x *Index) {
	visited := 0
	for _, q := range s.query {
		index, weight := x.postings.row(q.number)
		if visited += len(index); visited > maxPostings && len(s.touched) > 0 {
			break
		}
		for k, d := range index {
			if s.sums[d] == 0 {
				s.touched = append(s.touched, d)
			}
			s.sums[d] += q.weight * weight[k]
		}
	}
}

// choose keeps the docs with the highest sums and clears the others.
func (s *scratch) choose() {
	s.candidates = s.candidates[:0]
	worse := func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.sums[b], s.sums[a]), cmp.Compare(a, b))
	}
	var floor float32
	for _, d := range s.touched {
		if s.sums[d] < floor {
			continue
		}
		s.candidates = append(s.candidates, d)
		if len(s.candidates) == 4*maxCandidates {
			slices.SortFunc(s.candidates, worse)
			s.candidates = s.candidates[:maxCandidates]
			floor = s.sums[s.candidates[maxCandidates-1]]
		}
	}
	slices.SortFunc(s.candidates, worse)
	s.candidates = s.candidates[:min(len(s.candidates), maxCandidates)]
	for _, d := range s.touched {
		s.sums[d] = 0
	}
	s.touched = s.touched[:0]
}

// hits compares the candidates exactly and forgets the query.
func (s *scratch) hits(x *Index, n int) []Hit {
	s.scored = s.scored[:0]
	for _, d := range s.candidates {
		s.compare(x, d)
	}
	for i := range s.scored {
		c := &s.scored[i]
		c.fused = (1-centreShare)*c.cosine + centreShare*c.centre
	}
	slices.SortFunc(s.scored, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.fused, a.fused), cmp.Compare(a.group, b.group))
	})
	hits := make([]Hit, 0, min(n, len(s.scored)))
	for i := range min(n, len(s.scored)) {
		hits = append(hits, s.hit(x, i))
	}
	for _, q := range s.query {
		s.dense[q.number] = 0
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return slices.Clip(hits[:min(n, len(hits))])
}

// compare adds doc d to its template's candidate.
func (s *scratch) compare(x *Index, d int32) {
	g := x.docs[d].group
	cosine := float64(x.vectors.dot(d, s.dense))
	for i := range s.scored {
		c := &s.scored[i]
		if c.group != g {
			continue
		}
		if cosine > c.cosine || cosine == c.cosine && d < c.best {
			c.cosine, c.best = cosine, d
		}
		return
	}
	centre := cosine
	if x.groups[g].end > x.groups[g].first+1 {
		centre = float64(x.centres.dot(g, s.dense))
	}
	s.scored = append(s.scored, candidate{group: g, best: d, cosine: cosine, centre: centre})
}
