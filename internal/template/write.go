package template

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Draft is a template as its author writes it.
type Draft struct {
	Name     string
	Texts    map[string]string   // by language: en, ms, zh
	Examples map[string][]string // by language: messages that ask for it
}

// Add stores a template of tx's company and returns its id.
func Add(ctx context.Context, tx *db.Tx, d Draft) (uuid.UUID, error) {
	key := id.New()
	batch := &pgx.Batch{}
	batch.Queue(`insert into template (company_id, id, name) values ($1, $2, $3)`, tx.Company(), key, d.Name)
	for language, body := range d.Texts {
		batch.Queue(`insert into template_text (company_id, template_id, language, body) values ($1, $2, $3, $4)`, tx.Company(), key, language, body)
	}
	for language, examples := range d.Examples {
		for _, body := range examples {
			batch.Queue(`insert into template_example (company_id, template_id, id, language, body) values ($1, $2, $3, $4, $5)`,
				tx.Company(), key, id.New(), language, body)
		}
	}
	batch.Queue(`insert into template_version as v (company_id, version) values ($1, 1) on conflict (company_id) do update set version = v.version + 1`, tx.Company())
	if err := tx.ExecAll(ctx, batch); err != nil {
		return uuid.Nil, fmt.Errorf("add template: %w", err)
	}
	return key, nil
}
