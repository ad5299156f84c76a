// Package app puts the program together, top to bottom, and runs it. It is the
// only place that knows everything; it decides nothing.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/channel/telegram"
	"sembang/internal/claude"
	"sembang/internal/db"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/localdb"
	"sembang/internal/queue"
	"sembang/internal/realtime"
	"sembang/internal/reply"
	"sembang/internal/secret"
	"sembang/internal/template"
	"sembang/internal/vault"
	"sembang/internal/worker"
)

// Config is everything an operator can say.
type Config struct {
	Log *slog.Logger
	// DatabaseURL is empty for the private cluster in DataDir.
	DatabaseURL string
	DataDir     string
	// Addr is where to listen; port 0 takes a free one. BaseURL is how browsers
	// reach it, empty for http on Addr.
	Addr    string
	BaseURL string
	// JWTSecret and EncryptionKey may be empty with the private cluster: they are
	// then made once and kept in DataDir.
	JWTSecret     secret.String
	EncryptionKey secret.String

	ClaudeKey   secret.String
	ClaudeURL   string
	ClaudeModel string
	OnSendURL   string
	TelegramURL string

	TrustedProxies []netip.Prefix
	Web            fs.FS
	// Simulated says that the vendors are the simulator.
	Simulated bool
}

// App is the running program.
type App struct {
	Config
	DB       *db.DB
	Access   *access.Access
	Accounts *integration.Accounts

	cluster   *localdb.Cluster
	listener  net.Listener
	server    *api.Server
	worker    *worker.Worker
	writer    *inbox.Writer
	queue     *queue.Queue
	hub       *realtime.Hub
	hubWake   *realtime.Signal
	bell      *realtime.Signal
	providers map[channel.Kind]channel.Provider
}

const shutdownTime = 10 * time.Second

// Open opens the database, brings its schema up to date and gives access to the
// areas, without serving. The command line's tools use it.
func Open(ctx context.Context, c Config) (*App, error) {
	a := &App{Config: c}
	err := a.openDatabase(ctx)
	if err == nil {
		err = a.openAreas(ctx)
	}
	if err != nil {
		a.close(ctx)
		return nil, err
	}
	return a, nil
}

// New opens the database, brings its schema up to date and listens. Run serves.
func New(ctx context.Context, c Config) (_ *App, err error) {
	a, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			a.close(ctx)
		}
	}()
	a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", a.Addr, err)
	}
	if a.BaseURL == "" {
		a.BaseURL = "http://" + a.listener.Addr().String()
	}
	if err := a.build(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// openDatabase starts the private cluster when no database was named, makes the
// missing secrets with it, and migrates.
func (a *App) openDatabase(ctx context.Context) error {
	url := a.DatabaseURL
	if url == "" {
		cluster, err := localdb.Start(ctx, localdb.Config{Dir: a.DataDir, Log: a.Log})
		if err != nil {
			return fmt.Errorf("start private database: %w", err)
		}
		a.cluster = cluster
		url = cluster.URL("postgres")
		if err := a.keepSecrets(); err != nil {
			return err
		}
	}
	if a.JWTSecret.Empty() {
		return errors.New("JWT_SECRET is not set: give 32 random bytes or more, for instance from `openssl rand -hex 32`")
	}
	if a.EncryptionKey.Empty() {
		return errors.New("CREDENTIAL_ENCRYPTION_KEY is not set: give 32 random bytes in hex, for instance from `openssl rand -hex 32`")
	}
	if err := db.Migrate(ctx, url); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	d, err := db.Open(ctx, db.Config{URL: url})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	a.DB = d
	return a.rollPartitions(ctx)
}

// rollPartitions makes the coming days' partitions. A backup may hold the tables:
// that is no reason not to start while today's are there.
func (a *App) rollPartitions(ctx context.Context) error {
	_, err := a.DB.Doors().Exec(ctx, `select roll_partitions()`)
	if err == nil {
		return nil
	}
	var today bool
	const look = `select to_regclass('sembang.event_' || to_char(now() at time zone 'UTC', 'YYYYMMDD')) is not null`
	if looked := a.DB.Doors().QueryRow(ctx, look).Scan(&today); looked != nil || !today {
		return fmt.Errorf("roll partitions: %w", err)
	}
	a.Log.WarnContext(ctx, "partitions not rolled, trying again later", "error", err)
	return nil
}

// openAreas makes what the command line needs as well.
func (a *App) openAreas(ctx context.Context) error {
	ring, err := vault.ParseRing(a.EncryptionKey)
	if err != nil {
		return fmt.Errorf("read CREDENTIAL_ENCRYPTION_KEY: %w", err)
	}
	v := vault.New(a.DB, ring)
	if err := v.Check(ctx); err != nil {
		return fmt.Errorf("check encryption keys: %w", err)
	}
	a.Accounts = integration.NewAccounts(a.DB, v)
	a.Access, err = access.New(access.Config{DB: a.DB, Log: a.Log, Secrets: []secret.String{a.JWTSecret}})
	if err != nil {
		return fmt.Errorf("read JWT_SECRET: %w", err)
	}
	client := &http.Client{Timeout: 15 * time.Second}
	a.providers = map[channel.Kind]channel.Provider{
		channel.OnSend:   onsend.New(a.OnSendURL, client),
		channel.Telegram: telegram.New(a.TelegramURL, client),
	}
	return nil
}

// build wires what serves.
func (a *App) build(ctx context.Context) error {
	turns, sends := realtime.NewSignal(), realtime.NewSignal()
	a.bell, a.hubWake = realtime.NewSignal(), realtime.NewSignal()
	var err error
	if a.hub, err = realtime.NewHub(ctx, a.DB, a.hubWake, a.Log); err != nil {
		return err
	}
	model, mode, err := a.model()
	if err != nil {
		return err
	}
	a.writer = inbox.NewWriter(a.DB, a.Log, turns, a.bell)
	a.worker = worker.New(worker.Config{
		DB: a.DB, Log: a.Log, Accounts: a.Accounts, Providers: a.providers, Writer: a.writer,
		Engine: reply.NewEngine(a.DB, template.NewCache(a.DB), model, a.Log), Turns: turns, Sends: sends, Bell: a.bell,
	})
	a.queue, err = queue.New(ctx, queue.Config{
		DB: a.DB, Log: a.Log, Workers: worker.Jobs(worker.JobsConfig{DB: a.DB, Log: a.Log}), Periodic: worker.Schedule(),
	})
	if err != nil {
		return err
	}
	a.server, err = api.New(api.Config{
		DB: a.DB, Access: a.Access, Log: a.Log, BaseURL: a.BaseURL, Claude: mode, Web: a.Web, TrustedProxies: a.TrustedProxies,
		Writer: a.writer, Accounts: a.Accounts, Providers: a.providers, Hub: a.hub, Queue: a.queue, Turns: turns, Sends: sends, Bell: a.bell,
	})
	return err
}

func (a *App) model() (reply.Model, string, error) {
	if a.ClaudeKey.Empty() {
		return nil, "off", nil
	}
	c, err := claude.New(claude.Config{BaseURL: a.ClaudeURL, Key: a.ClaudeKey, Model: a.ClaudeModel, Client: &http.Client{}})
	if err != nil {
		return nil, "", fmt.Errorf("set up Claude: %w", err)
	}
	if a.Simulated {
		return c, "simulated", nil
	}
	return c, "live", nil
}

// Providers are the vendors the program speaks to.
func (a *App) Providers() map[channel.Kind]channel.Provider { return a.providers }

// URL is where the program answers.
func (a *App) URL() string { return a.BaseURL }

// Run serves until ctx ends, then lets what runs finish and closes everything.
func (a *App) Run(ctx context.Context) error {
	defer a.close(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() { a.worker.Run(ctx) })
	wait.Go(func() { a.hub.Run(ctx) })
	wait.Go(func() {
		if err := a.queue.Run(ctx); err != nil {
			a.Log.ErrorContext(ctx, "queue stopped", "error", err)
		}
	})
	wait.Go(func() { realtime.Ring(ctx, a.DB, a.bell, a.hubWake, a.Log) })
	wait.Go(func() { realtime.Hear(ctx, a.DB, a.hubWake, a.Log) })
	server := a.server.HTTP()
	var serving sync.RWMutex
	server.Handler = while(&serving, server.Handler)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(a.listener) }()
	a.Log.InfoContext(ctx, "ready", "url", a.BaseURL)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	cancel()
	a.server.CloseStreams()
	stopping, done := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer done()
	if stopped := server.Shutdown(stopping); stopped != nil {
		a.Log.WarnContext(stopping, "requests cut at shutdown", "error", stopped)
		_ = server.Close()
	}
	// Never released: a handler that wrote after this would find the writer closed.
	serving.Lock()
	wait.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// while serves with next until somebody locks serving, who then waits for the
// requests that run. It refuses those that come later.
func while(serving *sync.RWMutex, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !serving.TryRLock() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		defer serving.RUnlock()
		next.ServeHTTP(w, r)
	})
}

// Close ends an App that was not Run.
func (a *App) Close(ctx context.Context) { a.close(ctx) }

func (a *App) close(ctx context.Context) {
	if a.writer != nil {
		a.writer.Close()
	}
	if a.listener != nil {
		_ = a.listener.Close()
	}
	if a.queue != nil {
		a.queue.Close()
	}
	if a.DB != nil {
		a.DB.Close()
	}
	if a.cluster != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := a.cluster.Stop(ctx); err != nil {
			a.Log.WarnContext(ctx, "private database not stopped", "error", err)
		}
	}
}
