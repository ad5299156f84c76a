// Package db is the one door to PostgreSQL: pools per role, a connection bound to
// one company, migrations and roles. It knows no area and no table but its own.
package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"sembang/internal/id"
)

// Conn runs statements. What it may see depends on where it came from: a Tx and
// For see one company, Doors sees no tenant row except through door functions.
type Conn interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Config says where the database is and how much of it to use.
type Config struct {
	// URL is the admin login; pools take the app's roles with it unless the two
	// URLs below name logins of their own.
	URL         string
	AppURL      string
	PlatformURL string
	// MaxConns bounds the app's pool; 0 means 16. More is slower on few cores.
	MaxConns int32
}

// DB holds the pools. Its methods are the only way to a table.
type DB struct {
	app      *pgxpool.Pool
	platform *pgxpool.Pool
	counts   counter
	url      string
}

// Open connects as the app's roles. The schema must be there: see Migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{url: first(c.AppURL, c.URL)}
	app, err := d.pool(ctx, first(c.AppURL, c.URL), roleApp, max(c.MaxConns, 0))
	if err != nil {
		return nil, fmt.Errorf("open app pool: %w", err)
	}
	d.app = app
	d.platform, err = d.pool(ctx, first(c.PlatformURL, c.URL), rolePlatform, 2)
	if err != nil {
		app.Close()
		return nil, fmt.Errorf("open platform pool: %w", err)
	}
	return d, nil
}

func (d *DB) pool(ctx context.Context, url, role string, maxConns int32) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("read database address: not a PostgreSQL URL")
	}
	session(c.ConnConfig, role)
	c.ConnConfig.Tracer = &d.counts
	c.MaxConns = 16
	if maxConns > 0 {
		c.MaxConns = maxConns
	}
	c.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// session sets what every connection starts with. Nothing is set later for the
// whole session: behind a pooler that leaks to the next client.
func session(c *pgx.ConnConfig, role string) {
	c.RuntimeParams["role"] = role
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["application_name"] = "sembang"
	c.RuntimeParams["timezone"] = "UTC"
	c.RuntimeParams["statement_timeout"] = "10s"
	c.RuntimeParams["lock_timeout"] = "5s"
	c.RuntimeParams["idle_in_transaction_session_timeout"] = "5s"
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
}

// Close ends all connections, after the statements that run.
func (d *DB) Close() {
	d.app.Close()
	d.platform.Close()
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.app.Ping(ctx) }

// Doors runs door functions: the definer functions that may look across
// companies. Tenant tables are empty through it.
func (d *DB) Doors() Conn { return d.app }

// Platform runs what only the operator may do. Every use names an actor and
// belongs into the audit log.
func (d *DB) Platform() Conn { return d.platform }

// For returns a connection that sees one company. Each call is a transaction of
// its own, in one round trip; use it for reads and for single writes.
func (d *DB) For(company id.Company) Conn { return single{d.app, company} }

// InCompany runs fn in one transaction that sees one company, and commits if fn
// returns nil. The transaction begins with fn's first statement, in the same
// round trip. fn makes no network call and starts no goroutine that uses tx.
func (d *DB) InCompany(ctx context.Context, company id.Company, fn func(tx *Tx) error) error {
	conn, err := d.app.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire connection: %w", err)
	}
	defer conn.Release()
	tx := &Tx{conn: conn.Conn(), company: company}
	defer tx.rollback(ctx)
	if err := fn(tx); err != nil {
		return err
	}
	return tx.commit(ctx)
}

// Listen connects outside the pools for LISTEN, which a pooler cannot carry.
func (d *DB) Listen(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig(d.url)
	if err != nil {
		return nil, errors.New("read database address: not a PostgreSQL URL")
	}
	session(c, roleApp)
	return pgx.ConnectConfig(ctx, c)
}

// IsUnique tells whether err is a violation of the named unique constraint.
func IsUnique(err error, constraint string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505" && (constraint == "" || e.ConstraintName == constraint)
}

// IsDeadlock tells whether PostgreSQL chose this transaction to end a deadlock.
func IsDeadlock(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40P01" || e.Code == "40001")
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// IsBusy tells that the server gave up waiting: the same call may succeed later,
// the rows in it are not to blame.
func IsBusy(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "55P03" || e.Code == "57014")
}

// IsShutdown tells whether the server ended the connection itself: it restarts
// or was told to, and what was asked did not happen.
func IsShutdown(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && len(e.Code) == 5 && (e.Code[:3] == "57P" || e.Code[:2] == "08" || e.Code[:2] == "53")
}
