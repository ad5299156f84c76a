// Package integration is the vendor accounts a company connected: their sealed
// credentials and the webhook addresses that lead to them. It knows no vendor's
// wire format.
package integration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
	"sembang/internal/vault"
)

// Errors a caller can test for.
var (
	ErrUnknownHook = fault.New(fault.NotFound, "There is no webhook at this address.")
	ErrTokenTaken  = fault.New(fault.Conflict, "This token is connected already. Two connections with one token would answer every customer twice.")
	ErrNotFound    = fault.New(fault.NotFound, "This connection does not exist.")
)

// Opened is a connected account with its credentials open.
type Opened struct {
	Company     id.Company
	Integration id.Integration
	Channel     channel.Kind
	Account     channel.Account
}

// Accounts opens integrations and keeps them open for a few seconds, so that a
// burst of messages opens each once.
type Accounts struct {
	db    *db.DB
	vault *vault.Vault
	hooks cache[[32]byte]
	known cache[id.Integration]
}

// fresh bounds how long a changed or withdrawn credential may still be used.
const fresh = 5 * time.Second

// NewAccounts returns an Accounts with nothing open.
func NewAccounts(d *db.DB, v *vault.Vault) *Accounts { return &Accounts{db: d, vault: v} }

// ByHook returns the account a webhook key leads to, or ErrUnknownHook.
func (a *Accounts) ByHook(ctx context.Context, key string) (Opened, error) {
	hash := [32]byte(id.Hash(key))
	if o, ok := a.hooks.get(hash); ok {
		return o, nil
	}
	rows, err := a.db.Doors().Query(ctx, `select company_id, integration_id, channel, account_id, sealed, settings, country from resolve_webhook($1)`, hash[:])
	if err != nil {
		return Opened{}, fmt.Errorf("resolve webhook: %w", err)
	}
	o, err := a.open(ctx, rows)
	if errors.Is(err, pgx.ErrNoRows) {
		return Opened{}, ErrUnknownHook
	}
	if err != nil {
		return Opened{}, fmt.Errorf("resolve webhook: %w", err)
	}
	a.hooks.put(hash, o)
	return o, nil
}

// Get returns one of a company's accounts.
func (a *Accounts) Get(ctx context.Context, company id.Company, integration id.Integration) (Opened, error) {
	if o, ok := a.known.get(integration); ok && o.Company == company {
		return o, nil
	}
	rows, err := a.db.For(company).Query(ctx, `
		select i.company_id, i.id as integration_id, i.channel, i.account_id, i.sealed, i.settings, c.country
		from integration i cross join company_self() c where i.company_id = $1 and i.id = $2`, company, integration)
	if err != nil {
		return Opened{}, fmt.Errorf("read integration: %w", err)
	}
	o, err := a.open(ctx, rows)
	if errors.Is(err, pgx.ErrNoRows) {
		return Opened{}, ErrNotFound
	}
	if err != nil {
		return Opened{}, fmt.Errorf("read integration: %w", err)
	}
	a.known.put(integration, o)
	return o, nil
}

type row struct {
	Company     id.Company      `db:"company_id"`
	Integration id.Integration  `db:"integration_id"`
	Channel     channel.Kind    `db:"channel"`
	AccountID   string          `db:"account_id"`
	Sealed      []byte          `db:"sealed"`
	Settings    json.RawMessage `db:"settings"`
	Country     string          `db:"country"`
}

// credentials is what the vault seals of an integration.
type credentials struct {
	Token      string `json:"token"`
	HookSecret string `json:"hook_secret"`
}

func (a *Accounts) open(ctx context.Context, rows pgx.Rows) (Opened, error) {
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err != nil {
		return Opened{}, err
	}
	text, err := a.vault.Open(ctx, place(r.Company, r.Integration), r.Sealed)
	if err != nil {
		return Opened{}, fmt.Errorf("open credentials: %w", err)
	}
	var c credentials
	if err := json.Unmarshal([]byte(text.Reveal()), &c); err != nil {
		return Opened{}, errors.New("open credentials: not what was sealed")
	}
	return Opened{
		Company: r.Company, Integration: r.Integration, Channel: r.Channel,
		Account: channel.Account{
			ID: r.AccountID, Token: secret.New(c.Token), HookSecret: secret.New(c.HookSecret), Country: r.Country, Settings: r.Settings,
		},
	}, nil
}

func place(company id.Company, integration id.Integration) vault.Place {
	return vault.Place{Company: company, Table: "integration", Row: uuid.UUID(integration), Field: "sealed"}
}
