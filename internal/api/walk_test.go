package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"sembang/internal/access"
	"sembang/internal/api"
)

// Every route is called by every kind of stranger with another company's ids in
// every place an id can stand: nothing of it may be read, nothing changed, and a
// foreign id looks like one that does not exist.
func TestNoRouteIsOpenToAnotherCompany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	victim, thief := w.shop(t, "Canary Cakes"), w.shop(t, "Thief")
	tokens := map[string]string{
		"admin": w.login(t, thief.admin.Email).AccessToken,
		"agent": w.login(t, thief.agent.Email).AccessToken,
	}
	roles := map[string]access.Role{"admin": access.CompanyAdmin, "agent": access.CompanyUser}
	before := w.fingerprint(t, victim)
	attempts := 0
	for _, r := range w.api.Routes() {
		if !strings.HasPrefix(r.Path, "/api/v1/") || strings.HasPrefix(r.Path, "/api/v1/auth/") || r.Path == "/api/v1/events" {
			continue
		}
		for who, token := range tokens {
			for _, path := range foreign(r, victim) {
				for _, body := range bodies(r, victim) {
					attempts++
					a := w.call(t, r.Method, path, body, "Authorization", "Bearer "+token, "Idempotency-Key", "walk-"+who+path)
					if strings.Contains(strings.ToLower(a.body), "canary") || strings.Contains(a.body, victim.conversations[0]) {
						t.Errorf("%s %s as %s tells of the other company: %s", r.Method, path, who, a.body)
					}
					if strings.Contains(r.Path, "{") && a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden {
						t.Errorf("%s %s as %s = %d, want 404", r.Method, path, who, a.StatusCode)
					}
					if strings.Contains(r.Path, "{") && a.StatusCode == http.StatusForbidden && !w.closedToAll(t, r, roles[who], token, body) {
						t.Errorf("%s %s as %s = 403: it tells that the id exists", r.Method, path, who)
					}
				}
			}
		}
	}
	t.Logf("%d attempts", attempts)
	if attempts < 40 {
		t.Errorf("attempts = %d: the walk did not see the routes", attempts)
	}
	if after := w.fingerprint(t, victim); after != before {
		t.Errorf("the other company's rows changed:\n%s\n%s", before, after)
	}
}

// closedToAll tells whether a route is none of the role's and says so of an id that
// never was as well, so that its 403 tells nothing about an id.
func (w *world) closedToAll(t *testing.T, r api.Route, role access.Role, token, body string) bool {
	t.Helper()
	if slices.Contains(r.Who.Roles(), role) {
		return false
	}
	never := strings.ReplaceAll(r.Path, "{id}", uuid.NewString())
	return w.call(t, r.Method, never, body, "Authorization", "Bearer "+token).StatusCode == http.StatusForbidden
}

// foreign fills the victim's ids into a route's path and queries.
func foreign(r api.Route, victim shop) []string {
	var paths []string
	for _, id := range []string{victim.conversations[0], victim.agent.ID.String(), victim.company.String(), "00000000-0000-7000-8000-000000000001"} {
		path := strings.ReplaceAll(r.Path, "{id}", id)
		if path == r.Path {
			paths = append(paths, path+"?company_id="+victim.company.String()+"&view=all&state=done&q=Canary", path+"?view=resolved&cursor=x")
			break
		}
		paths = append(paths, path)
	}
	return paths
}

// bodies are what a route may be sent, with the victim's ids in it.
func bodies(r api.Route, victim shop) []string {
	switch {
	case r.Method == http.MethodGet:
		return []string{""}
	case strings.HasSuffix(r.Path, "/messages"):
		return []string{`{"text":"hello"}`}
	case strings.HasSuffix(r.Path, "/assign"):
		return []string{`{"user_id":null}`, `{"user_id":"` + victim.agent.ID.String() + `"}`}
	case strings.HasSuffix(r.Path, "/complete"):
		return []string{`{"outcome":"lost"}`}
	case strings.HasSuffix(r.Path, "/me"):
		return []string{`{"availability":"online"}`}
	}
	return []string{""}
}

// Nobody's own conversation may be given to a stranger either.
func TestAConversationCannotBeAssignedToAnotherCompanysUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	victim, thief := w.shop(t, "Canary Cakes"), w.shop(t, "Thief")
	token := w.login(t, thief.admin.Email).AccessToken
	want(t, w.as(t, token, "POST", "/conversations/"+thief.conversations[0]+"/assign", `{"user_id":"`+victim.agent.ID.String()+`"}`), http.StatusNotFound)
}

// Without a sign-in nothing but the doors of the sign-in and of the vendors opens.
func TestEveryRouteThatIsNotPublicAsksForASignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	for _, r := range w.api.Routes() {
		if !strings.HasPrefix(r.Path, "/api/v1/") || strings.HasPrefix(r.Path, "/api/v1/auth/") {
			continue
		}
		path := strings.ReplaceAll(r.Path, "{id}", s.conversations[0])
		if a := w.call(t, r.Method, path, ""); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s %s without a sign-in = %d, want 401", r.Method, path, a.StatusCode)
		}
	}
}

// fingerprint is a checksum of every row of a company.
func (w *world) fingerprint(t *testing.T, s shop) string {
	t.Helper()
	var sums []string
	for _, table := range []string{"app_user", "contact", "contact_identity", "conversation", "mailbox", "message", "outbox", "integration", "delivery", "idempotency", "reply"} {
		var sum string
		err := w.db.For(s.company).QueryRow(t.Context(), `select coalesce(md5(string_agg(r::text, '|' order by r::text)), '') from `+table+` r`).Scan(&sum)
		if err != nil {
			t.Fatalf("sum %s: %v", table, err)
		}
		sums = append(sums, table+"="+sum)
	}
	return strings.Join(sums, " ")
}
