package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"sembang/cmd/bench/load"
	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/inbox"
	"sembang/internal/realtime"
)

// newWriter is the accept path alone, without HTTP and without a worker.
func newWriter(d *db.DB, log *slog.Logger) *inbox.Writer {
	return inbox.NewWriter(d, log, realtime.NewSignal(), realtime.NewSignal())
}

// headers is what the product keeps of these calls' headers.
const headers = `{"User-Agent":["bench"]}`

// delivery is m as the webhook handler hands it to the writer.
func (m message) delivery() inbox.Delivery {
	a := m.customer.account
	in := channel.Inbound{
		VendorID: m.vendorID, From: channel.Address{Kind: channel.AddressChat, Value: m.customer.external},
		Name: m.customer.name, Content: "text", Text: m.text, SentAt: m.at.UTC(),
	}
	if a.channel == channel.OnSend {
		in.From.Kind, in.Phone = channel.AddressPhone, m.customer.external
	}
	return inbox.Delivery{
		Company: a.company, Integration: a.integration, ContentType: "application/json", Headers: json.RawMessage(headers),
		Body: m.body, State: inbox.StateDone, Messages: []channel.Inbound{in},
	}
}

// economy is what one message costs in ways that do not depend on the machine.
type economy struct{ trips, statements, commits, wal float64 }

// countEconomy runs the writer in this process, since only there its round trips
// can be counted, on a database of its own with autovacuum off: n messages, from
// so many callers at once.
func (w *world) countEconomy(ctx context.Context, callers, n int, next func(seed uint64) *stream) (economy, error) {
	d, err := db.Open(ctx, db.Config{URL: w.cluster.URL(countDB)})
	if err != nil {
		return economy{}, fmt.Errorf("open database: %w", err)
	}
	observer, err := w.connect(ctx, "postgres")
	if err != nil {
		d.Close()
		return economy{}, err
	}
	defer observer.Close(context.WithoutCancel(ctx))
	commits, wal, err := w.position(ctx, observer)
	if err != nil {
		d.Close()
		return economy{}, err
	}
	before := d.Counts()
	err = writeAll(ctx, newWriter(d, w.log), callers, n, next)
	after := d.Counts()
	d.Close() // a connection's statistics are complete when it has ended
	if err != nil {
		return economy{}, err
	}
	var commitsAfter, walAfter int64
	err = eventually(ctx, func() (bool, error) {
		var open int
		if err := observer.QueryRow(ctx, `select count(*) from pg_stat_activity where datname = $1`, countDB).Scan(&open); err != nil || open > 0 {
			return false, err
		}
		commitsAfter, walAfter, err = w.position(ctx, observer)
		return true, err
	})
	if err != nil {
		return economy{}, fmt.Errorf("read statistics: %w", err)
	}
	per := func(total int64) float64 { return float64(total) / float64(n) }
	return economy{
		trips: per(after.RoundTrips - before.RoundTrips), statements: per(after.Statements - before.Statements),
		commits: per(commitsAfter - commits), wal: per(walAfter - wal),
	}, nil
}

// position reads how many transactions the counting database committed and how
// far the write-ahead log goes.
func (w *world) position(ctx context.Context, observer *pgx.Conn) (commits, wal int64, err error) {
	err = observer.QueryRow(ctx, `select xact_commit, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint from pg_stat_database where datname = $1`, countDB).
		Scan(&commits, &wal)
	if err != nil {
		return 0, 0, fmt.Errorf("read statistics: %w", err)
	}
	return commits, wal, nil
}

// writeAll writes n messages from so many callers, and closes the writer.
func writeAll(ctx context.Context, writer *inbox.Writer, callers, n int, next func(seed uint64) *stream) error {
	defer writer.Close()
	failed := make(chan error, callers)
	for i := range callers {
		s := next(uint64(i))
		go func() {
			var err error
			for range n / callers {
				if err == nil {
					_, err = writer.Write(ctx, s.next().delivery())
					s.done()
				}
			}
			failed <- err
		}()
	}
	var err error
	for range callers {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

// writerWorkers write through the accept path alone.
func writerWorkers(writer *inbox.Writer, streams []*stream) []load.Worker {
	workers := make([]load.Worker, len(streams))
	for i, s := range streams {
		workers[i] = func(ctx context.Context) error {
			if _, err := writer.Write(ctx, s.next().delivery()); err != nil {
				return err
			}
			s.done()
			return nil
		}
	}
	return workers
}
