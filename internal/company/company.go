// Package company is a tenant's own settings, its limits and where it is in
// setting itself up. It knows neither its people nor its conversations.
package company

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// BotMode is when the bot may answer by itself.
type BotMode string

// The modes. After hours is outside the company's business hours.
const (
	BotOff        BotMode = "off"
	BotAfterHours BotMode = "after_hours"
	BotFull       BotMode = "full"
)

// Company is a tenant.
type Company struct {
	ID        id.Company `db:"id" json:"id"`
	Name      string     `db:"name" json:"name"`
	Status    string     `db:"status" json:"status"` // active | suspended
	Industry  string     `db:"industry" json:"industry"`
	Country   string     `db:"country" json:"country"`   // ISO 3166-1 alpha-2
	Currency  string     `db:"currency" json:"currency"` // ISO 4217
	Timezone  string     `db:"timezone" json:"timezone"` // IANA
	Languages []string   `db:"languages" json:"languages"`
	// UILanguage is what its new people read the app in.
	UILanguage string    `db:"ui_language" json:"ui_language"`
	Hours      Hours     `db:"hours" json:"hours"`
	Holidays   []Holiday `db:"holidays" json:"holidays"`
	BotMode    BotMode   `db:"bot_mode" json:"bot_mode"`
	// AgentScope is what agents see: assigned, unassigned (as well), team or all.
	AgentScope  string `db:"agent_scope" json:"agent_scope"`
	RequireTOTP bool   `db:"require_totp" json:"require_totp"`
	// Persona is what the company tells the model about itself and its tone.
	Persona string `db:"persona" json:"persona"`
	// TakeoverPause is how long the bot stays silent after a person wrote.
	TakeoverPause time.Duration `db:"takeover_pause" json:"takeover_pause"`
	// HandoverText is what the bot says when it hands over, by language.
	HandoverText map[string]string `db:"handover_text" json:"handover_text"`
	// Onboarding is the state of each step of the wizard: done or skipped.
	Onboarding map[string]string `db:"onboarding" json:"onboarding"`
	LiveAt     *time.Time        `db:"live_at" json:"live_at"`
	Limits
}

// Limits is what a company's plan allows; nil is no limit. Messages and money
// count by calendar month in the company's zone.
type Limits struct {
	MaxUsers         *int   `db:"max_users" json:"max_users"`
	MaxMessages      *int   `db:"max_messages" json:"max_messages"`
	AIBudgetMicroUSD *int64 `db:"ai_budget_micro_usd" json:"ai_budget_micro_usd"`
}

// Hours are business hours by weekday (mon … sun): spans of local time such as
// ["09:00", "18:00"], the end excluded. A missing day is closed; none at all
// means always open.
type Hours map[string][][2]string

// Holiday is a day the company is closed, as YYYY-MM-DD in its zone.
type Holiday struct {
	Date string `json:"date"`
	Name string `json:"name"`
}

// Columns are the columns of Company, of company_self() or the table.
const Columns = `id, name, status, industry, country, currency, timezone, languages, ui_language, hours, holidays, bot_mode, agent_scope, require_totp,
	persona, takeover_pause, handover_text, onboarding, live_at, max_users, max_messages, ai_budget_micro_usd`

// Self returns the company that conn sees.
func Self(ctx context.Context, conn db.Conn) (Company, error) {
	rows, err := conn.Query(ctx, `select `+Columns+` from company_self()`)
	if err != nil {
		return Company{}, fmt.Errorf("read company: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Company])
	if err != nil {
		return Company{}, fmt.Errorf("read company: %w", err)
	}
	return c, nil
}

// Patch changes what it names, by the columns' names, and leaves the rest. The
// values must be checked: the database knows bounds, not sense.
type Patch map[string]any

// Update writes a patch to the company that conn sees.
func Update(ctx context.Context, conn db.Conn, p Patch) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write company: %w", err)
	}
	if _, err := conn.Exec(ctx, `select company_update_self($1::jsonb)`, string(text)); err != nil {
		return fmt.Errorf("write company: %w", err)
	}
	return nil
}
