package inbox

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Viewer is a person who looks at conversations. It decides what they see, in
// lists, counts, single conversations and events alike.
type Viewer struct {
	User id.User
	// All sees the company's every conversation (admins).
	All bool
	// Unassigned sees those nobody has, besides the viewer's own.
	Unassigned bool
}

// ViewerOf returns what a user of a role may see under the company's setting.
func ViewerOf(ctx context.Context, conn db.Conn, user id.User, admin bool) (Viewer, error) {
	v := Viewer{User: user, All: admin}
	if admin {
		return v, nil
	}
	var scope string
	if err := conn.QueryRow(ctx, `select agent_scope from company_self()`).Scan(&scope); err != nil {
		return v, fmt.Errorf("read agent scope: %w", err)
	}
	v.All, v.Unassigned = scope == "all", scope == "unassigned"
	return v, nil
}

// Sees tells whether the viewer sees a conversation with this assignee.
func (v Viewer) Sees(assignee *id.User) bool {
	if assignee == nil {
		return v.All || v.Unassigned
	}
	return v.All || *assignee == v.User
}

// where is Sees in SQL, for the conversation named v.
func (v Viewer) where(args pgx.NamedArgs) string {
	args["viewer"] = v.User
	switch {
	case v.All:
		return "true"
	case v.Unassigned:
		return "(v.assignee_id = @viewer or v.assignee_id is null)"
	default:
		return "v.assignee_id = @viewer"
	}
}

// lockSeen takes the mailbox's lock of a conversation the viewer sees.
func lockSeen(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation) (box, error) {
	args := pgx.NamedArgs{"company": tx.Company(), "conversation": c}
	var seen bool
	err := tx.QueryRow(ctx, `select true from conversation v
		where v.company_id = @company and v.id = @conversation and `+v.where(args), args).Scan(&seen)
	if err != nil {
		return box{}, orNotFound(err)
	}
	return lockBox(ctx, tx, c)
}
