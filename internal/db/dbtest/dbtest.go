// Package dbtest gives each test a database of its own, cloned from a migrated
// template. It never owns the server: `make test` starts one and names it in
// SEMBANG_TEST_DATABASE_URL. A missing server is a failure, not a skip.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
)

const templateLock = 7311266

// New returns a fresh, migrated database and drops it when the test ends.
func New(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: URL(t), MaxConns: 6})
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(d.Close)
	return d
}

// URL returns the admin address of a fresh, migrated database.
func URL(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("SEMBANG_TEST_DATABASE_URL")
	if admin == "" {
		t.Fatal("SEMBANG_TEST_DATABASE_URL is not set: run the tests with `make test`")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer conn.Close(ctx)
	template := prepare(t, conn, admin)
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := conn.Exec(ctx, fmt.Sprintf("create database %s template %s strategy file_copy", name, template)); err != nil {
		t.Fatalf("clone test database: %v", err)
	}
	t.Cleanup(func() { drop(t, admin, name) })
	return withDatabase(t, admin, name)
}

// prepare migrates the template once per schema; test binaries that start
// together wait for the first.
func prepare(t testing.TB, conn *pgx.Conn, admin string) string {
	t.Helper()
	ctx := context.Background()
	name := "template_" + fingerprint(t)
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		t.Fatalf("lock template: %v", err)
	}
	defer conn.Exec(ctx, "select pg_advisory_unlock($1)", templateLock) //nolint:errcheck // the connection ends next
	var ready bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1 and datistemplate)", name).Scan(&ready); err != nil {
		t.Fatalf("look for template: %v", err)
	}
	if ready {
		return name
	}
	for _, sql := range []string{"drop database if exists " + name, "create database " + name} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("create template: %v", err)
		}
	}
	if err := db.Migrate(ctx, withDatabase(t, admin, name)); err != nil {
		t.Fatalf("migrate template: %v", err)
	}
	if _, err := conn.Exec(ctx, "alter database "+name+" is_template true"); err != nil {
		t.Fatalf("mark template: %v", err)
	}
	return name
}

// fingerprint names the schema by all that makes it, ours and River's.
func fingerprint(t testing.TB) string {
	t.Helper()
	sum := sha256.New()
	for _, dir := range []fs.FS{db.Migrations(), db.QueueMigrations()} {
		err := fs.WalkDir(dir, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := fs.ReadFile(dir, path)
			sum.Write(body)
			return err
		})
		if err != nil {
			t.Fatalf("read migrations: %v", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

func drop(t testing.TB, admin, name string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Logf("connect to drop %s: %v", name, err)
		return
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "drop database if exists "+name+" with (force)"); err != nil {
		t.Logf("drop %s: %v", name, err)
	}
}

func withDatabase(t testing.TB, admin, name string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("read SEMBANG_TEST_DATABASE_URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}
