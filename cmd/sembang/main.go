// Command sembang is the whole program: the server, the demo and the operator's
// tools. `sembang --help` lists what it can do.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"

	"sembang/internal/app"
	"sembang/internal/secret"
	"sembang/web"
)

// version is set by the build.
var version = "dev"

type cli struct {
	LogLevel slog.Level `help:"What to log: debug, info, warn or error." default:"info" env:"SEMBANG_LOG_LEVEL"`

	Serve       serveCmd       `cmd:"" help:"Serve the app, the API and the webhooks, and run the worker."`
	Demo        demoCmd        `cmd:"" help:"Everything at once with simulated vendors: a phone to write from and an inbox to answer in."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database's schema up to date."`
	User        userCmd        `cmd:"" help:"Add people."`
	Audit       auditCmd       `cmd:"" help:"Check the audit log."`
	Integration integrationCmd `cmd:"" help:"Connect vendor accounts."`
	Sim         simCmd         `cmd:"" help:"Run the simulated vendors alone."`
	OpenAPI     openapiCmd     `cmd:"" name:"openapi" help:"Print the API's contract."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// storage is where the data is and what opens it.
type storage struct {
	DatabaseURL   string `help:"PostgreSQL address with an admin login. Empty: a private database in the data folder." env:"DATABASE_URL"`
	Data          string `help:"Data folder." default:"./data" env:"SEMBANG_DATA" type:"path"`
	JWTSecret     string `help:"Signs sessions: 32 random bytes or more." env:"JWT_SECRET"`
	EncryptionKey string `help:"Seals credentials: 32 bytes in hex; several as id:hex,id:hex, the first seals." env:"CREDENTIAL_ENCRYPTION_KEY"`
}

// vendors is whom the program talks to.
type vendors struct {
	ClaudeKey   string `help:"Anthropic API key. Empty: what no template answers goes to a person." env:"CLAUDE_API_KEY"`
	ClaudeURL   string `help:"A server that speaks Anthropic's Messages API." default:"https://api.anthropic.com" env:"CLAUDE_BASE_URL"`
	ClaudeModel string `help:"Model that answers." default:"claude-haiku-5-5" env:"CLAUDE_MODEL"`
	OnSendURL   string `help:"OnSend API." default:"https://onsend.io/api/v1" env:"ONSEND_BASE_URL"`
	TelegramURL string `help:"Telegram Bot API." default:"https://api.telegram.org" env:"TELEGRAM_BASE_URL"`
}

// listen is where the program answers.
type listen struct {
	Addr           string         `help:"Address to listen on." default:"127.0.0.1:8080" env:"SEMBANG_ADDR"`
	BaseURL        string         `help:"How browsers and vendors reach us; https, or http on this machine." env:"BASE_URL"`
	TrustedProxies []netip.Prefix `help:"Proxies whose X-Forwarded-For is believed (CIDR)." env:"SEMBANG_TRUSTED_PROXIES"`
}

func (s storage) keep(c *app.Config) {
	c.DatabaseURL, c.DataDir = s.DatabaseURL, s.Data
	c.JWTSecret, c.EncryptionKey = secret.New(s.JWTSecret), secret.New(s.EncryptionKey)
}

func (v vendors) reach(c *app.Config) {
	c.ClaudeKey, c.ClaudeURL, c.ClaudeModel = secret.New(v.ClaudeKey), v.ClaudeURL, v.ClaudeModel
	c.OnSendURL, c.TelegramURL = v.OnSendURL, v.TelegramURL
}

func (l listen) answer(c *app.Config) {
	c.Addr, c.BaseURL, c.TrustedProxies = l.Addr, l.BaseURL, l.TrustedProxies
	if files, built := web.FS(); built {
		c.Web = files
	}
}

func main() {
	uuid.EnableRandPool() // ids are names here, not secrets
	var c cli
	parsed := kong.Parse(&c, kong.Name("sembang"), kong.UsageOnError(),
		kong.Description("Sembang answers a shop's customers on WhatsApp and Telegram: templates first, Claude next, people where neither should."))
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err := parsed.Run(log)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sembang:", err)
		os.Exit(1)
	}
}
