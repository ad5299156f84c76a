package app_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sembang/internal/access"
	"sembang/internal/app"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
	"sembang/internal/sim"
	"sembang/internal/template"
)

const (
	botToken    = "7000000001:abcdefghijklmnopqrstuvwxyzabcdefghi"
	deviceToken = "device-token-0123456789"
)

var (
	ali = sim.ChatRef{Vendor: sim.Telegram, Account: "7000000001", Customer: "77"}
	mei = sim.ChatRef{Vendor: sim.OnSend, Account: "shop", Customer: "60123456789"}
)

// world is the whole program on a database of its own, with the simulated
// vendors, one company, an agent and both channels.
type world struct {
	*node
	config   app.Config
	sim      *sim.Sim
	company  id.Company
	agent    access.User
	telegram integration.Added
	onsend   integration.Added
}

func newWorld(t *testing.T, change func(*app.Config)) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	w := &world{sim: sim.New(sim.Config{Seed: 1, Log: log, TimeScale: 0.02, ClaudeDelay: sim.NoDelay})}
	vendors := httptest.NewServer(w.sim.Handler())
	t.Cleanup(func() { vendors.Close(); w.sim.Close() })
	config := app.Config{
		Log: log, DatabaseURL: dbtest.URL(t), Addr: "127.0.0.1:0", Simulated: true,
		JWTSecret: secret.New(strings.Repeat("j", 40)), EncryptionKey: secret.New(strings.Repeat("ab", 32)),
		ClaudeKey: secret.New("key"), ClaudeURL: vendors.URL + "/anthropic", ClaudeModel: "claude-haiku-5-5",
		OnSendURL: vendors.URL + "/onsend/api/v1", TelegramURL: vendors.URL + "/telegram",
	}
	if change != nil {
		change(&config)
	}
	a, err := app.New(t.Context(), config)
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	w.node = &node{App: a}
	w.config = config
	w.furnish(t)
	w.run(t)
	return w
}

// newNode runs another node of the same installation.
func newNode(t *testing.T, w *world) *node {
	t.Helper()
	a, err := app.New(t.Context(), w.config)
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	n := &node{App: a}
	n.run(t)
	return n
}

// node is a running program.
type node struct {
	*app.App
	cancel context.CancelFunc
	done   chan error
	once   sync.Once
}

func (n *node) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	n.cancel, n.done = cancel, make(chan error, 1)
	go func() { n.done <- n.Run(ctx) }()
	t.Cleanup(func() { n.stop(t) })
}

// stop ends the program as a signal does and waits for it.
func (n *node) stop(t *testing.T) {
	t.Helper()
	n.once.Do(func() {
		n.cancel()
		if err := <-n.done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
}

// furnish adds the company and connects its accounts on both sides.
func (w *world) furnish(t *testing.T) {
	t.Helper()
	var err error
	if w.company, err = w.Access.EnsureCompany(t.Context(), "Kedai"); err != nil {
		t.Fatal(err)
	}
	w.agent, err = w.Access.AddUser(t.Context(), access.NewUser{Company: w.company, Name: "Ben", Email: "ben@kedai.example", Role: access.CompanyUser, Password: secret.New("kuih lapis 42")})
	if err != nil {
		t.Fatal(err)
	}
	w.telegram = w.connect(t, channel.Telegram, botToken)
	w.onsend = w.connect(t, channel.OnSend, deviceToken)
	err = w.sim.AddBot(sim.Bot{Token: botToken, Name: "Kedai", Username: "kedai_bot", ChatPerSecond: -1, PerSecond: -1})
	if err == nil {
		err = w.sim.AddAPIKey("key")
	}
	if err == nil {
		err = w.sim.AddDevice(sim.Device{
			ID: "shop", Token: deviceToken, Phone: "60377281234", WithMessageID: true, PerMinute: -1, WebhookURL: w.URL() + "/webhooks/onsend/" + w.onsend.Key,
		})
	}
	if err != nil {
		t.Fatalf("set up vendors: %v", err)
	}
	registrar, ok := w.Providers()[channel.Telegram].(channel.Registrar)
	if !ok {
		t.Fatal("telegram takes no webhook")
	}
	account := channel.Account{Token: secret.New(botToken), HookSecret: w.telegram.HookSecret}
	if _, err := registrar.Register(t.Context(), account, w.URL()+"/webhooks/telegram/"+w.telegram.Key); err != nil {
		t.Fatalf("Register() = %v", err)
	}
}

func (w *world) connect(t *testing.T, kind channel.Kind, token string) integration.Added {
	t.Helper()
	added, err := w.Accounts.Add(t.Context(), integration.New{Company: w.company, Channel: kind, Name: string(kind), Token: secret.New(token), SendPerMinute: 60000, SendBurst: 1000})
	if err != nil {
		t.Fatalf("Add() = %v", err)
	}
	return added
}

// says lets a customer write.
func (w *world) says(t *testing.T, who sim.ChatRef, text string) {
	t.Helper()
	if _, err := w.sim.Write(sim.Letter{Vendor: who.Vendor, Account: who.Account, Customer: who.Customer, Name: "Ali", Text: text}); err != nil {
		t.Fatalf("Write() = %v", err)
	}
}

// heard waits for the nth message of the business on a customer's phone.
func (w *world) heard(t *testing.T, who sim.ChatRef, n int) string {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if got := w.answers(who); len(got) >= n {
			return got[n-1]
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatalf("answers = %q, want %d", w.answers(who), n)
	return ""
}

func (w *world) answers(who sim.ChatRef) []string {
	var list []string
	for _, m := range w.sim.Chat(who) {
		if m.Author == sim.AuthorBusiness {
			list = append(list, m.Text)
		}
	}
	return list
}

// eventually waits until a count over the company's rows is what it should be.
func (w *world) eventually(t *testing.T, want int, sql string, args ...any) {
	t.Helper()
	got := -1
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if err := w.DB.For(w.company).QueryRow(t.Context(), `select count(*) from `+sql, args...).Scan(&got); err != nil {
			t.Fatalf("count %s: %v", sql, err)
		}
		if got == want {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatalf("%s: %d, want %d", sql, got, want)
}

func (w *world) addTemplate(t *testing.T, d template.Draft) {
	t.Helper()
	err := w.DB.InCompany(t.Context(), w.company, func(tx *db.Tx) error {
		_, err := template.Add(t.Context(), tx, d)
		return err
	})
	if err != nil {
		t.Fatalf("add template: %v", err)
	}
}

func hours() template.Draft {
	return template.Draft{
		Name: "Opening hours",
		Texts: map[string]string{
			"en": "Hi {{contact.name|there}}, we open 9 to 6.", "ms": "Hai {{contact.name|kawan}}, kami buka 9 hingga 6.", "zh": "您好，营业时间是九点到六点。",
		},
		Examples: map[string][]string{
			"en": {"What are your opening hours?", "When do you open?"}, "ms": {"Pukul berapa buka?", "Waktu operasi?"}, "zh": {"你们几点营业？", "营业时间是几点？"},
		},
	}
}
