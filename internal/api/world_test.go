package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/channel/telegram"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/realtime"
	"sembang/internal/secret"
	"sembang/internal/vault"
)

const (
	adminEmail = "aina@kedai.example"
	agentEmail = "ben@kedai.example"
	password   = "kuih lapis 42"
	jwtSecret  = "a test's secret of more than 32 characters"
	authPath   = "/api/v1/auth"
)

// world is one company with an admin and an agent, and a node that serves it.
type world struct {
	db      *db.DB
	clock   *clock
	log     *logBuffer
	company id.Company
	admin   access.User
	agent   access.User
	node
}

type node struct {
	access *access.Access
	api    *api.Server
	url    string

	accounts *integration.Accounts
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: dbtest.New(t), clock: &clock{at: time.Now().Truncate(time.Second)}, log: &logBuffer{}}
	w.node = w.start(t, nil)
	w.company = w.addCompany(t, "Kedai Kuih")
	w.admin = w.addUser(t, w.company, access.CompanyAdmin, adminEmail)
	w.agent = w.addUser(t, w.company, access.CompanyUser, agentEmail)
	return w
}

// start runs one more node on the world's database.
func (w *world) start(t *testing.T, web fs.FS) node {
	t.Helper()
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a, err := access.New(access.Config{DB: w.db, Log: log, Secrets: []secret.String{secret.New(jwtSecret)}, Now: w.clock.now})
	if err != nil {
		t.Fatalf("access.New() = %v", err)
	}
	config := api.Config{DB: w.db, Access: a, Log: log, BaseURL: "http://127.0.0.1:8080", Claude: "simulated", Web: web}
	w.connect(t, &config, log)
	s, err := api.New(config)
	if err != nil {
		t.Fatalf("api.New() = %v", err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.CloseStreams()
		server.Close()
	})
	return node{access: a, api: s, url: server.URL, accounts: config.Accounts}
}

// connect gives a node its front door and the stream of events.
func (w *world) connect(t *testing.T, c *api.Config, log *slog.Logger) {
	t.Helper()
	ring, err := vault.ParseRing(secret.New(strings.Repeat("ab", 32)))
	if err != nil {
		t.Fatalf("ParseRing() = %v", err)
	}
	c.Turns, c.Sends, c.Bell = realtime.NewSignal(), realtime.NewSignal(), realtime.NewSignal()
	c.Accounts = integration.NewAccounts(w.db, vault.New(w.db, ring))
	c.Providers = map[channel.Kind]channel.Provider{
		channel.Telegram: telegram.New("http://127.0.0.1:1", http.DefaultClient), channel.OnSend: onsend.New("http://127.0.0.1:1", http.DefaultClient),
	}
	c.Writer = inbox.NewWriter(w.db, log, c.Turns, c.Bell)
	t.Cleanup(c.Writer.Close)
	if c.Hub, err = realtime.NewHub(t.Context(), w.db, c.Bell, log); err != nil {
		t.Fatalf("NewHub() = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Hub.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func (w *world) addCompany(t *testing.T, name string) id.Company {
	t.Helper()
	company, err := w.access.EnsureCompany(t.Context(), name)
	if err != nil {
		t.Fatalf("EnsureCompany() = %v", err)
	}
	return company
}

func (w *world) addUser(t *testing.T, company id.Company, role access.Role, email string) access.User {
	t.Helper()
	u, err := w.access.AddUser(t.Context(), access.NewUser{Company: company, Role: role, Email: email, Password: secret.New(password)})
	if err != nil {
		t.Fatalf("AddUser(%s) = %v", email, err)
	}
	return u
}

// answer is a response that was read whole.
type answer struct {
	*http.Response
	body string
}

func (a answer) cookie(t *testing.T, name string) *http.Cookie {
	t.Helper()
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s in an answer %d", name, a.StatusCode)
	return nil
}

func (a answer) signedIn(t *testing.T) api.SignedIn {
	t.Helper()
	return into[api.SignedIn](t, a)
}

func into[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("read answer %d %q: %v", a.StatusCode, a.body, err)
	}
	return v
}

// call sends a request; headers are pairs of name and value.
func (n node) call(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, n.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatalf("make request: %v", err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read answer: %v", err)
	}
	return answer{response, string(text)}
}

func (n node) tryLogin(t *testing.T, email, password string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": email, "password": password, "delivery": "token"})
	if err != nil {
		t.Fatalf("write body: %v", err)
	}
	return n.call(t, "POST", authPath+"/login", string(body))
}

// login returns the tokens of a program.
func (n node) login(t *testing.T, email string) api.SignedIn {
	t.Helper()
	a := n.tryLogin(t, email, password)
	want(t, a, http.StatusOK)
	return a.signedIn(t)
}

func (n node) get(t *testing.T, path, token string) answer {
	t.Helper()
	return n.call(t, "GET", path, "", "Authorization", "Bearer "+token)
}

func (n node) tryRefresh(t *testing.T, token string) answer {
	t.Helper()
	return n.call(t, "POST", authPath+"/refresh", `{"refresh_token":"`+token+`"}`)
}

func (n node) refresh(t *testing.T, token string) api.SignedIn {
	t.Helper()
	a := n.tryRefresh(t, token)
	want(t, a, http.StatusOK)
	return a.signedIn(t)
}

func want(t *testing.T, a answer, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s = %d %s, want %d", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.body, status)
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

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
