package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/realtime"
)

const (
	writers      = 2    // more only fight over the same two cores
	maxQueued    = 2048 // deliveries that wait; beyond it the vendor is asked to come again
	maxBatch     = 256  // deliveries a call
	ingestTime   = 8 * time.Second
	soon         = 15 * time.Second // turns due later are found by the poll
	retryRaw     = time.Second
	maxNameRunes = 200
)

// ErrBusy asks the vendor to deliver again later.
var ErrBusy = fault.New(fault.Unavailable, "The inbox cannot take messages at the moment. Deliver again.")

// State says what is still to do with a delivery.
type State string

// The states a delivery is written with.
const (
	StateRaw     State = "raw"     // thread it later
	StatePending State = "pending" // threaded; its events are applied later
	StateDone    State = "done"
	StatePoison  State = "poison" // cannot be read; kept and shown
)

// Delivery is a verified webhook call and the messages it held.
type Delivery struct {
	Company     id.Company
	Integration id.Integration
	ContentType string
	Headers     json.RawMessage
	Body        []byte
	State       State
	// Reason tells a person why it is poison.
	Reason   string
	Messages []channel.Inbound

	stored bool // the row is there: thread only
}

// Threaded is where a message went.
type Threaded struct {
	Message      id.Message
	Conversation id.Conversation
	Duplicate    bool
}

// Writer accepts deliveries: it takes whatever waits into one call a batch, and
// returns to each caller once its own delivery is committed.
type Writer struct {
	db    *db.DB
	log   *slog.Logger
	turns *realtime.Signal
	bell  *realtime.Signal
	queue chan *pending
	wait  sync.WaitGroup
}

type pending struct {
	d    Delivery
	done chan result
}

type result struct {
	threaded []Threaded
	err      error
}

// NewWriter starts the writers; Close ends them. It rings turns when a turn
// becomes due, and bell when open pages have news.
func NewWriter(d *db.DB, log *slog.Logger, turns, bell *realtime.Signal) *Writer {
	w := &Writer{db: d, log: log, turns: turns, bell: bell, queue: make(chan *pending, maxQueued)}
	for range writers {
		w.wait.Go(w.run)
	}
	return w
}

// Close writes what is queued and ends. Nobody may call Write after it.
func (w *Writer) Close() {
	close(w.queue)
	w.wait.Wait()
}

// Write stores d and threads its messages; on nil both are durable. A message the
// vendor delivers twice is stored once. Errors mean nothing may be acknowledged.
func (w *Writer) Write(ctx context.Context, d Delivery) ([]Threaded, error) {
	p := &pending{d: d, done: make(chan result, 1)}
	select {
	case w.queue <- p:
	default:
		return nil, ErrBusy
	}
	select {
	case r := <-p.done:
		return r.threaded, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Thread threads the messages of a delivery that is stored already.
func (w *Writer) Thread(ctx context.Context, d Delivery) error {
	d.stored = true
	_, err := w.ingest(ctx, []*pending{{d: d}})
	return err
}

func (w *Writer) run() {
	for first := range w.queue {
		w.flush(w.batch(first))
	}
}

// batch takes what waits at this moment. It never waits for more: under load the
// queue fills while the database works, idle it adds no delay.
func (w *Writer) batch(first *pending) []*pending {
	batch := []*pending{first}
	for len(batch) < maxBatch {
		select {
		case p, open := <-w.queue:
			if !open {
				return batch
			}
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

func (w *Writer) flush(batch []*pending) {
	ctx, cancel := context.WithTimeout(context.Background(), ingestTime)
	defer cancel()
	results, err := w.ingest(ctx, batch)
	if db.IsDeadlock(err) {
		results, err = w.ingest(ctx, batch)
	}
	switch {
	case err == nil:
		for i, p := range batch {
			p.done <- result{threaded: results[i]}
		}
	case len(batch) > 1 && fromServer(err):
		for _, p := range batch {
			w.flush([]*pending{p})
		}
	case fromServer(err) && !db.IsDeadlock(err):
		batch[0].done <- result{err: w.keepRaw(ctx, batch[0].d, err)}
	default:
		w.log.ErrorContext(ctx, "deliveries not accepted", "count", len(batch), "error", err)
		for _, p := range batch {
			p.done <- result{err: ErrBusy}
		}
	}
}

// keepRaw stores a delivery that cannot be threaded now, so that one bad row
// costs neither its neighbours nor itself: the accept loop tries again.
func (w *Writer) keepRaw(ctx context.Context, d Delivery, cause error) error {
	w.log.WarnContext(ctx, "delivery kept raw", "company", d.Company, "integration", d.Integration, "error", cause)
	d.State, d.Messages, d.Reason = StateRaw, nil, ""
	if _, err := w.ingest(ctx, []*pending{{d: d}}); err != nil {
		w.log.ErrorContext(ctx, "delivery not accepted", "error", err)
		return ErrBusy
	}
	return nil
}

// fromServer tells an answer of the database from not reaching it.
func fromServer(err error) bool {
	_, ok := errors.AsType[*pgconn.PgError](err)
	return ok && !db.IsShutdown(err) && !db.IsBusy(err)
}

func newIDs(n int) []uuid.UUID {
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = id.New()
	}
	return ids
}
