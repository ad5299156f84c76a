package chaos

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// happened is what was really done in a run.
type happened struct {
	acks                             []ack
	copies, swapped, poison          int
	kills, restarts, outages, pauses int
	spans                            []span        // outages and pauses
	slowest                          time.Duration // restart of the database
	violations                       []Violation
}

// span is a time in which the system could not work.
type span struct{ From, To time.Time }

// happen lets customers write and blows fall, both by the plan, and waits until
// nothing is left to do.
func (w *world) happen(ctx context.Context) (happened, error) {
	if err := w.addVendorAccounts(); err != nil {
		return happened{}, err
	}
	watch := newWatch(w.db)
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	var wait sync.WaitGroup
	wait.Go(func() { watch.run(watching) })

	started := time.Now()
	l := &load{w: w, started: started, answers: map[int]int{}}
	loading, cancel := context.WithDeadline(ctx, started.Add(w.plan.Length+ackBound+w.downtime()))
	defer cancel()
	var h happened
	var struck sync.WaitGroup
	var strikeErr error
	struck.Go(func() { strikeErr = w.strike(ctx, started, &h) })
	loadErr := l.run(loading)
	struck.Wait()
	if strikeErr != nil {
		return h, strikeErr
	}
	if loadErr != nil {
		return h, loadErr
	}
	fmt.Fprintf(w.c.Out, "delivered %d webhooks and %d copies in %d attempts (answers by status, 0 for none: %v); waiting until nothing is left to do\n",
		len(l.acks), l.copies, l.attempts, l.answers)
	w.settle(ctx)
	stopWatching()
	wait.Wait()
	h.acks, h.copies = l.acks, l.copies
	h.violations = append(append(h.violations, l.refused...), watch.violations...)
	w.count(&h)
	h.slowest = w.db.slowest
	return h, ctx.Err()
}

func (w *world) downtime() time.Duration {
	var all time.Duration
	for _, b := range w.plan.Blows {
		all += b.For
	}
	return all
}

func (w *world) count(h *happened) {
	for _, v := range w.plan.Chats {
		for _, l := range v.Letters {
			if l.Swapped {
				h.swapped++
			}
			if l.Subject == spoilt {
				h.poison++
			}
		}
	}
	for _, n := range w.nodes {
		for _, end := range n.endings() {
			h.violations = append(h.violations, Violation{Broken, n.name, end})
		}
	}
}

// strike does what the plan does to the system. What lasts goes on beside the
// rest.
func (w *world) strike(ctx context.Context, started time.Time, h *happened) error {
	var mu sync.Mutex
	var lasting sync.WaitGroup
	var failed error
	for _, b := range w.plan.Blows {
		pause(ctx, time.Until(started.Add(b.At)))
		if ctx.Err() != nil {
			break
		}
		lasting.Go(func() {
			from := time.Now()
			done, err := w.blow(ctx, b)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = fmt.Errorf("%s: %w", b.Kind, err)
			}
			if done {
				h.add(b.Kind, span{from, time.Now()})
			}
		})
	}
	lasting.Wait()
	return failed
}

// blow strikes once and reports whether there was something to strike.
func (w *world) blow(ctx context.Context, b blow) (bool, error) {
	n := w.nodes[b.Node]
	switch b.Kind {
	case blowKill:
		// A node that just ended is back in a moment.
		return true, within(ctx, startTime, n.kill)
	case blowRestart:
		return true, w.db.crash(ctx)
	case blowOutage:
		return true, w.db.outage(ctx, b.For)
	case blowPause:
		asleep := false
		err := within(ctx, startTime, func() bool { asleep = n.sleep(ctx, b.For); return asleep })
		return asleep, err
	}
	return false, nil
}

func (h *happened) add(kind blowKind, s span) {
	switch kind {
	case blowKill:
		h.kills++
	case blowRestart:
		h.restarts++
	case blowOutage:
		h.outages++
		h.spans = append(h.spans, s)
	case blowPause:
		h.pauses++
		h.spans = append(h.spans, s)
	}
}

type leftover struct {
	Turns      int `db:"turns"`
	Parts      int `db:"parts"`
	Deliveries int `db:"deliveries"`
}

const leftovers = `select
	(select count(*) from mailbox where due_at is not null and bot_state <> 'paused')::int as turns,
	(select count(*) from outbox where state in ('queued', 'sending'))::int as parts,
	(select count(*) from delivery where next_at is not null or state in ('raw', 'pending'))::int as deliveries`

// settle waits until no turn, part or delivery is left, for settleBound at most.
// What is still there then the audit finds.
func (w *world) settle(ctx context.Context) {
	var left leftover
	err := within(ctx, settleBound, func() bool {
		pause(ctx, 10*lookAgain)
		list, err := rowsOf[leftover](ctx, w.db, leftovers)
		if err != nil || len(list) != 1 {
			return false
		}
		left = list[0]
		return left == leftover{}
	})
	if err != nil {
		fmt.Fprintf(w.c.Out, "not settled after %s: %d turns, %d parts, %d deliveries are left\n", settleBound, left.Turns, left.Parts, left.Deliveries)
	}
}
