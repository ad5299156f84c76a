// Package api is the transport: it turns HTTP into calls of the areas and their
// answers and faults into JSON. It decides who may call what (routes.go) and
// nothing else; it knows no SQL and no vendor.
package api

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sembang/internal/access"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/queue"
	"sembang/internal/realtime"
)

const (
	prefix  = "/api/v1"
	version = "0.1.0"
)

// Config is what the server works with.
type Config struct {
	DB     *db.DB
	Access *access.Access
	Log    *slog.Logger
	// BaseURL is how browsers reach us: https, or http on loopback.
	BaseURL string
	// Claude tells the app what answers customers: live, simulated or off.
	Claude string
	// Web is the built browser app; nil serves a page that says how to build it.
	Web fs.FS
	// Writer, Accounts and Providers take the vendors' webhooks in.
	Writer    *inbox.Writer
	Accounts  *integration.Accounts
	Providers map[channel.Kind]channel.Provider
	// Queue takes side jobs.
	Queue *queue.Queue
	// Hub feeds the open pages.
	Hub *realtime.Hub
	// Turns and Sends wake the worker, Bell the open pages, after a change.
	Turns, Sends, Bell *realtime.Signal
	// TrustedProxies may say whom they forward for in X-Forwarded-For.
	TrustedProxies []netip.Prefix
}

// Server answers HTTP.
type Server struct {
	Config
	mux     *http.ServeMux
	api     huma.API
	routes  []Route
	handler http.Handler
	spec    []byte
	streams atomic.Int64
	stop    chan struct{}
}

// New returns a server with every route registered.
func New(c Config) (*Server, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("BASE_URL %q is not an http or https address", c.BaseURL)
	}
	if base.Scheme == "http" && !loopback(base.Hostname()) {
		return nil, fmt.Errorf("BASE_URL %q must be https: browsers keep sign-in cookies of plain http on localhost only", c.BaseURL)
	}
	s := build(c)
	if s.spec, err = json.Marshal(s.api.OpenAPI()); err != nil {
		return nil, fmt.Errorf("write OpenAPI: %w", err)
	}
	origins := http.NewCrossOriginProtection()
	if err := origins.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("trust BASE_URL: %w", err)
	}
	s.handler = s.outer(base.Scheme == "https", sameOrigin(origins, s.mux))
	return s, nil
}

// build registers every route without needing anything that runs.
func build(c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux(), stop: make(chan struct{})}
	setUpHuma()
	config := huma.DefaultConfig("Sembang", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks, config.Transformers = nil, nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: accessCookie},
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
	}
	s.api = humago.New(s.mux, config)
	s.register()
	return s
}

// CloseStreams ends the open pages' streams, which otherwise outlive a shutdown.
// Call it once.
func (s *Server) CloseStreams() { close(s.stop) }

// Handler is the whole of it: API, health and the browser app.
func (s *Server) Handler() http.Handler { return s.handler }

// Routes lists what was registered and who may call it.
func (s *Server) Routes() []Route { return s.routes }

// HTTP returns a server for the handler with limits for slow and greedy
// clients. It has no write timeout: a stream of events sets its own deadlines.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
}

// OpenAPI returns the contract as it is committed in openapi.yaml.
func OpenAPI() ([]byte, error) { return build(Config{}).api.OpenAPI().YAML() }

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
