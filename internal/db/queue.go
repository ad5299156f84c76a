package db

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// QueueSchema is where River keeps its tables. They hold ids only and have no
// row-level security: River fills them with COPY.
const QueueSchema = "river"

const queueLock = 7311267

// QueueDriver returns the connection River works with: a small pool of its own,
// so that side jobs cannot take the conversations' connections. The second result
// closes it, after River has stopped.
func (d *DB) QueueDriver(ctx context.Context) (*riverpgxv5.Driver, func(), error) {
	pool, err := d.pool(ctx, d.url, roleApp, queueConns)
	if err != nil {
		return nil, nil, fmt.Errorf("open queue pool: %w", err)
	}
	return riverpgxv5.New(pool), pool.Close, nil
}

const queueConns = 6

// QueueMigrations returns River's SQL files; see Migrations.
func QueueMigrations() fs.FS {
	driver := riverpgxv5.New(nil)
	return driver.GetMigrationFS(driver.GetMigrationDefaultLines()[0])
}

// migrateQueue brings River's tables up to date and lets the app's role use them.
func migrateQueue(ctx context.Context, c *pgx.ConnConfig) error {
	lock, err := pgx.ConnectConfig(ctx, c.Copy())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer lock.Close(context.WithoutCancel(ctx)) // which gives the lock back
	if _, err := lock.Exec(ctx, `select pg_advisory_lock($1)`, queueLock); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	config, err := pgxpool.ParseConfig(c.ConnString())
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	config.ConnConfig, config.MaxConns = c.Copy(), 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("open pool: %w", err)
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: QueueSchema})
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("apply migrations: %w", err)
	}
	if _, err := lock.Exec(ctx, `
		revoke all on all functions in schema river from public;
		grant usage on schema river to sembang_app;
		grant select, insert, update, delete on all tables in schema river to sembang_app;
		revoke insert, update, delete on river.river_migration from sembang_app;
		grant usage on all sequences in schema river to sembang_app;
		grant execute on all functions in schema river to sembang_app`); err != nil {
		return fmt.Errorf("grant: %w", err)
	}
	return nil
}
