package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"sembang/internal/app"
	"sembang/internal/channel"
	"sembang/internal/demo"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

type demoCmd struct {
	storage
	Addr    string `help:"Address of the inbox." default:"127.0.0.1:8080" env:"SEMBANG_ADDR"`
	SimAddr string `help:"Address of the simulated vendors and the phone." default:"127.0.0.1:8090" env:"SEMBANG_SIM_ADDR"`
}

const simulatedKey = "simulated"

// Run starts the vendors, then the program, and tells where to look.
func (c *demoCmd) Run(ctx context.Context, log *slog.Logger) error {
	vendors := sim.New(sim.Config{Log: log, InboxURL: "http://" + c.Addr})
	defer vendors.Close()
	stop, err := serveSim(ctx, log, c.SimAddr, vendors)
	if err != nil {
		return err
	}
	defer stop()
	if err := vendors.AddAPIKey(simulatedKey); err != nil {
		return fmt.Errorf("set up simulated Claude: %w", err)
	}
	if _, err := vendors.AddScript(demo.Complaint()); err != nil {
		return fmt.Errorf("set up simulated Claude: %w", err)
	}
	config := app.Config{
		Log: log, Simulated: true, ClaudeKey: secret.New(simulatedKey), ClaudeURL: "http://" + c.SimAddr + "/anthropic", ClaudeModel: "claude-haiku-5-5",
		OnSendURL: "http://" + c.SimAddr + "/onsend/api/v1", TelegramURL: "http://" + c.SimAddr + "/telegram",
	}
	c.keep(&config)
	listen{Addr: c.Addr}.answer(&config)
	a, err := app.New(ctx, config)
	if err != nil {
		return err
	}
	if err := seed(ctx, a, vendors); err != nil {
		a.Close(ctx)
		return err
	}
	fmt.Fprint(os.Stdout, welcome(a.URL(), "http://"+c.SimAddr, demo.Accounts(a.JWTSecret)))
	return a.Run(ctx)
}

// seed stores the demo's company and connects its accounts to the simulator, which
// forgets everything when it ends.
func seed(ctx context.Context, a *app.App, vendors *sim.Sim) error {
	if err := demo.Seed(ctx, demo.Config{DB: a.DB, Access: a.Access, Accounts: a.Accounts, Secret: a.JWTSecret}); err != nil {
		return fmt.Errorf("store demo company: %w", err)
	}
	for _, account := range demo.Accounts(a.JWTSecret) {
		hook := a.URL() + "/webhooks/" + string(account.Channel) + "/" + account.Key
		if account.Channel == channel.OnSend {
			device := sim.Device{ID: "shop", Token: account.Token.Reveal(), Name: "Kedai Kek Aminah", Phone: account.Phone, WebhookURL: hook, WithMessageID: true}
			if err := vendors.AddDevice(device); err != nil {
				return fmt.Errorf("add simulated device: %w", err)
			}
			continue
		}
		if err := vendors.AddBot(sim.Bot{Token: account.Token.Reveal(), Name: "Kedai Kek Aminah", Username: "kedaikek_bot"}); err != nil {
			return fmt.Errorf("add simulated bot: %w", err)
		}
		registrar, ok := a.Providers()[account.Channel].(channel.Registrar)
		if !ok {
			return fmt.Errorf("register webhook: %s takes none", account.Channel)
		}
		if _, err := registrar.Register(ctx, channel.Account{Token: account.Token, HookSecret: account.HookSecret}, hook); err != nil {
			return fmt.Errorf("register webhook: %w", err)
		}
	}
	return nil
}

func welcome(inbox, phone string, accounts []demo.Account) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nSembang is ready. The vendors and Claude are simulated: nothing leaves this machine.\n\n")
	fmt.Fprintf(&b, "  Write as a customer   %s\n  Answer as the shop    %s\n\n", phone, inbox)
	for _, p := range demo.People {
		fmt.Fprintf(&b, "  %-14s %-28s %s\n", p.Role, p.Email, demo.Password)
	}
	fmt.Fprintf(&b, "\n  Webhooks, for curl    the README shows how\n")
	for _, account := range accounts {
		fmt.Fprintf(&b, "    %s/webhooks/%s/%s\n", inbox, account.Channel, account.Key)
		if !account.HookSecret.Empty() {
			fmt.Fprintf(&b, "    X-Telegram-Bot-Api-Secret-Token: %s\n", account.HookSecret.Reveal())
		}
	}
	b.WriteString("\nStop with Ctrl+C.\n\n")
	return b.String()
}

type simCmd struct {
	Addr string `help:"Address to listen on." default:"127.0.0.1:8090" env:"SEMBANG_SIM_ADDR"`
	Seed uint64 `help:"Makes ids, jitter and faults repeatable; 0 takes the clock."`
}

// Run serves the simulated vendors until it is told to stop.
func (c *simCmd) Run(ctx context.Context, log *slog.Logger) error {
	vendors := sim.New(sim.Config{Log: log, Seed: c.Seed})
	defer vendors.Close()
	stop, err := serveSim(ctx, log, c.Addr, vendors)
	if err != nil {
		return err
	}
	defer stop()
	log.InfoContext(ctx, "simulated vendors are ready", "url", "http://"+c.Addr)
	<-ctx.Done()
	return nil
}

// serveSim answers on addr until stop is called.
func serveSim(ctx context.Context, log *slog.Logger, addr string, vendors *sim.Sim) (stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s for the simulated vendors: %w", addr, err)
	}
	server := &http.Server{Handler: vendors.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.ErrorContext(ctx, "simulated vendors ended", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil
}
