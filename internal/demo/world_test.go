package demo_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"sembang/internal/app"
	"sembang/internal/db/dbtest"
	"sembang/internal/demo"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// world is the program on a fresh database, and the database without any rules.
type world struct {
	app   *app.App
	admin *pgx.Conn
}

func config(url string) app.Config {
	return app.Config{
		Log: slog.New(slog.DiscardHandler), DatabaseURL: url, Addr: "127.0.0.1:0",
		JWTSecret: secret.New("a test's secret of more than 32 characters"), EncryptionKey: secret.New(strings.Repeat("ab", 32)),
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	url := dbtest.URL(t)
	a, err := app.Open(t.Context(), config(url))
	if err != nil {
		t.Fatalf("app.Open() = %v", err)
	}
	t.Cleanup(func() { a.Close(t.Context()) })
	return &world{app: a, admin: connect(t, url)}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatalf("pgx.ParseConfig() = %v", err)
	}
	c.RuntimeParams["search_path"] = "sembang"
	conn, err := pgx.ConnectConfig(t.Context(), c)
	if err != nil {
		t.Fatalf("pgx.ConnectConfig() = %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func (w *world) seed(t *testing.T) error {
	t.Helper()
	return demo.Seed(t.Context(), w.config())
}

func (w *world) config() demo.Config {
	return demo.Config{DB: w.app.DB, Access: w.app.Access, Accounts: w.app.Accounts, Secret: w.app.JWTSecret}
}

func (w *world) mustSeed(t *testing.T) {
	t.Helper()
	if err := w.seed(t); err != nil {
		t.Fatalf("Seed() = %v", err)
	}
}

// company is the demo's.
func (w *world) company(t *testing.T) id.Company {
	t.Helper()
	company, err := w.app.Access.EnsureCompany(t.Context(), "Kedai Kek Aminah")
	if err != nil {
		t.Fatalf("EnsureCompany() = %v", err)
	}
	return company
}

// lines returns a query's one column of text.
func (w *world) lines(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	rows, err := w.admin.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	return list
}

func (w *world) number(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := w.admin.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("query: %v", err)
	}
	return n
}
