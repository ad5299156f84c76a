package worker_test

import (
	"testing"

	"sembang/internal/db/dbtest"
	"sembang/internal/id"
)

func TestUpkeepDeletesOnlyWhatExpired(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	company, user := id.Company(id.New()), id.User(id.New())
	if _, err := d.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, company); err != nil {
		t.Fatal(err)
	}
	for key, age := range map[string]string{"old": "25 hours", "young": "23 hours"} {
		_, err := d.For(company).Exec(t.Context(), `insert into idempotency (company_id, actor_id, key, request_hash, ref, at) values ($1, $2, $3, '', $2, now() - $4::interval)`,
			company, user, key, age)
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := d.Doors().Exec(t.Context(), `select roll_partitions(), sweep_expired()`); err != nil {
			t.Fatal(err)
		}
	}
	var left string
	if err := d.For(company).QueryRow(t.Context(), `select string_agg(key, ' ') from idempotency`).Scan(&left); err != nil || left != "young" {
		t.Errorf("keys left = %q, %v, want young", left, err)
	}
}
