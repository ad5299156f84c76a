package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// setQuiet sets how long customers must be quiet before the bot answers, in the
// product's and the raw function's database.
func (w *world) setQuiet(ctx context.Context, quiet time.Duration) error {
	return w.both(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `update company set quiet = $1`, quiet)
		return err
	})
}

// settle treats every message as answered and every bot as on: no turn falls due
// in a later phase, and what fell due in one that a slow machine drew out leaves
// no trace. It also vacuums what the phase left behind, the same for both.
func (w *world) settle(ctx context.Context) error {
	return w.both(ctx, func(conn *pgx.Conn) error { return settle(ctx, conn) })
}

func settle(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `update mailbox set processed = last_in, first_due_at = null, due_at = null, bot_state = 'on', bot_reason = null
		where due_at is not null or bot_state <> 'on'`)
	if err != nil {
		return fmt.Errorf("settle conversations: %w", err)
	}
	if _, err := conn.Exec(ctx, `vacuum mailbox, conversation`); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

func (w *world) both(ctx context.Context, do func(*pgx.Conn) error) error {
	raw, err := w.connect(ctx, rawDB)
	if err != nil {
		return err
	}
	defer raw.Close(context.WithoutCancel(ctx))
	for _, conn := range []*pgx.Conn{w.admin, raw} {
		if err := do(conn); err != nil {
			return fmt.Errorf("prepare phase: %w", err)
		}
	}
	return nil
}

// autovacuum turns the cluster's own housekeeping on or off: it commits and
// writes when it likes.
func (w *world) autovacuum(ctx context.Context, to string) error {
	for _, sql := range []string{"alter system set autovacuum = " + to, "select pg_reload_conf()"} {
		if _, err := w.admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("turn autovacuum %s: %w", to, err)
		}
	}
	return nil
}

// verify counts what is stored against what was acknowledged: a fast inbox that
// loses, doubles or leaves half is no inbox.
func (w *world) verify(ctx context.Context, database string, t *traffic) error {
	conn, err := w.connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var messages, deliveries, repeats, contacts, conversations, unassigned, gaps, events int64
	err = conn.QueryRow(ctx, `select
		(select count(*) from message where direction = 'in'),
		(select count(*) from delivery), (select count(*) from delivery where state = 'duplicate'),
		(select count(*) from contact), (select count(*) from conversation), (select count(*) from conversation where assignee_id is null),
		(select count(*) from mailbox b where last_seq <> (select max(seq) from message m where m.company_id = b.company_id and m.conversation_id = b.conversation_id)),
		(select count(distinct ref) from event where kind = 'message')`).
		Scan(&messages, &deliveries, &repeats, &contacts, &conversations, &unassigned, &gaps, &events)
	if err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	people := t.strangers.Load()
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"messages", messages, t.New.Load()},
		{"deliveries", deliveries, t.New.Load() + t.Again.Load()},
		{"repeated deliveries", repeats, t.Again.Load()},
		{"contacts", contacts, people},
		{"conversations", conversations, people},
		{"conversations without agent", unassigned, 0},
		{"conversations whose last number is wrong", gaps, 0},
		{"conversations with events", events, people},
	} {
		if c.got != c.want {
			err = errors.Join(err, fmt.Errorf("%s in %s: %d, want %d", c.what, database, c.got, c.want))
		}
	}
	return err
}

// eventually asks until it is so, at most 30 seconds.
func eventually(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := so()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait: %w", ctx.Err())
		case <-tick.C:
		}
	}
}
