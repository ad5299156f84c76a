// Package demo is one believable company, so that nobody who tries the program
// looks at empty screens. It is data and the code that stores it, once; the
// program never reads it otherwise. It sends nothing and leaves nothing to do.
package demo

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/access"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
)

// Password signs in everybody of the demo.
const Password = "sembang-demo" //nolint:gosec // made to be known: it opens simulated data only

const companyName = "Kedai Kek Aminah"

// Config is what the demo is stored with.
type Config struct {
	DB       *db.DB
	Access   *access.Access
	Accounts *integration.Accounts
	// Secret makes the webhook keys: the same ones at each start.
	Secret secret.String
}

// Account is a connected vendor account of the demo.
type Account struct {
	Channel    channel.Kind
	Token      secret.String
	Key        string
	HookSecret secret.String
	Phone      string
}

// Person signs in with Password.
type Person struct {
	Name  string
	Email string
	Role  access.Role
}

// People are the demo's logins, the super admin's first.
var People = []Person{
	{"Operator", "operator@sembang.example", access.SuperAdmin},
	{"Siti Aminah", "siti@kedaikek.example", access.CompanyAdmin},
	{"Aina Rahman", "aina@kedaikek.example", access.CompanyUser},
	{"Wei Ling Tan", "weiling@kedaikek.example", access.CompanyUser},
	{"Kumar Selvam", "kumar@kedaikek.example", access.CompanyUser},
}

// Accounts are the demo's vendor accounts; their keys follow from the secret.
func Accounts(s secret.String) []Account {
	return []Account{
		{Channel: channel.OnSend, Token: secret.New(derive(s, "onsend token")), Key: derive(s, "onsend key"), Phone: "60377281234"},
		{Channel: channel.Telegram, Token: secret.New("7000000001:" + derive(s, "telegram token")[:35]), Key: derive(s, "telegram key"), HookSecret: secret.New(derive(s, "telegram secret"))},
	}
}

// Seed stores the demo's company, or what is missing of it. Each step commits as
// a whole and is skipped once it is there, so a start that was cut short is
// completed by the next one.
func Seed(ctx context.Context, c Config) error {
	company, err := c.Access.EnsureCompany(ctx, companyName)
	if err != nil {
		return fmt.Errorf("add company: %w", err)
	}
	people, err := c.addPeople(ctx, company)
	if err != nil {
		return err
	}
	accounts, err := c.addAccounts(ctx, company)
	if err != nil {
		return err
	}
	global, err := c.addGlobalTemplates(ctx)
	if err != nil {
		return err
	}
	return c.addShop(ctx, stage{company: company, people: people, accounts: accounts, global: global, now: time.Now()})
}

// addPeople adds those who are missing and returns everybody by e-mail.
func (c Config) addPeople(ctx context.Context, company id.Company) (map[string]id.User, error) {
	people := map[string]id.User{}
	for _, home := range []id.Company{id.Platform, company} {
		users, err := c.Access.Users(ctx, home)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			people[u.Email] = u.ID
		}
	}
	for _, p := range People {
		if _, there := people[p.Email]; there {
			continue
		}
		home := company
		if p.Role == access.SuperAdmin {
			home = id.Platform
		}
		u, err := c.Access.AddUser(ctx, access.NewUser{Company: home, Name: p.Name, Email: p.Email, Role: p.Role, Password: secret.New(Password)})
		if err != nil {
			return nil, fmt.Errorf("add %s: %w", p.Email, err)
		}
		people[p.Email] = u.ID
	}
	return people, nil
}

// addAccounts connects those that are missing and returns all by channel.
func (c Config) addAccounts(ctx context.Context, company id.Company) (map[channel.Kind]id.Integration, error) {
	rows, err := c.DB.For(company).Query(ctx, `select channel, id from integration where company_id = $1 order by id`, company)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	accounts := map[channel.Kind]id.Integration{}
	var kind string
	var key uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&kind, &key}, func() error {
		accounts[channel.Kind(kind)] = id.Integration(key)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	for _, a := range Accounts(c.Secret) {
		if _, there := accounts[a.Channel]; there {
			continue
		}
		name := "Telegram @kedaikek_bot"
		if a.Channel == channel.OnSend {
			name = "WhatsApp 03-7728 1234"
		}
		added, err := c.Accounts.Add(ctx, integration.New{
			Company: company, Channel: a.Channel, Name: name, AccountID: a.Phone, Token: a.Token, Key: a.Key, HookSecret: a.HookSecret,
		})
		if err != nil {
			return nil, fmt.Errorf("connect %s: %w", a.Channel, err)
		}
		accounts[a.Channel] = added.Integration
	}
	return accounts, nil
}

func derive(s secret.String, what string) string {
	mac := hmac.New(sha256.New, []byte(s.Reveal()))
	mac.Write([]byte("sembang demo " + what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
