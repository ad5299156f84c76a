package chaos

import (
	"context"
	"fmt"
	"log/slog"

	"sembang/internal/access"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
	"sembang/internal/sim"
	"sembang/internal/template"
	"sembang/internal/vault"
)

// connected is an account of the plan after it was added to the product and to
// the simulator.
type connected struct {
	account
	Integration id.Integration
	Path        string // of its webhook
	HookSecret  string
}

// connect adds companies, templates and accounts through the product's areas, as
// its command line does, and the accounts' other ends to the simulator.
func (w *world) connect(ctx context.Context) error {
	if err := db.Migrate(ctx, w.db.url); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	d, err := db.Open(ctx, db.Config{URL: w.db.url, MaxConns: 2})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer d.Close()
	if _, err := d.Doors().Exec(ctx, `select roll_partitions()`); err != nil {
		return fmt.Errorf("roll partitions: %w", err)
	}
	ring, err := vault.ParseRing(secret.New(w.secret("key")))
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	people, err := access.New(access.Config{DB: d, Log: slog.New(slog.DiscardHandler), Secrets: []secret.String{secret.New(w.secret("jwt"))}})
	if err != nil {
		return fmt.Errorf("open access: %w", err)
	}
	accounts := integration.NewAccounts(d, vault.New(d, ring))
	owners, err := addCompanies(ctx, d, people)
	if err != nil {
		return err
	}
	for _, a := range w.plan.Accounts {
		added, err := accounts.Add(ctx, integration.New{
			Company: owners[a.Company], Channel: a.Channel, Name: a.Name, AccountID: a.vendorsName(), Token: secret.New(a.Token),
		})
		if err != nil {
			return fmt.Errorf("connect %s: %w", a.Name, err)
		}
		w.accounts = append(w.accounts, connected{
			account: a, Integration: added.Integration, Path: "/webhooks/" + string(a.Channel) + "/" + added.Key, HookSecret: added.HookSecret.Reveal(),
		})
	}
	return nil
}

func addCompanies(ctx context.Context, d *db.DB, people *access.Access) ([]id.Company, error) {
	var owners []id.Company
	for i := range companies {
		company, err := people.EnsureCompany(ctx, fmt.Sprintf("Shop %d", i))
		if err != nil {
			return nil, fmt.Errorf("add company: %w", err)
		}
		_, err = people.AddUser(ctx, access.NewUser{
			Company: company, Email: fmt.Sprintf("agent%d@shop.example", i), Role: access.CompanyUser, Password: secret.New("a long enough one"),
		})
		if err != nil {
			return nil, fmt.Errorf("add agent: %w", err)
		}
		err = d.InCompany(ctx, company, func(tx *db.Tx) error {
			for _, t := range topics {
				text := "Hi {{contact.name}}, " + t.answer
				draft := template.Draft{Name: t.name, Texts: map[string]string{"en": text, "ms": text, "zh": text}, Examples: map[string][]string{"en": t.examples}}
				if _, err := template.Add(ctx, tx, draft); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("add templates: %w", err)
		}
		owners = append(owners, company)
	}
	return owners, nil
}

// vendorsName is what the vendor calls the account.
func (a account) vendorsName() string {
	if a.Channel == channel.Telegram {
		return a.Name
	}
	return a.phone()
}

func (a account) phone() string { return "6037" + fmt.Sprintf("%07s", a.Name[len("device-"):]) }

// addVendorAccounts makes the accounts at the simulator. Echoes go to the first
// node: a gateway knows one address.
func (w *world) addVendorAccounts() error {
	for _, a := range w.accounts {
		if a.Channel == channel.Telegram {
			if err := w.sim.AddBot(sim.Bot{Token: a.Token}); err != nil {
				return fmt.Errorf("add bot: %w", err)
			}
			continue
		}
		device := sim.Device{ID: a.Name, Token: a.Token, Name: a.Name, Phone: a.phone(), Form: a.Form, WithMessageID: a.Named, EchoSends: a.Echoes}
		if a.Echoes {
			device.WebhookURL = w.nodes[0].url() + a.Path
		}
		if err := w.sim.AddDevice(device); err != nil {
			return fmt.Errorf("add device: %w", err)
		}
	}
	for _, v := range w.plan.Chats {
		a := w.plan.Accounts[v.Account]
		if a.Channel != channel.Telegram {
			continue
		}
		// Who wrote to a bot is known to it.
		if err := w.sim.SetChat(a.Name, v.Address, "", 0); err != nil {
			return fmt.Errorf("open chat: %w", err)
		}
	}
	return nil
}
