// Package product is a company's catalogue: what it sells and for how much. Prices
// are minor units of the company's currency and come from rows, never from a text.
package product

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/currency"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Product is one article.
type Product struct {
	ID    uuid.UUID `db:"id"`
	SKU   string    `db:"sku"`
	Price int64     `db:"price"`
	Stock *int      `db:"stock"` // nil: not counted
	// Names and Descriptions are by language.
	Names        map[string]string `db:"names"`
	Descriptions map[string]string `db:"descriptions"`
}

// Active returns up to limit articles that are for sale, by SKU.
func Active(ctx context.Context, conn db.Conn, company id.Company, limit int) ([]Product, error) {
	rows, err := conn.Query(ctx, `
		select p.id, p.sku, p.price, p.stock, jsonb_object_agg(x.language, x.name) as names, jsonb_object_agg(x.language, x.description) as descriptions
		from product p join product_text x on x.company_id = p.company_id and x.product_id = p.id
		where p.company_id = $1 and p.active
		group by p.company_id, p.id order by p.sku limit $2`, company, limit)
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Product])
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	return list, nil
}

// Price writes an amount of minor units as customers read it: RM 49.90.
func Price(minor int64, iso string) string {
	scale := 2
	if unit, err := currency.ParseISO(iso); err == nil {
		scale, _ = currency.Standard.Rounding(unit)
	}
	sign := iso
	if iso == "MYR" {
		sign = "RM"
	}
	digits := fmt.Sprintf("%0*d", scale+1, minor)
	whole, part := digits[:len(digits)-scale], digits[len(digits)-scale:]
	if part == "" {
		return sign + " " + group(whole)
	}
	return sign + " " + group(whole) + "." + part
}

func group(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
