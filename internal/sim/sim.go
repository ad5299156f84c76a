package sim

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// The vendors a Sim imitates, as they are named in the control API.
const (
	OnSend    = "onsend"
	Telegram  = "telegram"
	Anthropic = "anthropic"
)

// Limits and defaults of Config.
const (
	DefaultClaudeDelay    = 600 * time.Millisecond
	DefaultRecorderCap    = 100_000
	DefaultRecorderBytes  = 128 << 20
	DefaultQueueCap       = 100_000
	DefaultWebhookTimeout = 60 * time.Second
)

// NoDelay as Config.ClaudeDelay makes the simulated Claude answer at once.
const NoDelay time.Duration = -1

// Config says how a Sim behaves. The zero value is a simulator in real time
// with the vendors' own limits.
type Config struct {
	// Seed makes identifiers, jitter and faults repeatable. Zero takes a seed
	// and first identifiers from the clock, so that a second run against the
	// same database never repeats an identifier of the first.
	Seed uint64
	Log  *slog.Logger
	// TimeScale multiplies every time of a vendor: retry delays, rate windows
	// and the default delay of Claude. 0.01 is a hundred times faster.
	TimeScale float64
	// Now dates messages; waiting always takes real time.
	Now func() time.Time
	// ClaudeDelay is the mean time a default answer of Claude takes.
	ClaudeDelay time.Duration
	// RecorderCap and RecorderBytes bound the recorded requests, QueueCap the
	// webhooks under way.
	RecorderCap, RecorderBytes, QueueCap int

	WebhookTimeout time.Duration
	// InboxURL is where the phone page links to.
	InboxURL string
	// Customers are the people of the phone page; empty takes four.
	Customers []Customer
}

// Sim imitates OnSend, Telegram and Anthropic. It is safe for concurrent use.
type Sim struct {
	cfg      Config
	log      *slog.Logger
	ids      *ids
	recorder *recorder
	faults   *faultList
	chats    *transcript
	hub      *hub
	courier  *courier
	onsend   *onsend
	telegram *telegram
	claude   *claude
	handler  http.Handler
	stop     context.CancelFunc
	done     <-chan struct{}
	work     sync.WaitGroup
}

// New returns a simulator without any account. Close ends it.
func New(cfg Config) *Sim {
	cfg = cfg.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	s := &Sim{cfg: cfg, log: cfg.Log, ids: newIDs(cfg.Seed), stop: stop, done: ctx.Done()}
	s.recorder = newRecorder(cfg.RecorderCap, cfg.RecorderBytes)
	s.faults = &faultList{ids: s.ids}
	s.hub = newHub()
	s.chats = newTranscript(s.hub, cfg.Now)
	s.courier = newCourier(ctx, &s.work, cfg, s.ids)
	s.onsend = newOnSend(s)
	s.telegram = newTelegram(s)
	s.claude = newClaude(s)
	s.handler = s.routes()
	return s
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.TimeScale <= 0 {
		c.TimeScale = 1
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.ClaudeDelay == 0 {
		c.ClaudeDelay = DefaultClaudeDelay
	}
	if c.RecorderCap <= 0 {
		c.RecorderCap = DefaultRecorderCap
	}
	if c.RecorderBytes <= 0 {
		c.RecorderBytes = DefaultRecorderBytes
	}
	if c.QueueCap <= 0 {
		c.QueueCap = DefaultQueueCap
	}
	if c.WebhookTimeout <= 0 {
		c.WebhookTimeout = DefaultWebhookTimeout
	}
	if len(c.Customers) == 0 {
		c.Customers = defaultCustomers()
	}
	return c
}

// Handler serves the vendors, the control API and the phone page.
func (s *Sim) Handler() http.Handler { return s.handler }

// Close stops every goroutine of the simulator and waits for them; webhooks
// that were not delivered are dropped.
func (s *Sim) Close() {
	s.stop()
	s.courier.mu.Lock()   // who is about to start a queue has done so, who comes later is refused
	s.courier.mu.Unlock() //nolint:staticcheck // the empty section is the barrier
	s.hub.close()
	s.work.Wait()
	s.courier.client.CloseIdleConnections()
}

// scaled returns a vendor's time in this simulator's time.
func (c Config) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * c.TimeScale)
}

// pause waits for d and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Sim) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/onsend/", s.serveVendor(s.onsend))
	mux.Handle("/telegram/", s.serveVendor(s.telegram))
	mux.Handle("/anthropic/", s.serveVendor(s.claude))
	s.controlRoutes(mux)
	phoneRoutes(mux)
	return mux
}
