package db_test

import (
	"testing"

	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
)

func TestAConnectionSeesOneCompanyOnly(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	a, b := addCompany(t, d, "A"), addCompany(t, d, "B")
	for _, company := range []id.Company{a, b} {
		_, err := d.For(company).Exec(t.Context(),
			`insert into app_user (company_id, id, name, role) values ($1, $2, 'Aina', 'company_user')`, company, id.New())
		if err != nil {
			t.Fatalf("insert own user: %v", err)
		}
	}
	var n int
	if err := d.For(a).QueryRow(t.Context(), `select count(*) from app_user`).Scan(&n); err != nil || n != 1 {
		t.Errorf("users seen by A = %d, %v, want 1", n, err)
	}
	if err := d.Doors().QueryRow(t.Context(), `select count(*) from app_user`).Scan(&n); err != nil || n != 0 {
		t.Errorf("users seen without a company = %d, %v, want 0", n, err)
	}
	if _, err := d.For(a).Exec(t.Context(),
		`insert into app_user (company_id, id, name, role) values ($1, $2, 'Ben', 'company_user')`, b, id.New()); err == nil {
		t.Error("A inserted a user into B")
	}
}

func TestInCompanyCommitsOnNilAndRollsBackOnError(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	a := addCompany(t, d, "A")
	add := func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into app_user (company_id, id, name, role) values ($1, $2, 'Aina', 'company_user')`, a, id.New())
		return err
	}
	if err := d.InCompany(t.Context(), a, add); err != nil {
		t.Fatalf("InCompany() = %v", err)
	}
	err := d.InCompany(t.Context(), a, func(tx *db.Tx) error {
		if err := add(tx); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `select 1/0`)
		return err
	})
	if err == nil {
		t.Error("InCompany() with a failing statement = nil")
	}
	swallowed := d.InCompany(t.Context(), a, func(tx *db.Tx) error {
		_ = add(tx)
		_, _ = tx.Exec(t.Context(), `select 1/0`)
		return nil
	})
	if swallowed == nil {
		t.Error("InCompany() with a swallowed failure = nil, want the rollback reported")
	}
	var n int
	if err := d.For(a).QueryRow(t.Context(), `select count(*) from app_user`).Scan(&n); err != nil || n != 1 {
		t.Errorf("users = %d, %v, want 1", n, err)
	}
}

func TestASingleReadIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	a := addCompany(t, d, "A")
	before := d.Counts().RoundTrips
	var name string
	if err := d.For(a).QueryRow(t.Context(), `select name from company_self()`).Scan(&name); err != nil || name != "A" {
		t.Fatalf("company_self() = %q, %v", name, err)
	}
	if got := d.Counts().RoundTrips - before; got != 1 {
		t.Errorf("round trips = %d, want 1", got)
	}
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	errs := make(chan error, 4)
	for range 4 {
		go func() { errs <- db.Migrate(t.Context(), url) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Errorf("Migrate() = %v", err)
		}
	}
}

func addCompany(t *testing.T, d *db.DB, name string) id.Company {
	t.Helper()
	company := id.Company(id.New())
	if _, err := d.Platform().Exec(t.Context(), `select add_company($1, $2, '')`, company, name); err != nil {
		t.Fatalf("add company: %v", err)
	}
	return company
}
