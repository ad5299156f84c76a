package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"sembang/cmd/bench/load"
	"sembang/cmd/bench/proc"
)

const (
	yardstick = "raw_pg_function_per_message_c16"
	rawCPU    = "raw_pg_cpu_ms_per_message"
	noisyFrom = 0.3
)

// turns are one contender's samples, a round each.
type turns []sample

func (t turns) each(of func(sample) float64) []float64 {
	values := make([]float64, len(t))
	for i, s := range t {
		values[i] = of(s)
	}
	return values
}

func perSecond(s sample) float64 { return s.PerSecond() }
func totalCPU(s sample) float64  { return s.perMessage(s.server + s.postgres) }
func serverCPU(s sample) float64 { return s.perMessage(s.server) }
func pgCPU(s sample) float64     { return s.perMessage(s.postgres) }
func benchCPU(s sample) float64  { return s.perMessage(s.bench) }
func quantile(q float64) func(sample) float64 {
	return func(s sample) float64 { return milliseconds(s.Quantile(q)) }
}

// measure takes every measure, in an order that leaves later ones undisturbed.
func (w *world) measure(ctx context.Context, o options) (*report, error) {
	if err := w.installRaw(ctx); err != nil {
		return nil, err
	}
	r := &report{}
	started, err := w.starts(ctx, 5)
	if err != nil {
		return nil, err
	}
	idle, err := w.idleMemory(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.inbound(ctx, o, r); err != nil {
		return nil, err
	}
	loaded, err := w.memory()
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *report) error{w.rates, w.counts, w.replies} {
		if err := step(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := w.check(ctx); err != nil {
		return nil, err
	}
	r.repeated("start_time", started, "ms")
	r.add("rss_idle", megabytes(idle.Now), "MB", "")
	r.add("rss_loaded", megabytes(loaded.Now), "MB", fmt.Sprintf("peak %.1f", megabytes(loaded.Peak)))
	size, err := w.binarySize()
	if err != nil {
		return nil, err
	}
	r.add("binary_size", size, "MB", "")
	took := load.Result{Took: matchTimes(10_000)}
	r.add("template_match_p50", microseconds(took.Quantile(0.5)), "µs", "10,000 templates")
	r.add("template_match_p99", microseconds(took.Quantile(0.99)), "µs", "")
	return r, nil
}

func (w *world) installRaw(ctx context.Context) error {
	conn, err := w.connect(ctx, rawDB)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, rawFunction); err != nil {
		return fmt.Errorf("create raw function: %w", err)
	}
	return nil
}

// idleMemory is what the server holds after it did nothing for two seconds.
func (w *world) idleMemory(ctx context.Context) (proc.Memory, error) {
	select {
	case <-ctx.Done():
		return proc.Memory{}, ctx.Err()
	case <-time.After(2 * time.Second):
	}
	return w.memory()
}

// inbound lets the contenders take turns.
func (w *world) inbound(ctx context.Context, o options, r *report) error {
	var nothing, raw, c16, c64, fresh turns
	r.add("load_average", proc.Load(), "", "of the machine, before the first round")
	for n := range o.rounds {
		fmt.Fprintf(os.Stderr, "bench: round %d of %d, load average %.1f\n", n+1, o.rounds, proc.Load())
		for _, turn := range []struct {
			to  *turns
			run func() (sample, error)
		}{
			{&nothing, func() (sample, error) { return w.control(closed(ctx), o.length/2) }},
			{&raw, func() (sample, error) { return w.raw(ctx, 16, o.length) }},
			{&c16, func() (sample, error) { return w.product(ctx, 16, o.length, w.people.known) }},
			{&c64, func() (sample, error) { return w.product(ctx, 64, o.length, w.people.known) }},
			{&fresh, func() (sample, error) { return w.product(ctx, 64, o.length/2, w.people.unknown) }},
		} {
			s, err := turn.run()
			if err != nil {
				return err
			}
			*turn.to = append(*turn.to, s)
		}
	}
	r.compare("inbound_messages_per_s_c16", c16.each(perSecond), "1/s", yardstick, raw.each(perSecond))
	r.compare("inbound_messages_per_s_c64", c64.each(perSecond), "1/s", yardstick, raw.each(perSecond))
	r.repeated(yardstick, raw.each(perSecond), "1/s")
	r.repeated("inbound_p50_c16", c16.each(quantile(0.5)), "ms")
	r.repeated("inbound_p99_c16", c16.each(quantile(0.99)), "ms")
	r.repeated("inbound_p50_c64", c64.each(quantile(0.5)), "ms")
	r.repeated("inbound_p99_c64", c64.each(quantile(0.99)), "ms")
	r.compare("inbound_cpu_ms_per_message", c64.each(totalCPU), "ms", rawCPU, raw.each(pgCPU))
	r.repeated("inbound_server_cpu_ms_per_message", c64.each(serverCPU), "ms")
	r.repeated("inbound_pg_cpu_ms_per_message", c64.each(pgCPU), "ms")
	r.repeated("inbound_cpu_ms_per_message_c16", c16.each(totalCPU), "ms")
	r.repeated(rawCPU, raw.each(pgCPU), "ms")
	r.compare("new_contacts_per_s_c64", fresh.each(perSecond), "1/s", yardstick, raw.each(perSecond))
	r.repeated("new_contact_cpu_ms_per_message", fresh.each(totalCPU), "ms")
	r.repeated("control_posts_per_s_c64", nothing.each(perSecond), "1/s")
	r.repeated("load_generator_cpu_ms_per_message", c64.each(benchCPU), "ms")
	apart := max(spread(nothing.each(perSecond)), spread(raw.each(perSecond)))
	r.add("yardstick_spread", 100*apart, "%", "highest - lowest of the rounds, of their median")
	noisy, note := 0.0, "wall times may be compared"
	if apart > noisyFrom {
		noisy, note = 1, "NOISY: the machine did other things too; only CPU times and counts give a verdict"
	}
	r.add("noisy", noisy, "", note)
	return nil
}

func closed(ctx context.Context) func([]load.Worker, load.Window) load.Result {
	return func(workers []load.Worker, win load.Window) load.Result { return load.Closed(ctx, workers, win) }
}

// rates measures acknowledgements at fixed rates, beside a server that does nothing.
func (w *world) rates(ctx context.Context, r *report) error {
	for _, rate := range []int{100, 1000} {
		length := 6 * time.Second
		got, err := w.productAt(ctx, rate, length)
		if err != nil {
			return err
		}
		nothing, err := w.control(func(workers []load.Worker, win load.Window) load.Result {
			return load.Open(ctx, workers, rate, win)
		}, length/2)
		if err != nil {
			return err
		}
		for _, q := range []struct {
			name string
			of   float64
		}{{"p50", 0.5}, {"p99", 0.99}} {
			r.add(fmt.Sprintf("ack_%s_at_%d", q.name, rate), quantile(q.of)(got), "ms",
				fmt.Sprintf("from the intended start; a server that does nothing %.2f", quantile(q.of)(nothing)))
		}
	}
	return nil
}

// counts measures what does not depend on the machine.
func (w *world) counts(ctx context.Context, r *report) error {
	if err := w.server.pause(); err != nil {
		return fmt.Errorf("pause server: %w", err)
	}
	defer w.server.resume() //nolint:errcheck // it only fails for a server that ended, which the next step sees
	if err := w.autovacuum(ctx, "off"); err != nil {
		return err
	}
	t := w.copyOfPeople()
	for _, c := range []struct {
		name       string
		callers, n int
		next       func(uint64) *stream
	}{
		{"_one_by_one", 1, 500, t.known},
		{"_new_contact", 1, 500, t.unknown},
		{"", 64, 64 * 100, t.known},
	} {
		e, err := w.countEconomy(ctx, c.callers, c.n, c.next)
		if err != nil {
			return fmt.Errorf("count what a message takes: %w", err)
		}
		note := fmt.Sprintf("writer alone, %d callers, %d messages", c.callers, c.n)
		r.add("round_trips_per_message"+c.name, e.trips, "", note)
		r.add("statements_per_message"+c.name, e.statements, "", "sent by the client; inside, the door runs 4 a batch, more for new contacts")
		r.add("commits_per_message"+c.name, e.commits, "", "")
		r.add("wal_bytes_per_message"+c.name, e.wal, "B", "")
	}
	return w.autovacuum(ctx, "on")
}

// replies measures answers, last: they change the conversations.
func (w *world) replies(ctx context.Context, r *report) error {
	if err := w.introduce(ctx); err != nil {
		return err
	}
	took, err := w.replyOverhead(ctx)
	if err != nil {
		return err
	}
	answers := load.Result{Took: took}
	r.add("reply_overhead_p50", milliseconds(answers.Quantile(0.5)), "ms", "webhook acknowledged → request at the vendor, template, quiet = 0, 50/s over 40 accounts")
	r.add("reply_overhead_p99", milliseconds(answers.Quantile(0.99)), "ms", fmt.Sprintf("%d answers", len(took)))
	a, err := w.answer(ctx, 4*time.Second)
	if err != nil {
		return err
	}
	r.add("inbound_messages_per_s_c64_replies_on", a.PerSecond(), "1/s", "the bot answers; quiet = 400 ms")
	r.add("replies_per_s_under_load", float64(a.replies)/(a.Length+warm).Seconds(), "1/s", fmt.Sprintf("%d conversations still waited at the end", a.backlog))
	r.add("inbound_cpu_ms_per_message_replies_on", totalCPU(a.sample), "ms", "server + PostgreSQL, answers included")
	return nil
}

// check ends the server and counts what is stored.
func (w *world) check(ctx context.Context) error {
	if err := w.verify(ctx, rawDB, w.peers); err != nil {
		return err
	}
	return w.verify(ctx, productDB, w.people)
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
