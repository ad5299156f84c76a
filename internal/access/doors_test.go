package access_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

func TestCompanyDoorsSeeAndChangeTheirOwnCompanyOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	emails := func(conn db.Conn) []string {
		t.Helper()
		rows, err := conn.Query(t.Context(), `select email from company_logins()`)
		if err != nil {
			t.Fatalf("company_logins() = %v", err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("company_logins() = %v", err)
		}
		return list
	}
	if got := emails(w.db.For(w.a)); len(got) != 1 || got[0] != "aina@kedai.example" {
		t.Errorf("company_logins() of A = %v", got)
	}
	if _, err := w.db.For(w.a).Exec(t.Context(), `select set_password($1, 'stolen')`, w.ben.ID); err != nil {
		t.Errorf("set_password() of a foreign user = %v, want no row and no error", err)
	}
	w.login(t, "ben@bengkel.example")
	if _, err := w.db.For(w.a).Exec(t.Context(), `select add_login('eve@kedai.example', $1, 'x')`, w.ben.ID); err == nil {
		t.Error("add_login() for a foreign user succeeded")
	}
	for _, door := range []string{`select * from company_logins()`, `select set_password('` + w.ben.ID.String() + `', 'x')`, `select add_login('e@e.example', '` + w.ben.ID.String() + `', 'x')`} {
		if _, err := w.db.Doors().Exec(t.Context(), door); err == nil {
			t.Errorf("%s without a company succeeded", door)
		}
	}
}

func TestCrossingDoorsReturnTheOneRowAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aina, ben := w.login(t, "aina@kedai.example"), w.login(t, "ben@bengkel.example")
	for email, want := range map[string]id.Company{"aina@kedai.example": w.a, "ben@bengkel.example": w.b} {
		if got := companies(t, w.db.Doors(), `select company_id from find_login($1)`, email); len(got) != 1 || got[0] != want {
			t.Errorf("find_login(%s) = %v, want %v", email, got, want)
		}
	}
	for _, email := range []string{"AINA@kedai.example", "%", "", "nobody@kedai.example"} {
		if got := companies(t, w.db.Doors(), `select company_id from find_login($1)`, email); len(got) != 0 {
			t.Errorf("find_login(%q) = %v, want none", email, got)
		}
	}
	for token, want := range map[string]id.Company{aina.Refresh.Reveal(): w.a, ben.Refresh.Reveal(): w.b} {
		if got := companies(t, w.db.Doors(), `select company_id from find_refresh($1)`, id.Hash(token)); len(got) != 1 || got[0] != want {
			t.Errorf("find_refresh() = %v, want %v", got, want)
		}
	}
	if got := companies(t, w.db.Doors(), `select company_id from find_refresh($1)`, id.Hash("sbr_other")); len(got) != 0 {
		t.Errorf("find_refresh() of an unknown token = %v", got)
	}
	if got := companies(t, w.db.Platform(), `select id from companies_named('bengkel ali')`); len(got) != 1 || got[0] != w.b {
		t.Errorf("companies_named() = %v, want %v", got, w.b)
	}
}

func TestOperatorsDoorsAreClosedToTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, door := range []string{`select companies_named('Kedai Kuih')`, `select ensure_company('` + id.New().String() + `', 'X')`} {
		if _, err := w.db.For(w.a).Exec(t.Context(), door); err == nil {
			t.Errorf("%s as the app succeeded", door)
		}
	}
	for _, table := range []string{"login", "company"} {
		for _, conn := range []db.Conn{w.db.For(w.a), w.db.Doors(), w.db.Platform()} {
			if _, err := conn.Exec(t.Context(), `select from `+table); err == nil {
				t.Errorf("the table %s can be read without a door", table)
			}
		}
	}
}

func companies(t *testing.T, conn db.Conn, sql string, args ...any) []id.Company {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[id.Company])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}
