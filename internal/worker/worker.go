// Package worker runs what happens by itself: turns are answered, parts are sent,
// leftovers of deliveries are dealt with, partitions are rolled. Every node runs
// one; leases in the database keep them out of each other's way.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/realtime"
	"sembang/internal/reply"
)

// Config is what a worker works with.
type Config struct {
	DB        *db.DB
	Log       *slog.Logger
	Accounts  *integration.Accounts
	Providers map[channel.Kind]channel.Provider
	Engine    *reply.Engine
	Writer    *inbox.Writer
	// Turns and Sends wake the loops; Bell tells the open pages.
	Turns, Sends, Bell *realtime.Signal
	// Slots bounds the turns, and the sends, that run at once; 0 means 64.
	Slots int
}

// Worker is the loops of one node.
type Worker struct {
	Config
	turns running[inbox.Turn]
	sends running[inbox.Send]
}

const (
	poll        = 250 * time.Millisecond // a floor: signals are hints
	slowPoll    = 2 * time.Second
	failedWait  = time.Second
	upkeepEvery = time.Hour
)

// New returns a worker; Run starts it.
func New(c Config) *Worker {
	if c.Slots == 0 {
		c.Slots = 64
	}
	return &Worker{Config: c}
}

// Run works until ctx ends, then lets what runs finish.
func (w *Worker) Run(ctx context.Context) {
	var wait sync.WaitGroup
	wait.Go(func() { w.loop(ctx, "turns", poll, w.Turns, w.claimTurns) })
	wait.Go(func() { w.loop(ctx, "sends", poll, w.Sends, w.claimSends) })
	wait.Go(func() { w.loop(ctx, "deliveries", slowPoll, nil, w.claimDeliveries) })
	wait.Go(func() { w.loop(ctx, "upkeep", upkeepEvery, nil, w.keepUp) })
	// What has begun is finished, and keeps its leases until then.
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	var heart sync.WaitGroup
	heart.Go(func() { w.heartbeat(beating) })
	wait.Wait()
	w.turns.wait.Wait()
	w.sends.wait.Wait()
	stop()
	heart.Wait()
}

// loop calls claim until there is nothing to do, then waits for the signal or the
// poll. claim reports whether another call may find more.
func (w *Worker) loop(ctx context.Context, name string, every time.Duration, signal *realtime.Signal, claim func(context.Context) (bool, error)) {
	var woken <-chan struct{}
	if signal != nil {
		woken = signal.C()
	}
	for ctx.Err() == nil {
		more, err := guarded(ctx, claim)
		wait := every
		switch {
		case err != nil && ctx.Err() == nil:
			w.Log.ErrorContext(ctx, "claim failed", "loop", name, "error", err)
			wait = max(failedWait, every/60)
		case more:
			continue
		}
		select {
		case <-ctx.Done():
		case <-woken:
		case <-time.After(wait):
		}
	}
}

// heartbeat keeps the leases of what runs on this node.
func (w *Worker) heartbeat(ctx context.Context) {
	tick := time.NewTicker(inbox.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.beat(ctx)
	}
}

// beat extends all leases, those of sends first: a lost one makes an unknown.
func (w *Worker) beat(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, inbox.Heartbeat)
	defer cancel()
	if sends := w.sends.list(); len(sends) > 0 {
		if err := inbox.ExtendSends(ctx, w.DB, sends); err != nil {
			w.Log.WarnContext(ctx, "send leases not extended", "count", len(sends), "error", err)
		}
	}
	if turns := w.turns.list(); len(turns) > 0 {
		if err := inbox.ExtendTurns(ctx, w.DB, turns); err != nil {
			w.Log.WarnContext(ctx, "leases not extended", "count", len(turns), "error", err)
		}
	}
}

// claimTime bounds a claim. A claim is not cut by a node that stops: what it
// leased would be nobody's until the lease ends.
const claimTime = 10 * time.Second

// guarded calls claim with its own time. A panic becomes an error: one bad row must
// not end the program.
func guarded(ctx context.Context, claim func(context.Context) (bool, error)) (more bool, err error) {
	defer caught(&err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimTime)
	defer cancel()
	return claim(ctx)
}

// caught turns a panic into an error.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// keepUp makes the coming days' partitions, drops the old ones and deletes what
// has expired.
func (w *Worker) keepUp(ctx context.Context) (bool, error) {
	for _, door := range []string{`select roll_partitions()`, `select sweep_expired()`} {
		if _, err := w.DB.Doors().Exec(ctx, door); err != nil {
			return false, err
		}
	}
	return false, nil
}
