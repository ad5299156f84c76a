package db_test

import (
	"testing"

	"sembang/internal/db"
	"sembang/internal/db/dbtest"
)

// A server in another time zone must cut the days where the program does.
func TestPartitionsAreCutByUTCWhateverTheServersZone(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	conn := connect(t, url)
	for _, sql := range []string{
		`drop schema sembang cascade`,
		`do $$ begin execute format('alter database %I set timezone = ''Asia/Kuala_Lumpur''', current_database()); end $$`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Migrate(t.Context(), url); err != nil {
		t.Fatalf("Migrate() = %v", err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if _, err := d.Doors().Exec(t.Context(), `select roll_partitions()`); err != nil {
		t.Errorf("roll_partitions() = %v", err)
	}
	var days, askew int
	err = d.Doors().QueryRow(t.Context(), `select count(*), count(*) filter (where pg_get_expr(c.relpartbound, c.oid) not like '%00:00:00+00%00:00:00+00%')
		from pg_class c join pg_inherits i on i.inhrelid = c.oid where i.inhparent in ('delivery'::regclass, 'event'::regclass) and c.relkind = 'r'`).Scan(&days, &askew)
	if err != nil || days != 10 || askew != 0 {
		t.Errorf("partitions = %d, cut at another hour = %d, %v, want 10, 0", days, askew, err)
	}
}
