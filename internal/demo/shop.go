package demo

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/template"
)

//go:embed data
var data embed.FS

// article is a product as data/products.json has it.
type article struct {
	SKU   string `json:"sku"`
	Price int64  `json:"price"` // sen
	Stock *int   `json:"stock"`
	EN    string `json:"en"`
	MS    string `json:"ms"`
	ZH    string `json:"zh"`
	About string `json:"about"`
}

// addGlobalTemplates stores what every company shares and returns it.
func (c Config) addGlobalTemplates(ctx context.Context) (shelf, error) {
	drafts, err := readDrafts("global.json")
	if err != nil {
		return shelf{}, err
	}
	err = c.once(ctx, id.Platform, "template", func(tx *db.Tx) error {
		_, err := addTemplates(ctx, tx, drafts)
		return err
	})
	if err != nil {
		return shelf{}, err
	}
	rows, err := c.DB.Doors().Query(ctx, `select distinct name, id from global_templates()`)
	if err != nil {
		return shelf{}, fmt.Errorf("list global templates: %w", err)
	}
	ids := map[string]uuid.UUID{}
	var name string
	var key uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&name, &key}, func() error {
		ids[name] = key
		return nil
	}); err != nil {
		return shelf{}, fmt.Errorf("list global templates: %w", err)
	}
	return newShelf(drafts, ids), nil
}

// addShop stores everything that belongs to s.company in one transaction:
// settings, products, templates, and a week of conversations that ends at s.now.
func (c Config) addShop(ctx context.Context, s stage) error {
	return c.once(ctx, s.company, "product", func(tx *db.Tx) error {
		if err := updateSettings(ctx, tx); err != nil {
			return err
		}
		if err := addProducts(ctx, tx); err != nil {
			return err
		}
		drafts, err := readDrafts("templates.json")
		if err != nil {
			return err
		}
		ids, err := addTemplates(ctx, tx, drafts)
		if err != nil {
			return err
		}
		s.own = newShelf(drafts, ids)
		scripts, err := readScripts("week.txt")
		if err != nil {
			return err
		}
		w, err := play(s, scripts)
		if err != nil {
			return fmt.Errorf("play week: %w", err)
		}
		return w.store(ctx, tx)
	})
}

// once runs add unless the company has a row in table, which add must leave one
// in. Starts that overlap take turns.
func (c Config) once(ctx context.Context, company id.Company, table string, add func(tx *db.Tx) error) error {
	return c.DB.InCompany(ctx, company, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('demo:' || $1::text, 0))`, company.String()); err != nil {
			return fmt.Errorf("wait for turn: %w", err)
		}
		var there bool
		if err := tx.QueryRow(ctx, `select exists (select from `+table+` where company_id = $1)`, company).Scan(&there); err != nil {
			return fmt.Errorf("look at %s: %w", table, err)
		}
		if there {
			return nil
		}
		return add(tx)
	})
}

// updateSettings tells the model who the company is. Agents may take what nobody
// has, so that their screens show the unassigned as well.
func updateSettings(ctx context.Context, tx *db.Tx) error {
	persona, err := data.ReadFile("data/persona.txt")
	if err != nil {
		return fmt.Errorf("read persona: %w", err)
	}
	handover, err := handoverTexts()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `select company_update_self(jsonb_build_object('persona', $1::text, 'handover_text', $2::jsonb, 'agent_scope', 'unassigned'))`,
		strings.TrimSpace(string(persona)), handover)
	if err != nil {
		return fmt.Errorf("update settings: %w", err)
	}
	return nil
}

func handoverTexts() (map[string]string, error) {
	var texts map[string]string
	err := readJSON("handover.json", &texts)
	return texts, err
}

func addProducts(ctx context.Context, tx *db.Tx) error {
	var articles []article
	if err := readJSON("products.json", &articles); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, a := range articles {
		key := id.New()
		batch.Queue(`insert into product (company_id, id, sku, price, stock) values ($1, $2, $3, $4, $5)`, tx.Company(), key, a.SKU, a.Price, a.Stock)
		batch.Queue(`insert into product_text (company_id, product_id, language, name, description)
			values ($1, $2, 'en', $3, $6), ($1, $2, 'ms', $4, ''), ($1, $2, 'zh', $5, '')`, tx.Company(), key, a.EN, a.MS, a.ZH, a.About)
	}
	if err := tx.ExecAll(ctx, batch); err != nil {
		return fmt.Errorf("add products: %w", err)
	}
	return nil
}

// addTemplates returns the templates' ids by name.
func addTemplates(ctx context.Context, tx *db.Tx, drafts []template.Draft) (map[string]uuid.UUID, error) {
	ids := map[string]uuid.UUID{}
	for _, d := range drafts {
		key, err := template.Add(ctx, tx, d)
		if err != nil {
			return nil, fmt.Errorf("add %q: %w", d.Name, err)
		}
		ids[d.Name] = key
	}
	return ids, nil
}

func readDrafts(name string) ([]template.Draft, error) {
	var drafts []template.Draft
	err := readJSON(name, &drafts)
	return drafts, err
}

func readJSON(name string, into any) error {
	raw, err := data.ReadFile("data/" + name)
	if err != nil {
		return fmt.Errorf("read demo data: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
