// Package template is the reply templates of a company, and the global ones every
// company shares: what they say in each language, and which messages ask for them.
package template

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/template/match"
)

// Template is an answer in the languages it was written in.
type Template struct {
	ID    uuid.UUID
	Name  string
	Texts map[string]string // by language
}

// Set is one owner's templates, ready to be matched. It never changes.
type Set struct {
	index *match.Index
	byID  map[string]*Template
}

// Hit is a template that may answer a message.
type Hit struct {
	Template *Template
	Score    float64
}

// Find returns up to n templates that may answer text, best first, and what the
// best score allows.
func (s *Set) Find(text string, n int) ([]Hit, match.Band) {
	found := s.index.Find(text, max(n, 2))
	hits := make([]Hit, 0, len(found))
	for _, f := range found {
		hits = append(hits, Hit{Template: s.byID[f.Template], Score: f.Score})
	}
	return hits[:min(n, len(hits))], match.BandOf(found)
}

const selectOwn = `
	select t.id, t.name, 'text', x.language, x.body from template t join template_text x on x.company_id = t.company_id and x.template_id = t.id
	where t.company_id = $1 and t.active
	union all
	select t.id, t.name, 'example', x.language, x.body from template t join template_example x on x.company_id = t.company_id and x.template_id = t.id
	where t.company_id = $1 and t.active`

// load reads the active templates of a company, or the global ones.
func load(ctx context.Context, d *db.DB, company id.Company) (*Set, error) {
	var rows pgx.Rows
	var err error
	if company == id.Platform {
		rows, err = d.Doors().Query(ctx, `select id, name, kind, language, body from global_templates()`)
	} else {
		rows, err = d.For(company).Query(ctx, selectOwn, company)
	}
	if err != nil {
		return nil, fmt.Errorf("load templates: %w", err)
	}
	s := &Set{byID: map[string]*Template{}}
	var examples []match.Example
	var (
		key                        uuid.UUID
		name, kind, language, body string
	)
	_, err = pgx.ForEachRow(rows, []any{&key, &name, &kind, &language, &body}, func() error {
		t := s.byID[key.String()]
		if t == nil {
			t = &Template{ID: key, Name: name, Texts: map[string]string{}}
			s.byID[key.String()] = t
		}
		if kind == "text" {
			t.Texts[language] = body
		} else {
			examples = append(examples, match.Example{Template: key.String(), Language: language, Text: body})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load templates: %w", err)
	}
	s.index = match.Build(examples)
	return s, nil
}
