package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sembang/cmd/bench/load"
)

const (
	askers       = 50 // questions a second
	answersAfter = 12 * time.Second
)

// replyOverhead lets customers ask what a template answers, 50 a second, each
// once, spread over all accounts, with quiet = 0. It is measured from the moment
// the webhook's acknowledgement was read to the moment the vendor's simulator
// read the answer's request: one clock, two processes, nothing subtracted.
func (w *world) replyOverhead(ctx context.Context) ([]time.Duration, error) {
	if err := w.setQuiet(ctx, 0); err != nil {
		return nil, err
	}
	if err := w.forget(ctx); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	acknowledged := map[string]time.Time{}
	var turn atomic.Int64
	workers, closeAll := w.askers(func() *customer {
		return w.people.customers[(int(turn.Add(1))-1)%len(w.people.customers)]
	}, func(c *customer) {
		mu.Lock()
		defer mu.Unlock()
		acknowledged[c.account.device+"/"+c.external] = time.Now()
	})
	defer closeAll()
	r := load.Open(ctx, workers, askers, load.Window{Warm: warm, Length: answersAfter})
	if r.Failed > 0 {
		return nil, fmt.Errorf("%d questions failed, the first: %w", r.Failed, r.Err)
	}
	var took []time.Duration
	var answers map[string]time.Time
	err := eventually(ctx, func() (_ bool, err error) {
		answers, err = w.answered(ctx)
		if err != nil || len(answers) < len(acknowledged) {
			return false, err
		}
		for who, at := range acknowledged {
			took = append(took, answers[who].Sub(at))
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("await answers to %d questions, %d came: %w", len(acknowledged), len(answers), err)
	}
	slices.Sort(took)
	return took, w.settle(ctx)
}

func (w *world) askers(pick func() *customer, acknowledged func(*customer)) (workers []load.Worker, closeAll func()) {
	var open []*load.Conn
	for range 16 {
		conn, buffer := load.Dial(w.server.address), make([]byte, 0, 2048)
		open = append(open, conn)
		workers = append(workers, func(ctx context.Context) error {
			c := pick()
			buffer = c.write(question).request(buffer[:0])
			status, err := conn.Do(ctx, buffer)
			if err != nil {
				return err
			}
			if status != http.StatusOK {
				return fmt.Errorf("status %d", status)
			}
			acknowledged(c)
			w.people.New.Add(1)
			return nil
		})
	}
	return workers, func() {
		for _, c := range open {
			c.Close()
		}
	}
}

// answering is the same load as product's, with every company's bot answering.
type answering struct {
	sample
	replies int64 // sent inside the load
	backlog int64 // conversations that waited when the load ended
}

func (w *world) answer(ctx context.Context, length time.Duration) (answering, error) {
	if err := w.setQuiet(ctx, usualQuiet); err != nil {
		return answering{}, err
	}
	w.people.text = question
	workers, closeAll := w.webhookWorkers(64, w.people.known)
	defer closeAll()
	var before int64
	count := func(to *int64) error {
		return w.admin.QueryRow(ctx, `select count(*) from outbox where state = 'sent'`).Scan(to)
	}
	if err := count(&before); err != nil {
		return answering{}, fmt.Errorf("count answers: %w", err)
	}
	var a answering
	var err error
	a.sample, err = w.charged(length, func(win load.Window) load.Result { return load.Closed(ctx, workers, win) })
	if err != nil {
		return a, fmt.Errorf("load answering server: %w", err)
	}
	err = errors.Join(count(&a.replies), w.admin.QueryRow(ctx, `select count(*) from mailbox where due_at is not null`).Scan(&a.backlog))
	if err != nil {
		return a, fmt.Errorf("count answers: %w", err)
	}
	a.replies -= before
	return a, nil
}
