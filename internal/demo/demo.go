// Package demo is one believable company, so that nobody who tries the program
// looks at empty screens. It is data and the code that stores it, once; the
// program never reads it otherwise.
package demo

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"sembang/internal/access"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
)

// Password signs in everybody of the demo.
const Password = "sembang-demo"

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

// Accounts are the demo's vendor accounts; their keys follow from the secret.
func Accounts(s secret.String) []Account {
	return []Account{
		{Channel: channel.OnSend, Token: secret.New(derive(s, "onsend token")), Key: derive(s, "onsend key"), Phone: "60377281234"},
		{Channel: channel.Telegram, Token: secret.New("7000000001:" + derive(s, "telegram token")[:35]), Key: derive(s, "telegram key"), HookSecret: secret.New(derive(s, "telegram secret"))},
	}
}

// Seed stores the demo's company unless it is there.
func Seed(ctx context.Context, c Config) error {
	company, err := c.Access.EnsureCompany(ctx, companyName)
	if err != nil {
		return fmt.Errorf("add company: %w", err)
	}
	first, err := c.addPeople(ctx, company)
	if err != nil || !first {
		return err
	}
	if err := c.addAccounts(ctx, company); err != nil {
		return err
	}
	return c.addCatalogue(ctx, company)
}

// addPeople reports whether it was the first to add them.
func (c Config) addPeople(ctx context.Context, company id.Company) (bool, error) {
	for _, p := range People {
		home := company
		if p.Role == access.SuperAdmin {
			home = id.Platform
		}
		_, err := c.Access.AddUser(ctx, access.NewUser{Company: home, Name: p.Name, Email: p.Email, Role: p.Role, Password: secret.New(Password)})
		if errors.Is(err, access.ErrEmailTaken) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("add %s: %w", p.Email, err)
		}
	}
	return true, nil
}

func (c Config) addAccounts(ctx context.Context, company id.Company) error {
	for _, a := range Accounts(c.Secret) {
		name := "Telegram @kedaikek_bot"
		if a.Channel == channel.OnSend {
			name = "WhatsApp 03-7728 1234"
		}
		_, err := c.Accounts.Add(ctx, integration.New{
			Company: company, Channel: a.Channel, Name: name, AccountID: a.Phone, Token: a.Token, Key: a.Key, HookSecret: a.HookSecret,
		})
		if err != nil {
			return fmt.Errorf("connect %s: %w", a.Channel, err)
		}
	}
	return nil
}

func derive(s secret.String, what string) string {
	mac := hmac.New(sha256.New, []byte(s.Reveal()))
	mac.Write([]byte("sembang demo " + what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
