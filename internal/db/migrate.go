package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	schema       = "sembang"
	roleOwner    = "sembang_owner"
	roleExempt   = "sembang_exempt"
	roleApp      = "sembang_app"
	rolePlatform = "sembang_platform"
)

// Migrations returns the SQL files in order of their names, for those who need
// to know whether the schema changed.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrations
	}
	return sub
}

// Migrate makes the roles and brings the schema of url's database up to date.
// url is an admin login (CREATEROLE is enough). Nodes that start together wait
// for each other.
func Migrate(ctx context.Context, url string) error {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("read database address: not a PostgreSQL URL")
	}
	if err := ensureRoles(ctx, c.Copy()); err != nil {
		return fmt.Errorf("ensure roles: %w", err)
	}
	c.RuntimeParams["role"] = roleOwner
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["timezone"] = "UTC"
	sqldb := stdlib.OpenDB(*c)
	defer sqldb.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("make migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, sqldb, Migrations(), goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("apply migrations: %w", err)
	}
	if err := migrateQueue(ctx, c); err != nil {
		return fmt.Errorf("migrate queue: %w", err)
	}
	return nil
}
