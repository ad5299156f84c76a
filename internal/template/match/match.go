// Package match finds the reply template whose examples a customer's message
// resembles. It is pure: it knows examples and text, and neither a company, nor a
// database, nor whether a template may be used. It compares words, parts of
// words and a small glossary, not meanings: a template needs examples in every
// language its customers write.
package match

import (
	"slices"
	"strings"
	"sync"
)

// Example is one way in which customers ask for what a template answers.
type Example struct {
	Template string // the template's id
	Language string // the language the example is written in
	Text     string
}

// Hit is a template that a message may be asking for.
type Hit struct {
	Template string
	Language string // of the example that fits best
	Example  string // the text of that example
	// Score is the estimated probability that the template answers the message,
	// 0 to 1, comparable between companies.
	Score    float64
	Evidence Evidence
}

// Index finds templates. It never changes after Build and is safe for concurrent
// use; a company whose templates change builds another one.
type Index struct {
	examples []Example // by template, language and text
	docs     []doc
	groups   []group // one per template
	table    table   // feature → its number
	idf      []float32
	unknown  float32 // idf of a feature that no example has
	vectors  vectors // of the docs
	centres  vectors // of the templates
	postings vectors // of the features: which docs have it
	scratch  sync.Pool
}

// doc is what a comparison needs to know of an example besides its vector.
type doc struct {
	group      int32
	exact      uint64
	numbers    []uint32
	words      int
	denies     bool
	fillerOnly bool
}

// group is a template: its docs are first to end-1.
type group struct {
	first, end int32
}

// Build returns an index of examples. Their order does not matter, and repeated
// examples count once. Examples without any letter or digit are left out.
func Build(examples []Example) *Index {
	sorted := slices.Clone(examples)
	slices.SortFunc(sorted, compareExamples)
	sorted = slices.Compact(sorted)
	b := newBuilder(sorted)
	for _, e := range sorted {
		b.add(e)
	}
	return b.index()
}

func compareExamples(a, b Example) int {
	if c := strings.Compare(a.Template, b.Template); c != 0 {
		return c
	}
	if c := strings.Compare(a.Language, b.Language); c != 0 {
		return c
	}
	return strings.Compare(a.Text, b.Text)
}

// Find returns up to n templates that text may be asking for, best first. Equal
// scores are ordered by template id.
func (x *Index) Find(text string, n int) []Hit {
	if n <= 0 || len(x.docs) == 0 {
		return nil
	}
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.message.parse(text)
	if len(s.message.features) == 0 {
		return nil
	}
	s.weigh(x)
	s.accumulate(x)
	s.choose()
	return s.hits(x, n)
}
