package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/localdb"
)

// database is the run's own PostgreSQL cluster, durable as in production, and one
// connection that sees every row.
type database struct {
	dir string
	log *slog.Logger
	url string

	breaking sync.Mutex // one breakage at a time
	cluster  *localdb.Cluster
	slowest  time.Duration // crash until another server answered

	using sync.Mutex
	conn  *pgx.Conn
}

const (
	lookAgain    = 20 * time.Millisecond
	restartBound = time.Minute
)

func openDatabase(ctx context.Context, dir string, log *slog.Logger) (*database, error) {
	d := &database{dir: dir, log: log}
	if err := d.start(ctx); err != nil {
		return nil, err
	}
	d.url = d.cluster.URL("postgres")
	return d, nil
}

func (d *database) start(ctx context.Context) error {
	cluster, err := localdb.Start(ctx, localdb.Config{Dir: d.dir, Log: d.log})
	if err != nil {
		return fmt.Errorf("start cluster: %w", err)
	}
	d.cluster = cluster
	return nil
}

// crash makes the server quit at once, as a failure would: nothing is flushed and
// every connection breaks. It returns when another server answers.
func (d *database) crash(ctx context.Context) error {
	d.breaking.Lock()
	defer d.breaking.Unlock()
	before, at := d.cluster.PID(), time.Now()
	if err := syscall.Kill(before, syscall.SIGQUIT); err != nil {
		return fmt.Errorf("crash server: %w", err)
	}
	err := within(ctx, restartBound, func() bool { return d.cluster.PID() != before })
	d.slowest = max(d.slowest, time.Since(at))
	return err
}

// outage takes the server away for a time, as abruptly as crash.
func (d *database) outage(ctx context.Context, lasts time.Duration) error {
	d.breaking.Lock()
	defer d.breaking.Unlock()
	hard, cancel := context.WithCancel(ctx)
	cancel() // an order without patience is an immediate one
	if err := d.cluster.Stop(hard); err != nil {
		return fmt.Errorf("stop server: %w", err)
	}
	pause(ctx, lasts)
	return d.start(context.WithoutCancel(ctx))
}

func (d *database) close() error {
	d.using.Lock()
	defer d.using.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if d.conn != nil {
		_ = d.conn.Close(ctx)
	}
	return d.cluster.Stop(ctx)
}

// query runs one statement as the superuser and gives its rows to read. A
// connection that broke is made anew at the next call.
func (d *database) query(ctx context.Context, sql string, read func(pgx.Rows) error) error {
	d.using.Lock()
	defer d.using.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if d.conn == nil || d.conn.IsClosed() {
		conn, err := pgx.Connect(ctx, d.url)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		if _, err := conn.Exec(ctx, "set search_path = sembang"); err != nil {
			return errors.Join(fmt.Errorf("choose schema: %w", err), conn.Close(ctx))
		}
		d.conn = conn
	}
	rows, err := d.conn.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := read(rows); err != nil {
		return err
	}
	return rows.Err()
}

// rowsOf reads all rows of a statement into structs by column name.
func rowsOf[T any](ctx context.Context, d *database, sql string) ([]T, error) {
	var list []T
	err := d.query(ctx, sql, func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
	return list, err
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

var errPatience = errors.New("it did not happen in time")

// within waits until done reports true.
func within(ctx context.Context, bound time.Duration, done func() bool) error {
	for deadline := time.Now().Add(bound); !done(); pause(ctx, lookAgain) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return errPatience
		}
	}
	return nil
}
