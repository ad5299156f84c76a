package match

import (
	"math"
	"slices"
)

// builder collects the examples' features before their rarity is known.
type builder struct {
	x       *Index
	message message
	seenIn  []int32 // per feature: 1 + the last doc that has it
	common  []int32 // per feature: in how many templates it occurs
	inGroup []int32 // per feature: 1 + the last template that has it
}

// featuresPerByte is about how many features a text has; it only sizes memory.
const featuresPerByte = 2

func newBuilder(examples []Example) *builder {
	size := 16
	for _, e := range examples {
		size += featuresPerByte * min(len(e.Text), maxText)
	}
	n, distinct := len(examples), size/8
	return &builder{
		x: &Index{
			examples: make([]Example, 0, n),
			docs:     make([]doc, 0, n),
			table:    newTable(distinct),
			vectors:  vectors{start: make([]int32, 1, n+1), index: make([]int32, 0, size), weight: make([]float32, 0, size)},
		},
		seenIn: make([]int32, 0, distinct), common: make([]int32, 0, distinct), inGroup: make([]int32, 0, distinct),
	}
}

// add takes the next example; those of a template follow each other.
func (b *builder) add(e Example) {
	b.message.parse(e.Text)
	m := &b.message
	if len(m.features) == 0 {
		return
	}
	x := b.x
	number := int32(len(x.docs))
	if number == 0 || x.examples[number-1].Template != e.Template {
		x.groups = append(x.groups, group{first: number})
	}
	current := int32(len(x.groups) - 1)
	x.groups[current].end = number + 1
	x.examples = append(x.examples, e)
	x.docs = append(x.docs, doc{
		group: current, exact: m.exact, numbers: slices.Clone(m.numbers),
		denies: m.negations > 0, words: m.words, fillerOnly: m.fillerOnly,
	})
	for _, f := range m.features {
		b.count(x.table.add(f.key), f.weight, number, current)
	}
	x.vectors.start = append(x.vectors.start, int32(len(x.vectors.index)))
}

// count adds feature f to the doc unless it is there already.
func (b *builder) count(f int32, weight float32, number, current int32) {
	if int(f) == len(b.seenIn) {
		b.seenIn, b.common, b.inGroup = append(b.seenIn, 0), append(b.common, 0), append(b.inGroup, 0)
	}
	if b.seenIn[f] == number+1 {
		return
	}
	b.seenIn[f] = number + 1
	if b.inGroup[f] != current+1 {
		b.inGroup[f] = current + 1
		b.common[f]++
	}
	b.x.vectors.index = append(b.x.vectors.index, f)
	b.x.vectors.weight = append(b.x.vectors.weight, weight)
}

// index computes rarities, lengths, centres and postings.
func (b *builder) index() *Index {
	x := b.x
	templates := float64(len(x.groups))
	x.idf = make([]float32, x.table.count)
	for f, n := range b.common {
		x.idf[f] = rarity(templates / float64(n))
	}
	x.unknown = rarity(templates)
	for d := range x.docs {
		index, weight := x.vectors.row(int32(d))
		for k, f := range index {
			weight[k] *= x.idf[f]
		}
		normalize(weight)
	}
	x.centre()
	x.post()
	x.scratch.New = func() any { return newScratch(x) }
	return x
}

// rarity is what a feature weighs that one of so many templates has. The power
// keeps a single rare word from outweighing the sentence.
func rarity(oneOf float64) float32 {
	return float32(math.Pow(math.Log(1+oneOf), 0.75))
}

func normalize(weight []float32) {
	var sum float64
	for _, w := range weight {
		sum += float64(w) * float64(w)
	}
	length := float32(math.Sqrt(sum))
	for k := range weight {
		weight[k] /= length
	}
}

// centre adds up the docs of each template.
func (x *Index) centre() {
	sum := make([]float32, x.table.count)
	x.centres.start = make([]int32, 1, len(x.groups)+1)
	x.centres.index = make([]int32, 0, len(x.vectors.index))
	x.centres.weight = make([]float32, 0, len(x.vectors.index))
	for _, g := range x.groups {
		from := len(x.centres.index)
		if g.end == g.first+1 {
			index, weight := x.vectors.row(g.first)
			x.centres.index = append(x.centres.index, index...)
			x.centres.weight = append(x.centres.weight, weight...)
			x.centres.start = append(x.centres.start, int32(len(x.centres.index)))
			continue
		}
		for d := g.first; d < g.end; d++ {
			index, weight := x.vectors.row(d)
			for k, f := range index {
				if sum[f] == 0 {
					x.centres.index = append(x.centres.index, f)
				}
				sum[f] += weight[k]
			}
		}
		for _, f := range x.centres.index[from:] {
			x.centres.weight = append(x.centres.weight, sum[f])
			sum[f] = 0
		}
		normalize(x.centres.weight[from:])
		x.centres.start = append(x.centres.start, int32(len(x.centres.index)))
	}
}

// post turns the docs' vectors around: from a feature to the docs that have it.
func (x *Index) post() {
	p := &x.postings
	p.start = make([]int32, x.table.count+1)
	for _, f := range x.vectors.index {
		p.start[f+1]++
	}
	for f := range x.table.count {
		p.start[f+1] += p.start[f]
	}
	p.index, p.weight = make([]int32, len(x.vectors.index)), make([]float32, len(x.vectors.index))
	next := slices.Clone(p.start)
	for d := range int32(len(x.docs)) {
		index, weight := x.vectors.row(d)
		for k, f := range index {
			p.index[next[f]], p.weight[next[f]] = d, weight[k]
			next[f]++
		}
	}
}
