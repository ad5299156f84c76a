package demo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/access"
	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/demo"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
)

// tables are those the demo fills.
var tables = strings.Fields(`app_user session integration integration_door template template_text template_example template_version product product_text
	contact contact_identity conversation mailbox message outbox reply delivery`)

func (w *world) counts(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range tables {
		counts[table] = w.number(t, `select count(*) from `+table)
	}
	return counts
}

func TestSeedIsQuickAndDoneOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trips := func() int64 {
		before, started := w.app.DB.Counts().RoundTrips, time.Now()
		w.mustSeed(t)
		n := w.app.DB.Counts().RoundTrips - before
		t.Logf("Seed() took %s and %d round trips", time.Since(started), n)
		return n
	}
	if n := trips(); n > 60 {
		t.Errorf("first Seed() made %d round trips, want 60 at most", n)
	}
	first := w.counts(t)
	if n := trips(); n > 15 {
		t.Errorf("second Seed() made %d round trips, want 15 at most", n)
	}
	if diff := cmp.Diff(first, w.counts(t)); diff != "" {
		t.Errorf("second Seed() changed rows (-first +second):\n%s", diff)
	}
	for table, least := range map[string]int{"product": 14, "template": 16, "template_example": 300, "contact": 45, "conversation": 45, "message": 250, "reply": 90, "delivery": 1} {
		if first[table] < least {
			t.Errorf("rows of %s = %d, want %d or more", table, first[table], least)
		}
	}
	t.Logf("rows %v", first)
}

func TestAStartThatWasCutShortIsCompleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	company := w.company(t)
	if _, err := w.app.Access.AddUser(t.Context(), access.NewUser{
		Company: company, Name: demo.People[2].Name, Email: demo.People[2].Email, Role: demo.People[2].Role, Password: secret.New(demo.Password),
	}); err != nil {
		t.Fatalf("AddUser() = %v", err)
	}
	account := demo.Accounts(w.app.JWTSecret)[0]
	if _, err := w.app.Accounts.Add(t.Context(), integration.New{
		Company: company, Channel: account.Channel, Name: "WhatsApp", AccountID: account.Phone, Token: account.Token, Key: account.Key,
	}); err != nil {
		t.Fatalf("Add() = %v", err)
	}
	// Somebody stands where a contact of the week must go, so the shop's
	// transaction fails near its end.
	if _, err := w.admin.Exec(t.Context(), `with k as (
			insert into contact (company_id, id, name) values ($1, gen_random_uuid(), 'In the way') returning company_id, id)
		insert into contact_identity (company_id, integration_id, external_id, kind, contact_id)
			select k.company_id, i.id, '60115550301', 'phone', k.id from k join integration i using (company_id)`, company); err != nil {
		t.Fatalf("stand in the way: %v", err)
	}
	if err := w.seed(t); err == nil {
		t.Fatal("Seed() with a contact in the way succeeded")
	}
	if got := w.counts(t); got["product"]+got["conversation"]+got["message"] != 0 || got["app_user"] != len(demo.People) {
		t.Errorf("rows after a start that failed = %v, want the people and nothing of the shop", got)
	}
	if _, err := w.admin.Exec(t.Context(), `with gone as (delete from contact_identity returning 1) delete from contact`); err != nil {
		t.Fatalf("step aside: %v", err)
	}
	w.mustSeed(t)
	other := newWorld(t)
	other.mustSeed(t)
	if diff := cmp.Diff(other.counts(t), w.counts(t)); diff != "" {
		t.Errorf("completed start differs from one in one go (-one go +completed):\n%s", diff)
	}
}

func TestTheCompanyKnowsWhoItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	got := w.lines(t, `select name || '|' || (length(persona) > 800) || '|' || (persona like '%JAKIM%') || '|' || agent_scope || '|' ||
		(select string_agg(k, ',' order by k) from jsonb_object_keys(handover_text) k) from company where id = $1`, w.company(t))
	if diff := cmp.Diff([]string{"Kedai Kek Aminah|true|true|unassigned|en,ms,zh"}, got); diff != "" {
		t.Errorf("company (-want +got):\n%s", diff)
	}
	if n := w.number(t, `select count(*) from company where id <> $1 and (persona <> '' or handover_text <> '{}')`, w.company(t)); n != 0 {
		t.Errorf("companies that got the demo's settings besides it = %d, want 0", n)
	}
	people := w.lines(t, `select role || ' ' || count(*) from app_user group by role order by role`)
	if diff := cmp.Diff([]string{"company_admin 1", "company_user 3", "super_admin 1"}, people); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if n := w.number(t, `select count(*) from product where stock = 0`); n != 1 {
		t.Errorf("sold out products = %d, want 1", n)
	}
	if n := w.number(t, `select count(*) from template where company_id = $1`, id.Platform.String()); n < 4 {
		t.Errorf("global templates = %d, want 4 or more", n)
	}
}

func TestSettingsChangeForTheCompanyThatIsSetOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	company := w.company(t)
	other, err := w.app.Access.EnsureCompany(t.Context(), "Bengkel Ben")
	if err != nil {
		t.Fatalf("EnsureCompany() = %v", err)
	}
	if _, err := w.app.DB.For(company).Exec(t.Context(), `select company_update_self('{"persona": "ours", "quiet": "1 second"}')`); err != nil {
		t.Fatalf("company_update_self() = %v", err)
	}
	got := w.lines(t, `select name || ' ' || persona || ' ' || quiet || ' ' || takeover_pause from company where id in ($1, $2) order by name`, company, other)
	if diff := cmp.Diff([]string{"Bengkel Ben  00:00:00.4 00:30:00", "Kedai Kek Aminah ours 00:00:01 00:30:00"}, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if _, err := w.app.DB.Doors().Exec(t.Context(), `select company_update_self('{"persona": "nobody"}')`); err == nil {
		t.Error("company_update_self() without a company succeeded")
	}
	for name, call := range map[string]string{
		"a language nobody speaks": `{"handover_text": {"fr": "oui"}}`, "no text": `{"handover_text": {"en": ""}}`, "a list": `{"handover_text": []}`,
		"a number": `{"handover_text": {"en": 3}}`, "a scope": `{"agent_scope": "none"}`, "a long quiet": `{"quiet": "1 hour"}`, "a long pause": `{"takeover_pause": "1 year"}`,
	} {
		if _, err := w.app.DB.For(company).Exec(t.Context(), `select company_update_self($1::jsonb)`, call); err == nil {
			t.Errorf("company_update_self() with %s succeeded", name)
		}
	}
}

func TestThePoisonedDeliveryIsOneThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	var body []byte
	var state, reason string
	if err := w.admin.QueryRow(t.Context(), `select body, state, reason from delivery`).Scan(&body, &state, &reason); err != nil {
		t.Fatalf("read delivery: %v", err)
	}
	_, err := onsend.New("http://127.0.0.1:1", http.DefaultClient).Parse(channel.Account{Country: "MY"}, channel.Request{ContentType: "application/json", Body: body, ReceivedAt: time.Now()})
	if err == nil || err.Error() != reason || state != "poison" {
		t.Errorf("Parse(%s) = %v, want %q for a delivery in state %s", body, err, reason, state)
	}
}
