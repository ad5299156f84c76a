// Package company is a tenant's own settings. It knows neither its people nor its
// conversations.
package company

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Company is a tenant.
type Company struct {
	ID        id.Company `db:"id"`
	Name      string     `db:"name"`
	Status    string     `db:"status"` // active | suspended
	Country   string     `db:"country"`
	Currency  string     `db:"currency"`
	Timezone  string     `db:"timezone"`
	Languages []string   `db:"languages"`
	// Persona is what the company tells the model about itself and its tone.
	Persona string `db:"persona"`
	// TakeoverPause is how long the bot stays silent after a person wrote.
	TakeoverPause time.Duration `db:"takeover_pause"`
	// HandoverText is what the bot says when it hands over, by language.
	HandoverText map[string]string `db:"handover_text"`
}

// Self returns the company that conn sees.
func Self(ctx context.Context, conn db.Conn) (Company, error) {
	rows, err := conn.Query(ctx, `select id, name, status, country, currency, timezone, languages, persona, takeover_pause, handover_text from company_self()`)
	if err != nil {
		return Company{}, fmt.Errorf("read company: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Company])
	if err != nil {
		return Company{}, fmt.Errorf("read company: %w", err)
	}
	return c, nil
}
