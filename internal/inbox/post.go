package inbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Draft is what a person writes to a customer.
type Draft struct {
	// Key makes the post idempotent: the same key and text return the first message.
	Key   string
	Text  string
	Parts []string // Text cut to the vendor's limit
}

// Post queues a person's message and answers for everything the customer wrote so
// far. The bot stays silent for the company's pause from now on.
func Post(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation, d Draft) (id.Message, error) {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return id.Message{}, err
	}
	hash := sha256.Sum256([]byte(c.String() + "\x00" + d.Text))
	if m, err := posted(ctx, tx, v, d.Key, hash[:]); err != nil || m != (id.Message{}) {
		return m, err
	}
	if b.Closed {
		return id.Message{}, ErrResolved
	}
	if len(d.Parts) == 0 {
		return id.Message{}, ErrBlank
	}
	batch := &pgx.Batch{}
	// Those who saw it unassigned must hear that it no longer is.
	queueNews(batch, tx.Company(), c, "changed")
	m := queueOut(batch, tx.Company(), c, b, outgoing{seq: b.LastSeq + 1, author: "agent", authorID: &v.User, text: d.Text, parts: d.Parts})
	batch.Queue(`insert into idempotency (company_id, actor_id, key, request_hash, ref) values ($1, $2, $3, $4, $5)`, tx.Company(), v.User, d.Key, hash[:], m)
	batch.Queue(`update mailbox set last_seq = $3, processed = last_in, first_due_at = null, due_at = null, lease = null, lease_until = null, attempts = 0,
			bot_state = case when bot_state = 'handed_over' then 'handed_over' else 'paused' end,
			paused_until = case when not $4 then now() + (select takeover_pause from company_self()) end
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1, b.stays())
	batch.Queue(`update conversation set last_at = now(), last_author = 'agent', last_text = $3, waiting_since = null, unread = 0,
			assignee_id = coalesce(assignee_id, $4), active_at = case when active_at < now() - interval '30 seconds' then now() else active_at end
		where company_id = $1 and id = $2`, tx.Company(), c, cut(d.Text, 160), v.User)
	withdraw(batch, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "message")
	err = tx.ExecAll(ctx, batch)
	if db.IsUnique(err, "idempotency_pkey") {
		return id.Message{}, ErrReplay // used in another conversation at this moment
	}
	if err != nil {
		return id.Message{}, fmt.Errorf("post message: %w", err)
	}
	return m, nil
}

// posted returns the message an earlier call with this key made, zero if none.
func posted(ctx context.Context, tx *db.Tx, v Viewer, key string, hash []byte) (id.Message, error) {
	var same bool
	var m id.Message
	err := tx.QueryRow(ctx, `select request_hash = $4, ref from idempotency where company_id = $1 and actor_id = $2 and key = $3`,
		tx.Company(), v.User, key, hash).Scan(&same, &m)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return id.Message{}, nil
	case err != nil:
		return id.Message{}, fmt.Errorf("look for idempotency key: %w", err)
	case !same:
		return id.Message{}, ErrReplay
	}
	return m, nil
}
