package audit_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/audit"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/secret"
)

type world struct {
	db      *db.DB
	url     string
	company id.Company
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{url: dbtest.URL(t), company: id.Company(id.New())}
	var err error
	if w.db, err = db.Open(t.Context(), db.Config{URL: w.url, MaxConns: 4}); err != nil {
		t.Fatalf("Open() = %v", err)
	}
	t.Cleanup(w.db.Close)
	if _, err := w.db.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, w.company); err != nil {
		t.Fatalf("add company: %v", err)
	}
	return w
}

func (w *world) append(t *testing.T, ctx context.Context, e audit.Entry) {
	t.Helper()
	err := w.db.InCompany(ctx, w.company, func(tx *db.Tx) error { return audit.Append(ctx, tx, e) })
	if err != nil {
		t.Fatalf("Append(%s) = %v", e.Action, err)
	}
}

func (w *world) verify(t *testing.T) audit.Verdict {
	t.Helper()
	v, err := audit.Verify(t.Context(), w.db.For(w.company), w.company)
	if err != nil {
		t.Fatalf("Verify() = %v", err)
	}
	return v
}

// forge changes rows as somebody who owns the database can.
func (w *world) forge(t *testing.T, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("forge: %v", err)
	}
}

func TestAnEntryTellsWhoDidWhatAndHidesSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aina := uuid.New()
	ctx := audit.As(t.Context(), audit.Actor{Kind: audit.User, ID: aina, Name: "Aina", Address: "203.0.113.7", Request: "r1"})
	w.append(t, ctx, audit.Entry{
		Action: "integration.changed", TargetKind: "integration", Target: "t1", Reason: "rotation",
		Before: map[string]any{"name": "Shop", "token": "canary-1"},
		After:  map[string]any{"name": "Kedai", "nested": []any{map[string]any{"api_key": "canary-2"}}, "sealed": secret.New("canary-3")},
	})
	list, err := audit.List(t.Context(), w.db.For(w.company), w.company, audit.Filter{Limit: 10, Actor: &aina, Area: "integration", Target: "t1"})
	if err != nil || len(list) != 1 {
		t.Fatalf("List() = %d entries, %v, want 1", len(list), err)
	}
	r := list[0]
	if r.ActorName != "Aina" || r.Address != "203.0.113.7" || r.RequestID != "r1" || r.Reason != "rotation" {
		t.Errorf("List() = %+v, want who and from where", r)
	}
	if got := *r.Before + *r.After; strings.Contains(got, "canary") || !strings.Contains(got, "Kedai") {
		t.Errorf("detail = %s, want names without secrets", got)
	}
}

func TestAChangedMissingOrAddedEntryBreaksTheChain(t *testing.T) {
	t.Parallel()
	forgeries := map[string]struct {
		sql    string
		broken int64
	}{
		"a word changed":      {`update sembang.audit_entry set actor_name = 'Ben' where seq = 2`, 2},
		"a detail changed":    {`update sembang.audit_entry set after = '{"n":9}' where seq = 3`, 3},
		"a row gone":          {`delete from sembang.audit_entry where seq = 2`, 3},
		"the last gone":       {`delete from sembang.audit_entry where seq = 4`, 4},
		"the first gone":      {`delete from sembang.audit_entry where seq = 1`, 2},
		"two swapped":         {`update sembang.audit_entry set seq = 10 - seq where seq in (2, 3)`, 4},
		"the head turned":     {`update sembang.audit_head set seq = 3`, 3},
		"the head taken away": {`delete from sembang.audit_head`, 1},
	}
	for name, f := range forgeries {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for n := range 4 {
				w.append(t, t.Context(), audit.Entry{Action: "company.changed", TargetKind: "company", Target: "x", After: map[string]int{"n": n}})
			}
			if v := w.verify(t); v.Broken != 0 || v.Entries != 4 || len(v.Head) != 64 {
				t.Fatalf("Verify() = %+v, want 4 entries that hold", v)
			}
			w.forge(t, f.sql)
			if v := w.verify(t); v.Broken != f.broken {
				t.Errorf("Verify() = %+v, want broken at %d", v, f.broken)
			}
		})
	}
}

func TestEntriesOfManyAtOnceFormOneChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wait sync.WaitGroup
	for n := range 20 {
		wait.Go(func() {
			ctx := audit.As(t.Context(), audit.Actor{Kind: audit.User, ID: uuid.New(), Name: fmt.Sprintf("Agent %d", n)})
			for range 5 {
				err := w.db.InCompany(ctx, w.company, func(tx *db.Tx) error {
					return audit.Append(ctx, tx, audit.Entry{Action: "user.changed", TargetKind: "user", Target: "u"})
				})
				if err != nil {
					t.Errorf("Append() = %v", err)
				}
			}
		})
	}
	wait.Wait()
	if v := w.verify(t); v.Entries != 100 || v.Broken != 0 {
		t.Errorf("Verify() = %+v, want 100 entries that hold", v)
	}
}

func TestTheAppCannotChangeWhatWasRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.append(t, t.Context(), audit.Entry{Action: "company.changed", TargetKind: "company", Target: "x"})
	for _, sql := range []string{
		`update audit_entry set actor_name = 'x' where company_id = $1`, `delete from audit_entry where company_id = $1`,
		`update audit_head set seq = 0 where company_id = $1`, `delete from audit_head where company_id = $1`,
	} {
		if _, err := w.db.For(w.company).Exec(t.Context(), sql, w.company); err == nil {
			t.Errorf("%s succeeded", sql)
		}
	}
}
