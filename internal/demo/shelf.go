package demo

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"sembang/internal/template"
	"sembang/internal/template/match"
)

// maxConsidered is how many templates an answer remembers.
const maxConsidered = 5

// shelf is templates with the index that finds them, as the engine keeps them.
type shelf struct {
	index *match.Index
	byID  map[string]template.Template
}

// considered is a template that was weighed, as a reply's row keeps it.
type considered struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Score float64   `json:"score"`
}

// newShelf returns the drafts whose names have an id.
func newShelf(drafts []template.Draft, ids map[string]uuid.UUID) shelf {
	s := shelf{byID: map[string]template.Template{}}
	var examples []match.Example
	for _, d := range drafts {
		key, stored := ids[d.Name]
		if !stored {
			continue
		}
		s.byID[key.String()] = template.Template{ID: key, Name: d.Name, Texts: d.Texts}
		for language, list := range d.Examples {
			for _, text := range list {
				examples = append(examples, match.Example{Template: key.String(), Language: language, Text: text})
			}
		}
	}
	s.index = match.Build(examples)
	return s
}

func (s shelf) find(text string) ([]considered, match.Band) {
	hits := s.index.Find(text, maxConsidered)
	list := make([]considered, 0, len(hits))
	for _, h := range hits {
		t := s.byID[h.Template]
		list = append(list, considered{ID: t.ID, Name: t.Name, Score: h.Score})
	}
	return list, match.BandOf(hits)
}

// find weighs the company's templates, then the global ones, by the engine's
// rules; auto tells whether the first one answers.
func (s stage) find(text string) (list []considered, auto bool) {
	list, band := s.own.find(text)
	if band == match.Auto {
		return list, true
	}
	shared, sharedBand := s.global.find(text)
	if sharedBand == match.Auto && (len(list) == 0 || list[0].Score < match.ChooseScore) {
		return shared, true
	}
	list = append(list, shared...)
	slices.SortStableFunc(list, func(a, b considered) int { return cmp.Compare(b.Score, a.Score) })
	return list[:min(len(list), maxConsidered)], false
}

func (s stage) template(key uuid.UUID) template.Template {
	if t, own := s.own.byID[key.String()]; own {
		return t
	}
	return s.global.byID[key.String()]
}
