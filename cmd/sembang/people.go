package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"sembang/internal/access"
	"sembang/internal/app"
	"sembang/internal/channel"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Add a person with a password."`
}

type userCreateCmd struct {
	storage
	Role          string `required:"" enum:"super_admin,company_admin,company_user" help:"super_admin, company_admin or company_user (an agent)."`
	Email         string `required:"" help:"Signs in with it."`
	Name          string `help:"Shown to colleagues."`
	Company       string `help:"The company's name; added when there is none. Not for super admins."`
	PasswordStdin bool   `required:"" help:"Read the password from the first line of standard input."`
}

// Run adds the person.
func (c *userCreateCmd) Run(ctx context.Context, log *slog.Logger) error {
	password, err := firstLine(os.Stdin)
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer a.Close(ctx)
	company := id.Platform
	if access.Role(c.Role) != access.SuperAdmin {
		if company, err = ensureCompany(ctx, a, c.Company); err != nil {
			return err
		}
	}
	u, err := a.Access.AddUser(ctx, access.NewUser{Company: company, Name: c.Name, Email: c.Email, Role: access.Role(c.Role), Password: secret.New(password)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, u.ID)
	return err
}

type integrationCmd struct {
	Add integrationAddCmd `cmd:"" help:"Connect a vendor account to a company."`
}

type integrationAddCmd struct {
	storage
	vendors
	BaseURL    string `required:"" help:"How the vendor reaches us." env:"BASE_URL"`
	Company    string `required:"" help:"The company's name; added when there is none."`
	Channel    string `required:"" enum:"telegram,onsend" help:"telegram or onsend."`
	Name       string `required:"" help:"Shown in the inbox, for instance the shop's number."`
	TokenStdin bool   `required:"" help:"Read the vendor's token from the first line of standard input."`
}

// Run connects the account, and tells Telegram where to post.
func (c *integrationAddCmd) Run(ctx context.Context, log *slog.Logger) error {
	token, err := firstLine(os.Stdin)
	if err != nil {
		return fmt.Errorf("read token: %w", err)
	}
	config := app.Config{Log: log}
	c.keep(&config)
	c.reach(&config)
	a, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	defer a.Close(ctx)
	company, err := ensureCompany(ctx, a, c.Company)
	if err != nil {
		return err
	}
	address, err := connect(ctx, a, c.BaseURL, integration.New{Company: company, Channel: channel.Kind(c.Channel), Name: c.Name, Token: secret.New(token)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, address)
	return err
}

// connect adds an account and registers its webhook where the vendor takes one.
// It returns the webhook's address.
func connect(ctx context.Context, a *app.App, baseURL string, n integration.New) (string, error) {
	registrar, registers := a.Providers()[n.Channel].(channel.Registrar)
	if registers {
		who, err := registrar.Identify(ctx, channel.Account{Token: n.Token})
		if err != nil {
			return "", fmt.Errorf("ask %s who the token is: %w", n.Channel, err)
		}
		n.AccountID = who.ID
	}
	added, err := a.Accounts.Add(ctx, n)
	if err != nil {
		return "", err
	}
	address := strings.TrimRight(baseURL, "/") + "/webhooks/" + string(n.Channel) + "/" + added.Key
	if registers {
		if _, err := registrar.Register(ctx, channel.Account{ID: n.AccountID, Token: n.Token, HookSecret: added.HookSecret}, address); err != nil {
			return "", fmt.Errorf("register webhook at %s: %w", n.Channel, err)
		}
	}
	return address, nil
}

func (s storage) open(ctx context.Context, log *slog.Logger) (*app.App, error) {
	config := app.Config{Log: log}
	s.keep(&config)
	return app.Open(ctx, config)
}

var errNoCompany = errors.New("--company is missing: say which company the person works for")

func ensureCompany(ctx context.Context, a *app.App, name string) (id.Company, error) {
	if strings.TrimSpace(name) == "" {
		return id.Company{}, errNoCompany
	}
	return a.Access.EnsureCompany(ctx, name)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
