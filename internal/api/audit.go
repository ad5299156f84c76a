package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/audit"
	companies "sembang/internal/company"
	"sembang/internal/fault"
	"sembang/internal/id"
)

// AuditEntry is one thing somebody did.
type AuditEntry struct {
	Seq       int64           `json:"seq" doc:"Counts from 1 in the company's chain"`
	At        time.Time       `json:"at"`
	Actor     AuditActor      `json:"actor"`
	Action    string          `json:"action" example:"user.invited" doc:"Area and what was done"`
	Target    AuditTarget     `json:"target"`
	Reason    string          `json:"reason"`
	Address   string          `json:"address" doc:"The network address it was done from"`
	RequestID string          `json:"request_id"`
	Before    json.RawMessage `json:"before,omitempty" doc:"What it was; secrets are masked"`
	After     json.RawMessage `json:"after,omitempty" doc:"What it became; secrets are masked"`
}

// AuditActor is who did it, under the name of that time.
type AuditActor struct {
	Kind string `json:"kind" enum:"user,api_key,operator,system"`
	ID   string `json:"id" doc:"Empty for the system and the command line"`
	Name string `json:"name"`
}

// AuditTarget is what it was done to.
type AuditTarget struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// AuditFilter is in the queries of the list and of its CSV alike.
type AuditFilter struct {
	Actor  string    `query:"actor" format:"uuid" doc:"Only what this user or key did"`
	Area   string    `query:"area" maxLength:"40" pattern:"^[a-z_]*$" doc:"Only actions of this area, for instance user"`
	Target string    `query:"target" maxLength:"300" doc:"Only what was done to this id"`
	From   time.Time `query:"from"`
	Until  time.Time `query:"until"`
}

// ListAuditIn is the query of a page of the audit log.
type ListAuditIn struct {
	AuditFilter
	Cursor string `query:"cursor" maxLength:"20" pattern:"^[0-9]*$"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type auditOut struct {
	Body struct {
		Items      []AuditEntry `json:"items"`
		NextCursor *string      `json:"next_cursor" nullable:"true"`
	}
}

// AuditVerdict is what computing the chain again found.
type AuditVerdict struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head" doc:"Hash of the newest entry; note it elsewhere to prove later that nothing was rewritten"`
	Holds   bool   `json:"holds"`
	Broken  int64  `json:"broken" doc:"First entry at which the chain does not hold; 0 if it holds"`
}

type auditVerdictOut struct{ Body AuditVerdict }

func (s *Server) listAudit(ctx context.Context, in *ListAuditIn) (*auditOut, error) {
	return s.auditOf(ctx, callerOf(ctx).Company, in)
}

// auditOf is a page of a company's log.
func (s *Server) auditOf(ctx context.Context, c id.Company, in *ListAuditIn) (*auditOut, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	if in.Cursor != "" {
		if f.Before, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil {
			return nil, errAuditCursor
		}
	}
	// One more tells whether there is a next page.
	f.Limit = in.Limit + 1
	list, err := audit.List(ctx, s.DB.For(c), c, f)
	if err != nil {
		return nil, err
	}
	out := &auditOut{}
	out.Body.Items = make([]AuditEntry, 0, len(list))
	for i, r := range list {
		if i == in.Limit {
			next := strconv.FormatInt(list[i-1].Seq, 10)
			out.Body.NextCursor = &next
			break
		}
		out.Body.Items = append(out.Body.Items, newAuditEntry(r))
	}
	return out, nil
}

var errAuditCursor = fault.New(fault.Invalid, "This page mark is not one of ours. Load the list anew.")

func (f AuditFilter) filter() (audit.Filter, error) {
	out := audit.Filter{Area: f.Area, Target: strings.ReplaceAll(f.Target, "\x00", ""), From: f.From, Until: f.Until}
	if f.Actor != "" {
		actor, err := uuid.Parse(f.Actor)
		if err != nil {
			return out, fault.New(fault.Invalid, "The actor is not an id.")
		}
		out.Actor = &actor
	}
	return out, nil
}

func newAuditEntry(r audit.Record) AuditEntry {
	e := AuditEntry{
		Seq: r.Seq, At: r.At, Actor: AuditActor{Kind: string(r.ActorKind), Name: r.ActorName}, Action: r.Action,
		Target: AuditTarget{r.TargetKind, r.TargetID}, Reason: r.Reason, Address: r.Address, RequestID: r.RequestID,
	}
	if r.ActorID != nil {
		e.Actor.ID = r.ActorID.String()
	}
	if r.Before != nil {
		e.Before = json.RawMessage(*r.Before)
	}
	if r.After != nil {
		e.After = json.RawMessage(*r.After)
	}
	return e
}

func (s *Server) verifyAudit(ctx context.Context, _ *struct{}) (*auditVerdictOut, error) {
	c := callerOf(ctx).Company
	v, err := audit.Verify(ctx, s.DB.For(c), c)
	if err != nil {
		return nil, err
	}
	return &auditVerdictOut{AuditVerdict{Entries: v.Entries, Head: v.Head, Holds: v.Broken == 0, Broken: v.Broken}}, nil
}

const (
	auditPage = 1000
	// maxAuditCSV bounds one download; a narrower time span gets the rest.
	maxAuditCSV = 500_000
)

// exportAudit streams the filtered log as CSV, newest first, a page at a time.
func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request) error {
	f, err := auditQuery(r)
	if err != nil {
		return err
	}
	c := callerOf(r.Context()).Company
	f.Limit = auditPage
	list, err := audit.List(r.Context(), s.DB.For(c), c, f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	_ = out.Write([]string{"seq", "at", "actor_kind", "actor_id", "actor", "action", "target_kind", "target", "reason", "address", "request_id", "before", "after"})
	for written := 0; len(list) > 0 && written < maxAuditCSV; written += len(list) {
		if err := writeAuditPage(out, list); err != nil {
			return fmt.Errorf("write audit csv: %w", err)
		}
		if len(list) < auditPage {
			break
		}
		f.Before = list[len(list)-1].Seq
		if list, err = audit.List(r.Context(), s.DB.For(c), c, f); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func writeAuditPage(out *csv.Writer, list []audit.Record) error {
	for _, r := range list {
		e := newAuditEntry(r)
		_ = out.Write([]string{
			strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Actor.Kind, e.Actor.ID, plainCell(e.Actor.Name), e.Action,
			e.Target.Kind, plainCell(e.Target.ID), plainCell(e.Reason), e.Address, e.RequestID, string(e.Before), string(e.After),
		})
	}
	out.Flush()
	return out.Error()
}

// plainCell keeps a spreadsheet from reading somebody's words as a formula.
func plainCell(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

func auditQuery(r *http.Request) (audit.Filter, error) {
	q := r.URL.Query()
	in := AuditFilter{Actor: q.Get("actor"), Area: q.Get("area"), Target: q.Get("target")}
	for name, at := range map[string]*time.Time{"from": &in.From, "until": &in.Until} {
		if text := q.Get(name); text != "" {
			var err error
			if *at, err = time.Parse(time.RFC3339, text); err != nil {
				return audit.Filter{}, fault.New(fault.Invalid, "Write times as 2026-12-25T00:00:00Z.")
			}
		}
	}
	return in.filter()
}

type companyAuditIn struct {
	ID string `path:"id" format:"uuid"`
	ListAuditIn
}

// companyAudit is a company's log for the operator, who need not visit it: it
// holds what admins did, not what customers wrote.
func (s *Server) companyAudit(ctx context.Context, in *companyAuditIn) (*auditOut, error) {
	c, err := id.Parse[id.Company](in.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "Company not found.")
	}
	if _, err := companies.Self(ctx, s.DB.For(c)); errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "Company not found.")
	} else if err != nil {
		return nil, err
	}
	return s.auditOf(ctx, c, &in.ListAuditIn)
}
