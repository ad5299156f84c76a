package realtime

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

const (
	pollEvents = time.Second
	readAtOnce = 500
	maxReplay  = 1000
	// The replay looks a day back (at is when a transaction began); what is left
	// of the day is for long transactions and clocks that differ.
	maxAge = 20 * time.Hour
)

// Event says that something of a company changed. It carries ids only: what a
// subscriber may know of it, they read through the API.
type Event struct {
	Company  id.Company `db:"company_id"`
	XID      uint64     `db:"xid"`
	ID       int64      `db:"id"`
	Kind     string     `db:"kind"`
	Ref      uuid.UUID  `db:"ref"`
	Assignee *id.User   `db:"assignee_id"`
	At       time.Time  `db:"at"`
}

// Cursor is a place in the stream of events.
func (e Event) Cursor() Cursor { return Cursor{e.XID, e.ID, e.At} }

// Hub reads committed events once a node and gives them to the subscribers of
// their company.
type Hub struct {
	db    *db.DB
	log   *slog.Logger
	wake  *Signal
	mu    sync.Mutex
	epoch string
	last  Cursor
	subs  map[id.Company]map[*Subscription]bool
}

// NewHub returns a hub that stands at the present. wake makes it look at once.
func NewHub(ctx context.Context, d *db.DB, wake *Signal, log *slog.Logger) (*Hub, error) {
	h := &Hub{db: d, log: log, wake: wake, subs: map[id.Company]map[*Subscription]bool{}}
	err := d.Doors().QueryRow(ctx, `select system_identifier::text, pg_snapshot_xmin(pg_current_snapshot()) from pg_control_system()`).Scan(&h.epoch, &h.last.XID)
	if err != nil {
		return nil, fmt.Errorf("read event position: %w", err)
	}
	h.last.XID--
	h.last.ID, h.last.At = math.MaxInt64, time.Now()
	return h, nil
}

// Run reads and hands on until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	for ctx.Err() == nil {
		more, err := h.read(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "events not read", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-h.wake.C():
		case <-time.After(pollEvents):
		}
	}
}

func (h *Hub) read(ctx context.Context) (bool, error) {
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	at := time.Now()
	rows, err := h.db.Doors().Query(ctx, `select company_id, xid, id, kind, ref, assignee_id from read_events($1, $2, $3)`, last.XID, last.ID, readAtOnce)
	if err != nil {
		return false, err
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[Event])
	if err != nil {
		return false, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last.At = at
	for _, e := range events {
		e.At = at
		h.last = e.Cursor()
		for s := range h.subs[e.Company] {
			if !s.put(e) {
				h.drop(s)
			}
		}
	}
	return len(events) == readAtOnce, nil
}

// Subscribe returns the company's events from now on, of those the subscriber
// wants. Call Unsubscribe when done. wants must be quick.
func (h *Hub) Subscribe(company id.Company, wants func(Event) bool) *Subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := newSubscription(company, wants)
	if h.subs[company] == nil {
		h.subs[company] = map[*Subscription]bool{}
	}
	h.subs[company][s] = true
	return s
}

// Unsubscribe ends a subscription; a second time is harmless.
func (h *Hub) Unsubscribe(s *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(s)
}

func (h *Hub) drop(s *Subscription) {
	if !h.subs[s.company][s] {
		return
	}
	delete(h.subs[s.company], s)
	if len(h.subs[s.company]) == 0 {
		delete(h.subs, s.company)
	}
	s.end()
}

// Replay returns a company's events after the cursor; false when it is too old,
// too far behind or of another database, and the subscriber must read anew.
// Subscribe first, then replay, and skip what comes twice: so nothing is missed.
func (h *Hub) Replay(ctx context.Context, company id.Company, text string) ([]Event, bool, error) {
	from, err := h.parse(text)
	if err != nil || time.Since(from.At) > maxAge {
		return nil, false, nil //nolint:nilerr // a cursor we cannot read means: read anew
	}
	rows, err := h.db.For(company).Query(ctx, `
		select company_id, xid, id, kind, ref, assignee_id, at from event
		where company_id = $1 and (xid, id) > ($2, $3) and xid < pg_snapshot_xmin(pg_current_snapshot()) and at > now() - interval '1 day'
		order by xid, id limit $4`, company, from.XID, from.ID, maxReplay+1)
	if err != nil {
		return nil, false, fmt.Errorf("replay events: %w", err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByName[Event])
	if err != nil {
		return nil, false, fmt.Errorf("replay events: %w", err)
	}
	return events, len(events) <= maxReplay, nil
}
