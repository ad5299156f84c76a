package db_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db/dbtest"
)

const riverTable = "River's own: ids only, filled with COPY, which row-level security refuses"

// exempt are the findings somebody decided to live with, and why.
var exempt = map[string]string{
	"table without company_id: goose_db_version":       "the migrations' own table; no role of the app may touch it",
	"table without company_id: company":                "it is the tenant; the app reads its own row through company_self()",
	"table without company_id: throttle":               "counts before anybody is known; holds keyed hashes only",
	"row-level security not enabled: goose_db_version": "no role of the app may touch it",
	"row-level security not enabled: company":          "no role of the app may touch it except through doors",
	"row-level security not enabled: login":            "an address is unique over the installation; reached only through doors",
	"row-level security not enabled: throttle":         "counts before anybody is known; holds keyed hashes only",
	"row-level security not enabled: integration_door": "turns a webhook key into a company; reached only through doors",

	"primary key does not start with company_id: login":            "looked up by address before the company is known",
	"primary key does not start with company_id: integration_door": "looked up by key before the company is known",

	"table without company_id: river_job": riverTable, "row-level security not enabled: river_job": riverTable,
	"table without company_id: river_leader": riverTable, "row-level security not enabled: river_leader": riverTable,
	"table without company_id: river_migration": riverTable, "row-level security not enabled: river_migration": riverTable,
	"table without company_id: river_notification": riverTable, "row-level security not enabled: river_notification": riverTable,
	"table without company_id: river_queue": riverTable, "row-level security not enabled: river_queue": riverTable,

	"role is a member of another: sembang_owner of sembang_exempt": "migrations give the doors to their owner; nobody signs in as either",
}

// doors are the only definer functions. Search functions take the company from the
// setting; crossing doors say why they look across companies.
var doors = map[string]string{
	"company_self": "own company", "company_logins": "own company", "add_login": "own company", "set_password": "own company",
	"company_update_self": "own company",
	"open_door":           "own company; tells only whether a token is taken",
	"find_login":          "crossing: the company follows from the address",
	"find_refresh":        "crossing: the company follows from the token", "key_samples": "crossing: start-up checks one value a key",
	"add_company": "platform: the operator's", "set_company_status": "platform: the operator's",
	"companies_named": "platform: the operator's", "ensure_company": "platform: the operator's",
	"company_ids":         "crossing: jobs visit each company in turn; ids only",
	"audit_append":        "own company; appends to its chain",
	"find_one_time_token": "crossing: the company follows from the token",
	"roll_partitions":     "crossing: makes and drops daily partitions, reads no row",
	"resolve_webhook":     "crossing: the company follows from the key", "ingest": "crossing: a batch holds many companies' messages",
	"claim_turns": "crossing: fair between companies", "extend_turns": "crossing: a node's leases are of many companies",
	"claim_sends": "crossing: fair between companies", "extend_sends": "crossing: a node's leases are of many companies",
	"claim_deliveries": "crossing: leftovers of all companies", "read_events": "crossing: the hub hands each company its own",
	"sweep_expired":    "crossing: deletes what expired, returns nothing",
	"global_templates": "reads the platform's templates only",
}

func TestTheSchemaKeepsCompaniesApart(t *testing.T) {
	t.Parallel()
	for _, f := range findings(t, dbtest.URL(t)) {
		t.Error(f)
	}
}

func TestTheAuditFindsEachPlantedFault(t *testing.T) {
	t.Parallel()
	faults := map[string]string{
		"table without company_id":                                 `create table sembang.t (id int primary key)`,
		"company_id nullable or not uuid":                          `alter table sembang.contact_identity drop constraint contact_identity_pkey; alter table sembang.contact_identity alter company_id drop not null`,
		"row-level security not enabled":                           `alter table sembang.contact disable row level security`,
		"row-level security not forced":                            `alter table sembang.contact no force row level security`,
		"policies are not exactly tenant and door: contact":        `drop policy tenant on sembang.contact`,
		"policies are not exactly tenant and door: message":        `create policy extra on sembang.message to sembang_app using (true)`,
		"policies are not exactly tenant and door: outbox":         `alter policy tenant on sembang.outbox to public`,
		"policies are not exactly tenant and door: reply":          `alter policy tenant on sembang.reply with check (true)`,
		"policies are not exactly tenant and door: event":          `alter policy tenant on sembang.event using (company_id::text = current_setting('app.company_id'))`,
		"primary key does not start with company_id":               `create table sembang.t (id int primary key, company_id uuid not null)`,
		"unique key does not start with company_id":                `create unique index on sembang.contact (phone_e164)`,
		"foreign key between tenant tables does not carry company": `alter table sembang.contact add constraint c_id unique (id); alter table sembang.mailbox add foreign key (conversation_id) references sembang.contact (id)`,
		"foreign key would null company_id":                        `alter table sembang.conversation add foreign key (company_id, assignee_id) references sembang.app_user on delete set null`,
		"view without security_invoker":                            `create view sembang.v as select * from sembang.contact`,
		"materialized view or foreign table the app can read":      `create materialized view sembang.v as select * from sembang.contact; grant select on sembang.v to sembang_app`,
		"app role owns, or has more than rows: contact":            `grant truncate on sembang.contact to sembang_app`,
		"app role owns, or has more than rows: product":            `grant references on sembang.product to sembang_app`,
		"partition reachable by itself":                            `grant select on sembang.message_3 to sembang_app`,
		"table reachable by the platform role":                     `grant select on sembang.contact to sembang_platform`,
		"table open to PUBLIC":                                     `grant select on sembang.contact to public`,
		"definer function not on the list":                         `create function sembang.peek() returns bigint language sql security definer as 'select count(*) from sembang.contact'`,
		"definer function with PUBLIC execute":                     `grant execute on function sembang.company_self() to public`,
		"definer function without a fixed search_path":             `alter function sembang.company_self() reset search_path`,
		"definer function owned by a login or superuser":           `alter function sembang.company_self() owner to postgres`,
		"index the planner cannot use under row-level security":    `create index on sembang.contact using hash (name)`,
		"app may create in the schema":                             `grant create on schema sembang to sembang_app`,
	}
	for finding, plant := range faults {
		t.Run(finding, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t)
			conn := connect(t, url)
			if _, err := conn.Exec(t.Context(), plant); err != nil {
				t.Fatalf("plant fault: %v", err)
			}
			found := findings(t, url)
			for _, f := range found {
				if strings.HasPrefix(f, finding) {
					return
				}
			}
			t.Errorf("the audit found %q, want %q among it", found, finding)
		})
	}
}

// findings returns what the audit says, without the exemptions.
func findings(t *testing.T, url string) []string {
	t.Helper()
	sql, err := os.ReadFile("testdata/tenancy_audit.sql")
	if err != nil {
		t.Fatalf("read audit: %v", err)
	}
	rows, err := connect(t, url).Query(t.Context(), string(sql))
	if err != nil {
		t.Fatalf("run audit: %v", err)
	}
	var list []string
	var finding, object string
	_, err = pgx.ForEachRow(rows, []any{&finding, &object}, func() error {
		object = strings.TrimPrefix(object, "sembang.")
		line := fmt.Sprintf("%s: %s", finding, object)
		name, _, _ := strings.Cut(object, "(")
		if _, ok := exempt[line]; ok {
			return nil
		}
		if _, ok := doors[name]; ok && finding == "definer function not on the list" {
			return nil
		}
		list = append(list, line)
		return nil
	})
	if err != nil {
		t.Fatalf("run audit: %v", err)
	}
	return list
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

// Roles belong to the whole cluster, which other tests use at the same time: what
// they may not have is planted in a transaction that is taken back.
func TestTheAuditFindsPlantedRoleFaults(t *testing.T) {
	t.Parallel()
	sql, err := os.ReadFile("testdata/tenancy_audit.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, dbtest.URL(t))
	for finding, plant := range map[string]string{
		"role can bypass": `alter role sembang_platform bypassrls`,

		"role is a member of another": `grant sembang_exempt to sembang_app`,
	} {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), plant); err != nil {
			t.Fatalf("plant fault: %v", err)
		}
		rows, err := tx.Query(t.Context(), string(sql))
		if err != nil {
			t.Fatalf("run audit: %v", err)
		}
		var f, object string
		bitten := false
		if _, err := pgx.ForEachRow(rows, []any{&f, &object}, func() error {
			bitten = bitten || (f == finding && !strings.HasPrefix(object, "sembang_owner of"))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !bitten {
			t.Errorf("the audit did not find: %s", finding)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
