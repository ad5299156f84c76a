// Package chaos is the kill test: it runs two nodes of the product against a
// database of its own and simulated vendors, kills, pauses and cuts them by a plan
// that follows from a seed, and then audits what the database and the vendors
// remember. It knows the product's tables and vendors' wire formats; the product
// knows nothing of it.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Config says how much chaos there is. The same Config gives the same plan.
type Config struct {
	// Messages is how many webhooks are delivered, copies not counted, and Rate
	// how many of them a second.
	Messages int
	Rate     float64
	// Kills is how often a node is killed, Restarts how often the database server
	// is, both without warning.
	Kills    int
	Restarts int
	// Outages is how often the database goes away for Outage, Pauses how often a
	// node is stopped for Pause and goes on after it.
	Outages int
	Outage  time.Duration
	Pauses  int
	Pause   time.Duration
	// Seed decides texts, copies, order, faults and the moments of everything.
	Seed uint64
	// Out gets the story of the run, Log what goes wrong in the harness's parts.
	Out io.Writer
	Log *slog.Logger
	// Keep leaves the folder with the logs of nodes and database behind; a run
	// that found something always does.
	Keep bool
}

const (
	defaultRate  = 20
	leastOutage  = 30 * time.Second
	leastPause   = 10 * time.Second
	ackBound     = 2 * time.Minute  // after the load's planned end
	settleBound  = 90 * time.Second // every part must have ended by then
	killsARaise  = 10               // one database restart per so many kills
	leastRestart = 2
	slowest      = 5 // replies that are told of
)

func (c Config) withDefaults() (Config, error) {
	if c.Messages < 1 || c.Kills < 0 || c.Outages < 0 || c.Pauses < 0 {
		return c, errors.New("messages must be at least 1, and nothing negative")
	}
	if c.Rate <= 0 {
		c.Rate = defaultRate
	}
	if c.Restarts == 0 {
		c.Restarts = max(leastRestart, c.Kills/killsARaise)
	}
	if c.Outage <= 0 {
		c.Outage = leastOutage
	}
	if c.Pause <= 0 {
		c.Pause = leastPause
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Run makes the world, lets the plan happen and audits what is left of it. The
// violations it finds are printed to Config.Out and counted in the Result; the
// error is for a run that did not come to an end.
func Run(ctx context.Context, c Config) (_ Result, err error) {
	c, err = c.withDefaults()
	if err != nil {
		return Result{}, err
	}
	started := time.Now()
	p := newPlan(c)
	fmt.Fprint(c.Out, p)
	w, err := newWorld(ctx, c, p)
	if err != nil {
		return Result{}, fmt.Errorf("make world: %w", err)
	}
	found := true
	defer func() { err = errors.Join(err, w.close(c.Keep || found)) }()
	h, err := w.happen(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("run plan: %w", err)
	}
	e, err := w.evidence(ctx, h)
	if err != nil {
		return Result{}, fmt.Errorf("collect evidence: %w", err)
	}
	v := audit(e)
	v.Violations = append(v.Violations, h.violations...)
	found = len(v.Violations) > 0
	for _, slow := range v.Waits[max(0, len(v.Waits)-slowest):] {
		fmt.Fprintln(c.Out, "slow:", slow)
	}
	for _, violation := range v.Violations {
		fmt.Fprintln(c.Out, violation)
	}
	return newResult(c, h, v, time.Since(started)), nil
}
