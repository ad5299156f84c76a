package inbox

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
)

// TakeOver silences the bot for the company's pause and gives the conversation to
// the viewer. What the bot has queued but not sent is withdrawn.
func TakeOver(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	if b.Closed {
		return ErrResolved
	}
	batch := &pgx.Batch{}
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "taken_over", by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3, bot_state = 'paused', bot_reason = null, paused_until = now() + (select takeover_pause from company_self()),
			lease = null, lease_until = null, due_at = case when last_in > processed then now() + (select takeover_pause from company_self()) end
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	batch.Queue(`update conversation set assignee_id = $3, last_at = now() where company_id = $1 and id = $2`, tx.Company(), c, v.User)
	withdraw(batch, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "changed")
	return all(ctx, tx, batch, "take over")
}

// withdraw ends the bot's parts that no vendor has seen.
func withdraw(batch *pgx.Batch, company id.Company, c id.Conversation) {
	batch.Queue(`with gone as (
			update outbox o set state = 'failed', error = 'taken_over', next_at = null from message m
			where o.company_id = $1 and o.conversation_id = $2 and o.state = 'queued'
				and m.company_id = o.company_id and m.id = o.message_id and m.author = 'bot'
			returning o.message_id)
		update message set state = 'failed', error = 'taken_over' where company_id = $1 and id in (select message_id from gone)`, company, c)
}

// Resume lets the bot go on; what nobody answered is due at once.
func Resume(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	if b.Closed {
		return ErrResolved
	}
	batch := &pgx.Batch{}
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "resumed", by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3, bot_state = 'on', bot_reason = null, paused_until = null,
			due_at = case when last_in > processed then now() end
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	queueNews(batch, tx.Company(), c, "changed")
	return all(ctx, tx, batch, "resume bot")
}

// Assign gives the conversation to a colleague, or to nobody.
func Assign(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation, to *id.User) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	name := ""
	if to != nil {
		err := tx.QueryRow(ctx, `select name from app_user where company_id = $1 and id = $2 and active`, tx.Company(), *to).Scan(&name)
		if err != nil {
			return fault.New(fault.NotFound, "This person is not in your company, or not active.")
		}
	}
	batch := &pgx.Batch{}
	// Whoever loses the conversation must hear of it as well.
	queueNews(batch, tx.Company(), c, "changed")
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "assigned", reason: name, by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3 where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	batch.Queue(`update conversation set assignee_id = $3 where company_id = $1 and id = $2`, tx.Company(), c, to)
	queueNews(batch, tx.Company(), c, "changed")
	return all(ctx, tx, batch, "assign conversation")
}

// Complete ends the conversation with an outcome: won, lost, appointment or none.
// The contact's next message starts another one.
func Complete(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation, outcome string) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	if b.Closed {
		return ErrResolved
	}
	batch := &pgx.Batch{}
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "completed", reason: outcome, by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3, closed = true, due_at = null, first_due_at = null, lease = null, lease_until = null, processed = last_in
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	batch.Queue(`update conversation set status = 'resolved', outcome = $3, waiting_since = null, unread = 0 where company_id = $1 and id = $2`, tx.Company(), c, outcome)
	withdraw(batch, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "changed")
	return all(ctx, tx, batch, "complete conversation")
}

// Reopen takes a completion back, unless the contact has a newer conversation.
func Reopen(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	if !b.Closed {
		return nil
	}
	batch := &pgx.Batch{}
	batch.Queue(`update conversation set status = 'open', outcome = null where company_id = $1 and id = $2`, tx.Company(), c)
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "reopened", by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3, closed = false where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	queueNews(batch, tx.Company(), c, "changed")
	err = all(ctx, tx, batch, "reopen conversation")
	if db.IsUnique(err, "conversation_one_open") {
		return fault.New(fault.Conflict, "This contact has written again since: continue in the newer conversation.")
	}
	return err
}

// MarkRead says that the viewer has seen the thread.
func MarkRead(ctx context.Context, conn db.Conn, company id.Company, v Viewer, c id.Conversation) error {
	args := pgx.NamedArgs{"company": company, "conversation": c}
	tag, err := conn.Exec(ctx, `update conversation v set unread = 0
		where v.company_id = @company and v.id = @conversation and `+v.where(args), args)
	if err != nil {
		return fmt.Errorf("mark read: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return nil
}

func all(ctx context.Context, tx *db.Tx, batch *pgx.Batch, doing string) error {
	if err := tx.ExecAll(ctx, batch); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
