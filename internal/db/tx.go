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

const setCompany = `select set_config('app.company_id', $1, true)`

// Tx is a transaction that sees one company.
type Tx struct {
	conn    *pgx.Conn
	company id.Company
	begun   bool
	done    bool
}

// Company is the company this transaction sees.
func (t *Tx) Company() id.Company { return t.company }

// Query runs a statement that returns rows. Close them before the next statement.
func (t *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if t.begun {
		return t.conn.Query(ctx, sql, args...)
	}
	b := &pgx.Batch{}
	b.Queue("begin")
	b.Queue(setCompany, t.company.String())
	b.Queue(sql, args...)
	t.begun = true
	return pipelined(t.conn.SendBatch(ctx, b), 2)
}

// QueryRow runs a statement that returns at most one row.
func (t *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := t.Query(ctx, sql, args...)
	return oneRow{rows, err}
}

// Exec runs a statement that returns no rows.
func (t *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return exec(t.Query(ctx, sql, args...))
}

// ExecAll runs several statements in one round trip; the first error counts.
func (t *Tx) ExecAll(ctx context.Context, b *pgx.Batch) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	return t.conn.SendBatch(ctx, b).Close()
}

// begin begins the transaction unless a statement has.
func (t *Tx) begin(ctx context.Context) error {
	if t.begun {
		return nil
	}
	_, err := t.Exec(ctx, "select 1")
	return err
}

func (t *Tx) commit(ctx context.Context) error {
	if !t.begun {
		return nil
	}
	t.done = true
	tag, err := t.conn.Exec(ctx, "commit")
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// A failed statement that fn swallowed turns the commit into a rollback.
	if tag.String() != "COMMIT" {
		return errors.New("commit: transaction was rolled back")
	}
	return nil
}

func (t *Tx) rollback(ctx context.Context) {
	if !t.begun || t.done {
		return
	}
	// The caller's context may be over; the connection must not go back open.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := t.conn.Exec(ctx, "rollback"); err != nil {
		_ = t.conn.Close(ctx)
	}
}

// single runs each statement as a transaction of its own that sees one company.
// A batch without BEGIN is one implicit transaction, so the setting holds for
// the statement behind it and is gone after it.
type single struct {
	pool    *pgxpool.Pool
	company id.Company
}

func (s single) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	b := &pgx.Batch{}
	b.Queue(setCompany, s.company.String())
	b.Queue(sql, args...)
	return pipelined(s.pool.SendBatch(ctx, b), 1)
}

func (s single) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := s.Query(ctx, sql, args...)
	return oneRow{rows, err}
}

func (s single) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return exec(s.Query(ctx, sql, args...))
}

// pipelined skips the results of the statements that set the scene and returns
// the rows of the one that matters; closing them ends the batch.
func pipelined(br pgx.BatchResults, skip int) (pgx.Rows, error) {
	for range skip {
		if _, err := br.Exec(); err != nil {
			_ = br.Close()
			return nil, err
		}
	}
	rows, err := br.Query()
	if err != nil {
		_ = br.Close()
		return nil, err
	}
	return &batchRows{Rows: rows, batch: br}, nil
}

type batchRows struct {
	pgx.Rows
	batch  pgx.BatchResults
	closed bool
	err    error
}

func (r *batchRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *batchRows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.Rows.Close()
	r.err = r.batch.Close()
}

func (r *batchRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

type oneRow struct {
	rows pgx.Rows
	err  error
}

func (r oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

func exec(rows pgx.Rows, err error) (pgconn.CommandTag, error) {
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	rows.Close()
	return rows.CommandTag(), rows.Err()
}
