package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/google/uuid"

	"sembang/cmd/bench/load"
	"sembang/cmd/bench/proc"
	"sembang/internal/channel"
	"sembang/internal/id"
)

//go:embed raw.sql
var rawFunction string

const (
	// longQuiet is the longest a company may choose. A phase is shorter, so that
	// no turn falls due inside it: the accept path runs whole, due times and their
	// index included, and nobody answers.
	longQuiet  = 10 * time.Second
	usualQuiet = 400 * time.Millisecond
	warm       = time.Second
)

// sample is one phase of one contender.
type sample struct {
	load.Result
	server, postgres, bench time.Duration // CPU inside the window
}

func (s sample) perMessage(cpu time.Duration) float64 {
	return milliseconds(cpu) / float64(max(1, len(s.Took)))
}

// charged runs a load and charges it with the CPU that each process used meanwhile.
func (w *world) charged(length time.Duration, run func(load.Window) load.Result) (sample, error) {
	var s sample
	var failed error
	var ends []func()
	charge := func(pid int, to *time.Duration) {
		since, err := proc.Since(pid)
		if err != nil {
			failed = err
			return
		}
		ends = append(ends, func() { *to = since() })
	}
	s.Result = run(load.Window{
		Warm: warm, Length: length,
		Begin: func() {
			charge(w.cluster.PID(), &s.postgres)
			charge(w.server.pid(), &s.server)
			own := proc.Own()
			ends = append(ends, func() { s.bench = proc.Own() - own })
		},
		End: func() {
			for _, end := range ends {
				end()
			}
		},
	})
	if failed != nil {
		return s, failed
	}
	if s.Failed > 0 {
		return s, fmt.Errorf("%d calls failed, the first: %w", s.Failed, s.Err)
	}
	if len(s.Took) == 0 {
		return s, errors.New("no call was answered in time")
	}
	return s, nil
}

// product runs a closed load against the server.
func (w *world) product(ctx context.Context, conns int, length time.Duration, next func(seed uint64) *stream) (sample, error) {
	workers, closeAll := w.webhookWorkers(conns, next)
	defer closeAll()
	s, err := w.charged(length, func(win load.Window) load.Result { return load.Closed(ctx, workers, win) })
	if err != nil {
		return s, fmt.Errorf("load server: %w", err)
	}
	return s, w.settle(ctx)
}

// productAt runs an open load against the server.
func (w *world) productAt(ctx context.Context, perSecond int, length time.Duration) (sample, error) {
	workers, closeAll := w.webhookWorkers(64, w.people.known)
	defer closeAll()
	s, err := w.charged(length, func(win load.Window) load.Result { return load.Open(ctx, workers, perSecond, win) })
	if err != nil {
		return s, fmt.Errorf("load server: %w", err)
	}
	return s, w.settle(ctx)
}

// webhookWorkers deliver over one connection each.
func (w *world) webhookWorkers(conns int, next func(seed uint64) *stream) (workers []load.Worker, closeAll func()) {
	var open []*load.Conn
	for i := range conns {
		conn, s, buffer := load.Dial(w.server.address), next(seedOf(i)), make([]byte, 0, 2048)
		open = append(open, conn)
		workers = append(workers, func(ctx context.Context) error {
			buffer = s.next().request(buffer[:0])
			status, err := conn.Do(ctx, buffer)
			if err != nil {
				return err
			}
			if status != http.StatusOK {
				return fmt.Errorf("status %d", status)
			}
			s.done()
			return nil
		})
	}
	return workers, func() {
		for _, c := range open {
			c.Close()
		}
	}
}

// raw runs the one-function-per-message yardstick while the server stands still.
func (w *world) raw(ctx context.Context, conns int, length time.Duration) (sample, error) {
	var workers []load.Worker
	for i := range conns {
		conn, err := w.connect(ctx, rawDB)
		if err != nil {
			return sample{}, err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		s := w.peers.known(seedOf(i))
		workers = append(workers, func(ctx context.Context) error {
			m := s.next()
			a := m.customer.account
			kind, phone := channel.AddressChat, (*string)(nil)
			if a.channel == channel.OnSend {
				kind, phone = channel.AddressPhone, &m.customer.external
			}
			var added bool
			err := conn.QueryRow(ctx, `select bench_receive($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
				uuid.UUID(a.company), uuid.UUID(a.integration), id.New(), "application/json", headers, m.body, m.vendorID, string(kind), m.customer.external,
				m.customer.name, phone, m.text, m.at, id.New(), id.New(), id.New()).Scan(&added)
			if err != nil {
				return err
			}
			if added == s.again {
				return fmt.Errorf("added = %t for a message that came before = %t", added, s.again)
			}
			s.done()
			return nil
		})
	}
	s, err := w.alone(func() (sample, error) {
		return w.charged(length, func(win load.Window) load.Result { return load.Closed(ctx, workers, win) })
	})
	if err != nil {
		return s, fmt.Errorf("load raw function: %w", err)
	}
	return s, w.settle(ctx)
}

// control is the same calls against a server that reads them and does nothing:
// what the load generator, the loopback and net/http cost by themselves.
func (w *world) control(run func(workers []load.Worker, win load.Window) load.Result, length time.Duration) (sample, error) {
	idle := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer idle.Close()
	shadow := newTraffic(w.accounts, contacts)
	var workers []load.Worker
	for i := range 64 {
		conn, s, buffer := load.Dial(idle.Listener.Addr().String()), shadow.known(seedOf(i)), make([]byte, 0, 2048)
		defer conn.Close()
		workers = append(workers, func(ctx context.Context) error {
			buffer = s.next().request(buffer[:0])
			_, err := conn.Do(ctx, buffer)
			s.done()
			return err
		})
	}
	s, err := w.alone(func() (sample, error) {
		return w.charged(length, func(win load.Window) load.Result { return run(workers, win) })
	})
	if err != nil {
		return s, fmt.Errorf("load control: %w", err)
	}
	return s, nil
}

// alone runs f while the server is stopped.
func (w *world) alone(f func() (sample, error)) (sample, error) {
	if err := w.server.pause(); err != nil {
		return sample{}, fmt.Errorf("pause server: %w", err)
	}
	s, err := f()
	if e := w.server.resume(); e != nil && err == nil {
		err = fmt.Errorf("resume server: %w", e)
	}
	return s, err
}

// seedOf gives every connection its own order of customers, the same for every
// contender and round.
func seedOf(i int) uint64 { return uint64(i) + 1 }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
