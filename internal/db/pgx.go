package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// PGX is the transaction for libraries that know pgx only, such as River. It
// does not end the transaction: whoever opened it does.
func (t *Tx) PGX(ctx context.Context) (pgx.Tx, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return foreignTx{t}, nil
}

var errNotYours = errors.New("the transaction belongs to its caller")

// foreignTx lends a Tx; it is begun.
type foreignTx struct{ tx *Tx }

// Begin opens a savepoint.
func (f foreignTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := f.tx.conn.Exec(ctx, "savepoint lent"); err != nil {
		return nil, err
	}
	return savepoint{f}, nil
}

func (foreignTx) Commit(context.Context) error   { return errNotYours }
func (foreignTx) Rollback(context.Context) error { return errNotYours }

func (f foreignTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return f.tx.conn.CopyFrom(ctx, table, columns, rows)
}

func (f foreignTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return f.tx.conn.SendBatch(ctx, b)
}
func (foreignTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

func (f foreignTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return f.tx.conn.Prepare(ctx, name, sql)
}

func (f foreignTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return f.tx.conn.Exec(ctx, sql, args...)
}

func (f foreignTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return f.tx.conn.Query(ctx, sql, args...)
}

func (f foreignTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return f.tx.conn.QueryRow(ctx, sql, args...)
}
func (f foreignTx) Conn() *pgx.Conn { return f.tx.conn }

type savepoint struct{ foreignTx }

// Commit keeps what was done since Begin.
func (s savepoint) Commit(ctx context.Context) error {
	_, err := s.tx.conn.Exec(ctx, "release savepoint lent")
	return err
}

// Rollback takes it back.
func (s savepoint) Rollback(ctx context.Context) error {
	_, err := s.tx.conn.Exec(ctx, "rollback to savepoint lent")
	return err
}
