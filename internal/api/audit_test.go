package api_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/audit"
	"sembang/internal/db"
	"sembang/internal/id"
)

type auditPage struct {
	Items      []api.AuditEntry
	NextCursor *string `json:"next_cursor"`
}

// record appends n entries as aina, who is nobody's user.
func (w *world) record(t *testing.T, company id.Company, n int, action string) {
	t.Helper()
	ctx := audit.As(t.Context(), audit.Actor{Kind: audit.User, ID: aina, Name: "=Aina"})
	for i := range n {
		err := w.db.InCompany(ctx, company, func(tx *db.Tx) error {
			return audit.Append(ctx, tx, audit.Entry{Action: action, TargetKind: "user", Target: fmt.Sprintf("u%d", i), After: map[string]any{"n": i, "password": "canary"}})
		})
		if err != nil {
			t.Fatalf("Append() = %v", err)
		}
	}
}

var aina = uuid.MustParse("018f0000-0000-7000-8000-00000000a1aa")

func TestTheAuditLogIsReadInPagesByFilterAndOnlyByAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(t, w.company, 7, "role.changed")
	w.record(t, w.company, 2, "key.revoked")
	w.record(t, w.addCompany(t, "Other"), 3, "role.changed")
	token := w.login(t, adminEmail).AccessToken
	seen := map[int64]bool{}
	path := "/api/v1/audit?limit=3&area=role"
	for pages := 0; ; pages++ {
		a := w.get(t, path, token)
		want(t, a, http.StatusOK)
		page := into[auditPage](t, a)
		for _, e := range page.Items {
			if seen[e.Seq] || e.Action != "role.changed" || e.Actor.Name != "=Aina" || strings.Contains(string(e.After), "canary") {
				t.Errorf("entry %+v %s: want each role.changed once, without its secret", e, e.After)
			}
			seen[e.Seq] = true
		}
		if page.NextCursor == nil || pages > 5 {
			break
		}
		path = "/api/v1/audit?limit=3&area=role&cursor=" + *page.NextCursor
	}
	if len(seen) != 7 {
		t.Errorf("entries = %d, want 7", len(seen))
	}
	for query, n := range map[string]int{
		"actor=" + aina.String(): 9, "actor=" + uuid.NewString(): 0, "target=u1": 2, "area=key": 2,
		"from=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339): 0, "until=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + "&area=role": 7,
	} {
		if got := len(into[auditPage](t, w.get(t, "/api/v1/audit?"+query, token)).Items); got != n {
			t.Errorf("GET /audit?%s = %d entries, want %d", query, got, n)
		}
	}
	want(t, w.get(t, "/api/v1/audit", w.login(t, agentEmail).AccessToken), http.StatusForbidden)
}

func TestTheAuditLogIsGivenAsCSVThatNoSpreadsheetRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(t, w.company, 1100, "role.changed")
	a := w.get(t, "/api/v1/audit/export.csv?area=role", w.login(t, adminEmail).AccessToken)
	want(t, a, http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || len(rows) != 1101 {
		t.Fatalf("CSV = %d rows, %v, want 1101", len(rows), err)
	}
	if rows[1][4] != "'=Aina" || rows[1][0] < rows[2][0] {
		t.Errorf("first row = %v, want the newest, its name no formula", rows[1])
	}
}

func TestTheOperatorReadsACompanysLogAndChecksTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(t, w.company, 2, "role.changed")
	w.record(t, id.Platform, 1, "company.created")
	w.addUser(t, id.Platform, access.SuperAdmin, "root@sembang.example")
	token := w.login(t, "root@sembang.example").AccessToken
	if got := len(into[auditPage](t, w.get(t, "/api/v1/companies/"+w.company.String()+"/audit?area=role", token)).Items); got != 2 {
		t.Errorf("the company's log has %d entries, want 2", got)
	}
	if got := len(into[auditPage](t, w.get(t, "/api/v1/audit?area=company", token)).Items); got != 1 {
		t.Errorf("the platform's log has %d entries, want 1", got)
	}
	want(t, w.get(t, "/api/v1/companies/"+uuid.NewString()+"/audit", token), http.StatusNotFound)
	want(t, w.get(t, "/api/v1/companies/"+w.company.String()+"/audit", w.login(t, adminEmail).AccessToken), http.StatusForbidden)
	verdict := into[api.AuditVerdict](t, w.get(t, "/api/v1/audit/verify", token))
	if !verdict.Holds || verdict.Entries < 1 || len(verdict.Head) != 64 {
		t.Errorf("verdict = %+v, want a chain that holds", verdict)
	}
	if err := audit.Append(context.Background(), w.db.For(w.company), audit.Entry{Action: "role.changed"}); err != nil {
		t.Errorf("Append() = %v", err)
	}
}
