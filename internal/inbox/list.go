package inbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
)

// View is a folder of the inbox.
type View string

// The views.
const (
	ViewMine       View = "mine"
	ViewWaiting    View = "waiting"
	ViewUnassigned View = "unassigned"
	ViewAll        View = "all"
	ViewResolved   View = "resolved"
)

// Filter narrows a list. Limit is at most 100.
type Filter struct {
	View   View
	Recent bool   // newest activity first; else waiting longest first
	Search string // part of a contact's name or phone
	Cursor string // from the page before
	Limit  int
}

const selectConversation = `
	select v.id, v.contact_id, k.name as contact_name, k.phone_e164 as contact_phone, k.language as contact_language, k.created_at as contact_since,
		i.channel, v.integration_id, i.name as integration_name, v.status, v.assignee_id, u.name as assignee_name, v.language, v.mixed,
		case when b.bot_state = 'paused' and b.paused_until <= now() then 'on' else b.bot_state end as bot_state, b.bot_reason,
		case when b.bot_state = 'paused' then b.paused_until end as paused_until,
		v.waiting_since, v.active_at, v.unread, v.last_author, v.last_text, v.last_at, v.created_at
	from conversation v
	join contact k on k.company_id = v.company_id and k.id = v.contact_id
	join integration i on i.company_id = v.company_id and i.id = v.integration_id
	join mailbox b on b.company_id = v.company_id and b.conversation_id = v.id
	left join app_user u on u.company_id = v.company_id and u.id = v.assignee_id
	where v.company_id = @company`

// where returns the view's condition; counts use the same.
func (w View) where() string {
	switch w {
	case ViewMine:
		return "v.status <> 'resolved' and v.assignee_id = @viewer"
	case ViewWaiting:
		return "v.status <> 'resolved' and v.waiting_since is not null"
	case ViewUnassigned:
		return "v.status <> 'resolved' and v.assignee_id is null"
	case ViewResolved:
		return "v.status = 'resolved'"
	case ViewAll:
	}
	return "v.status <> 'resolved'"
}

// List returns a page of conversations and the next page's cursor, "" at the end.
func List(ctx context.Context, conn db.Conn, company id.Company, v Viewer, f Filter) ([]Conversation, string, error) {
	limit := min(max(f.Limit, 1), 100)
	args := pgx.NamedArgs{"company": company, "limit": limit + 1}
	where := " and " + v.where(args) + " and " + f.View.where()
	if f.Search != "" {
		args["search"] = "%" + escapeLike(f.Search) + "%"
		where += " and (k.name ilike @search or k.phone_e164 like @search)"
	}
	order := " order by coalesce(v.waiting_since, 'infinity'), v.active_at desc, v.id desc"
	after := " and (coalesce(v.waiting_since, 'infinity') > @waiting or (coalesce(v.waiting_since, 'infinity') = @waiting and (v.active_at, v.id) < (@active, @id)))"
	if f.Recent {
		order = " order by v.active_at desc, v.id desc"
		after = " and (v.active_at, v.id) < (@active, @id)"
	}
	if f.Cursor != "" {
		if err := readCursor(f.Cursor, args); err != nil {
			return nil, "", err
		}
		where += after
	}
	rows, err := conn.Query(ctx, selectConversation+where+order+" limit @limit", args)
	if err != nil {
		return nil, "", fmt.Errorf("list conversations: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Conversation])
	if err != nil {
		return nil, "", fmt.Errorf("list conversations: %w", err)
	}
	if len(list) <= limit {
		return list, "", nil
	}
	list = list[:limit]
	return list, cursorOf(list[limit-1]), nil
}

// Get returns one conversation the viewer sees.
func Get(ctx context.Context, conn db.Conn, company id.Company, v Viewer, c id.Conversation) (Conversation, error) {
	args := pgx.NamedArgs{"company": company, "id": c}
	rows, err := conn.Query(ctx, selectConversation+" and v.id = @id and "+v.where(args), args)
	if err != nil {
		return Conversation{}, fmt.Errorf("get conversation: %w", err)
	}
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Conversation])
	if err != nil {
		return Conversation{}, orNotFound(err)
	}
	return got, nil
}

// Counts returns how many conversations each view holds for the viewer.
func Counts(ctx context.Context, conn db.Conn, company id.Company, v Viewer) (map[View]int, error) {
	views := []View{ViewMine, ViewWaiting, ViewUnassigned, ViewAll, ViewResolved}
	args := pgx.NamedArgs{"company": company}
	scope := v.where(args)
	var columns []string
	for _, w := range views {
		columns = append(columns, "count(*) filter (where "+w.where()+")")
	}
	counts := make([]int, len(views))
	into := make([]any, len(views))
	for i := range counts {
		into[i] = &counts[i]
	}
	err := conn.QueryRow(ctx, `select `+strings.Join(columns, ", ")+` from conversation v where v.company_id = @company and `+scope, args).Scan(into...)
	if err != nil {
		return nil, fmt.Errorf("count conversations: %w", err)
	}
	out := map[View]int{}
	for i, w := range views {
		out[w] = counts[i]
	}
	return out, nil
}

type cursor struct {
	Waiting *time.Time `json:"w,omitempty"`
	Active  time.Time  `json:"a"`
	ID      string     `json:"i"`
}

func cursorOf(c Conversation) string {
	raw, err := json.Marshal(cursor{Waiting: c.WaitingSince, Active: c.ActiveAt, ID: c.ID.String()})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

var errCursor = fault.New(fault.Invalid, "This page's cursor is not valid. Start from the first page.")

func readCursor(text string, args pgx.NamedArgs) error {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return errCursor
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil {
		return errCursor
	}
	last, err := id.Parse[id.Conversation](c.ID)
	if err != nil {
		return errCursor
	}
	args["active"], args["id"], args["waiting"] = c.Active, last, "infinity"
	if c.Waiting != nil {
		args["waiting"] = *c.Waiting
	}
	return nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
