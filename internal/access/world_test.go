package access_test

import (
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/access"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/secret"
)

const (
	oldSecret = "the old secret, more than 32 characters"
	newSecret = "the new secret, more than 32 characters"
	password  = "kuih lapis 42"
)

// world is a database with two companies of one user each.
type world struct {
	access *access.Access
	db     *db.DB
	url    string
	clock  *clock
	a, b   id.Company
	aina   access.User // of a
	ben    access.User // of b
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{url: dbtest.URL(t), clock: &clock{at: time.Now().Truncate(time.Second)}}
	d, err := db.Open(t.Context(), db.Config{URL: w.url, MaxConns: 6})
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(d.Close)
	w.db = d
	w.access = w.node(t, oldSecret)
	w.a, w.aina = w.addCompany(t, "Kedai Kuih", "aina@kedai.example")
	w.b, w.ben = w.addCompany(t, "Bengkel Ali", "ben@bengkel.example")
	return w
}

func (w *world) node(t *testing.T, secrets ...string) *access.Access {
	t.Helper()
	list := make([]secret.String, 0, len(secrets))
	for _, s := range secrets {
		list = append(list, secret.New(s))
	}
	a, err := access.New(access.Config{DB: w.db, Log: slog.New(slog.DiscardHandler), Secrets: list, Now: w.clock.now})
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return a
}

func (w *world) addCompany(t *testing.T, name, email string) (id.Company, access.User) {
	t.Helper()
	company, err := w.access.EnsureCompany(t.Context(), name)
	if err != nil {
		t.Fatalf("EnsureCompany() = %v", err)
	}
	u, err := w.access.AddUser(t.Context(), access.NewUser{
		Company: company, Role: access.CompanyAdmin, Email: email, Password: secret.New(password),
	})
	if err != nil {
		t.Fatalf("AddUser() = %v", err)
	}
	return company, u
}

func (w *world) login(t *testing.T, email string) access.SignedIn {
	t.Helper()
	signed, err := w.try(t, w.access, email, password)
	if err != nil {
		t.Fatalf("Login(%s) = %v", email, err)
	}
	return signed
}

func (w *world) try(t *testing.T, a *access.Access, email, password string) (access.SignedIn, error) {
	t.Helper()
	return a.Login(t.Context(), access.Credentials{
		Email: email, Password: secret.New(password), Address: netip.MustParseAddr("203.0.113.7"), UserAgent: "test",
	})
}

// operator runs a statement as the cluster's superuser, for what no role of the
// program may do.
func (w *world) operator(t *testing.T, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
