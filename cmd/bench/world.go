package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/app"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/localdb"
	"sembang/internal/secret"
	"sembang/internal/template"
)

const (
	companies = 20
	agents    = 3
	contacts  = 2000
	seeders   = 50
	// The product's and the raw function's copy of the same database; a third one
	// is for counting.
	productDB = "bench"
	rawDB     = "bench_raw"
	countDB   = "bench_count"
)

// world is everything that is measured: a private cluster, the built server, the
// simulated vendors, and the companies.
type world struct {
	dir      string
	log      *slog.Logger
	cluster  *localdb.Cluster
	admin    *pgx.Conn // to the product's database, as superuser
	binary   string
	env      []string
	server   *child
	vendors  *child
	accounts []*account
	// people write to the product, peers the same to the raw function.
	people, peers *traffic
}

func newWorld(ctx context.Context, log *slog.Logger, dir string) (*world, error) {
	w := &world{dir: dir, log: log, binary: filepath.Join(dir, "sembang")}
	if err := w.buildServer(ctx); err != nil {
		return w, err
	}
	var err error
	w.cluster, err = localdb.Start(ctx, localdb.Config{Dir: filepath.Join(dir, "data"), Log: log})
	if err != nil {
		return w, fmt.Errorf("start database: %w", err)
	}
	if err := w.createDatabase(ctx); err != nil {
		return w, err
	}
	w.env = append(os.Environ(), "SEMBANG_LOG_LEVEL=warn")
	if w.vendors, err = w.start(ctx, "sim"); err != nil {
		return w, err
	}
	w.env = append(w.env,
		"DATABASE_URL="+w.cluster.URL(productDB), "JWT_SECRET="+randomHex(), "CREDENTIAL_ENCRYPTION_KEY="+randomHex(),
		"CLAUDE_API_KEY=", "BASE_URL=", "SEMBANG_TRUSTED_PROXIES=",
		"TELEGRAM_BASE_URL=http://"+w.vendors.address+"/telegram", "ONSEND_BASE_URL=http://"+w.vendors.address+"/onsend/api/v1")
	if err := w.seed(ctx); err != nil {
		return w, fmt.Errorf("seed: %w", err)
	}
	return w, nil
}

// buildServer builds what `make build` builds.
func (w *world) buildServer(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", w.binary, "./cmd/sembang")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build server: %w", err)
	}
	return nil
}

func (w *world) createDatabase(ctx context.Context) error {
	conn, err := w.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "create database "+productDB); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// seed adds companies, agents and accounts through the product, lets every
// customer write once, and copies the result for the others.
func (w *world) seed(ctx context.Context) error {
	a, err := app.Open(ctx, app.Config{
		Log: w.log, DatabaseURL: w.cluster.URL(productDB), JWTSecret: secret.New(w.envValue("JWT_SECRET")),
		EncryptionKey: secret.New(w.envValue("CREDENTIAL_ENCRYPTION_KEY")),
	})
	if err != nil {
		return err
	}
	for n := range companies {
		if err := w.addCompany(ctx, a, n); err != nil {
			a.Close(ctx)
			return err
		}
	}
	w.people, w.peers = newTraffic(w.accounts, contacts), newTraffic(w.accounts, contacts)
	err = w.firstMessages(ctx, a.DB)
	a.Close(ctx) // a database with connections cannot be copied
	if err != nil {
		return err
	}
	if err := w.copyDatabase(ctx, rawDB, countDB); err != nil {
		return err
	}
	if w.admin, err = w.connect(ctx, productDB); err != nil {
		return err
	}
	return w.setQuiet(ctx, longQuiet)
}

// firstMessages makes contacts, conversations and assignments, and leaves nobody waiting.
func (w *world) firstMessages(ctx context.Context, d *db.DB) error {
	var nth atomic.Int64
	first := func(uint64) *stream {
		return &stream{traffic: w.people, pick: func() *customer { return w.people.customers[nth.Add(1)-1] }}
	}
	if err := writeAll(ctx, newWriter(d, w.log), seeders, contacts, first); err != nil {
		return fmt.Errorf("write first messages: %w", err)
	}
	for _, c := range w.peers.customers {
		c.sent.Add(1)
	}
	w.peers.New.Add(contacts)
	conn, err := w.connect(ctx, productDB)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return settle(ctx, conn)
}

// connect returns a superuser's connection that sees the product's tables.
func (w *world) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig(w.cluster.URL(database))
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	c.RuntimeParams["search_path"] = "sembang"
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", database, err)
	}
	return conn, nil
}

func (w *world) copyDatabase(ctx context.Context, names ...string) error {
	conn, err := w.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, name := range names {
		if _, err := conn.Exec(ctx, "create database "+name+" template "+productDB); err != nil {
			return fmt.Errorf("copy database: %w", err)
		}
	}
	return nil
}

func (w *world) addCompany(ctx context.Context, a *app.App, n int) error {
	company := id.Company(id.New())
	if _, err := a.DB.Platform().Exec(ctx, `select add_company($1, $2, '')`, company, "Kedai "+strconv.Itoa(n)); err != nil {
		return fmt.Errorf("add company: %w", err)
	}
	err := a.DB.InCompany(ctx, company, func(tx *db.Tx) error {
		for i := range agents {
			_, err := tx.Exec(ctx, `insert into app_user (company_id, id, name, role) values ($1, $2, $3, 'company_user')`, company, id.New(), fmt.Sprintf("Agent %d", i))
			if err != nil {
				return fmt.Errorf("add agent: %w", err)
			}
		}
		_, err := template.Add(ctx, tx, openingHours())
		return err
	})
	if err != nil {
		return err
	}
	for _, kind := range []channel.Kind{channel.Telegram, channel.OnSend} {
		if err := w.addAccount(ctx, a, company, kind, n); err != nil {
			return fmt.Errorf("add %s account: %w", kind, err)
		}
	}
	return nil
}

// addAccount connects an account whose limits are out of the way, here and at the
// simulator: what is measured is the product, not the wait for a vendor.
func (w *world) addAccount(ctx context.Context, a *app.App, company id.Company, kind channel.Kind, n int) error {
	token := strconv.Itoa(7_000_000_000+n) + ":" + randomHex()[:35]
	added, err := a.Accounts.Add(ctx, integration.New{
		Company: company, Channel: kind, Name: string(kind), Token: secret.New(token), SendPerMinute: 60_000, SendBurst: 1000,
	})
	if err != nil {
		return err
	}
	account := &account{
		company: company, integration: added.Integration, channel: kind, key: added.Key, hookSecret: added.HookSecret.Reveal(), token: token,
	}
	w.accounts = append(w.accounts, account)
	return w.register(ctx, account, n)
}

func openingHours() template.Draft {
	return template.Draft{
		Name:     "Opening hours",
		Texts:    map[string]string{"en": "Hi {{contact.name|there}}, we are open Tuesday to Sunday, 10 am to 8 pm."},
		Examples: map[string][]string{"en": {question, "What time do you open?", "Are you open today?", "When do you close?"}},
	}
}

// close ends what was started; the folder is the caller's.
func (w *world) close(ctx context.Context) {
	w.server.stop()
	w.vendors.stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if w.admin != nil {
		_ = w.admin.Close(ctx)
	}
	if w.cluster != nil {
		if err := w.cluster.Stop(ctx); err != nil {
			w.log.WarnContext(ctx, "database not stopped", "error", err)
		}
	}
}

func randomHex() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}
