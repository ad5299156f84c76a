package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
)

// TakeOver silences the bot for the company's pause, or until resumed if the bot
// had handed over, and gives the conversation to the viewer. What the bot has not
// sent is withdrawn.
func TakeOver(ctx context.Context, tx *db.Tx, v Viewer, c id.Conversation) error {
	b, err := lockSeen(ctx, tx, v, c)
	if err != nil {
		return err
	}
	if b.Closed {
		return ErrResolved
	}
	batch := &pgx.Batch{}
	// Whoever loses the conversation must hear of it as well.
	queueNews(batch, tx.Company(), c, "changed")
	queueEvent(batch, tx.Company(), c, b, happening{seq: b.LastSeq + 1, kind: "taken_over", by: &v.User})
	batch.Queue(`update mailbox set last_seq = $3, bot_state = 'paused', bot_reason = null, lease = null, lease_until = null,
			paused_until = case when not $4 then now() + (select takeover_pause from company_self()) end,
			due_at = case when not $4 and last_in > processed then now() + (select takeover_pause from company_self()) end
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1, b.stays())
	batch.Queue(`update conversation set assignee_id = $3, last_at = now() where company_id = $1 and id = $2`, tx.Company(), c, v.User)
	withdraw(batch, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "changed")
	return all(ctx, tx, batch, "take over")
}

// stays tells whether the bot is silent until somebody resumes it, not for a time.
func (b box) stays() bool {
	return b.BotState == BotHandedOver || (b.BotState == BotPaused && b.PausedUntil == nil)
}

// withdraw ends the bot's parts that no vendor has seen; one that is on its way is
// marked, so that it is not queued again if the vendor did not take it.
func withdraw(batch *pgx.Batch, company id.Company, c id.Conversation) {
	batch.Queue(`with gone as (
			update outbox o set withdrawn = true,
				state = case o.state when 'queued' then 'failed' else o.state end, error = case o.state when 'queued' then 'taken_over' else o.error end,
				next_at = case when o.state <> 'queued' then o.next_at end
			from message m
			where o.company_id = $1 and o.conversation_id = $2 and o.state in ('queued', 'sending')
				and m.company_id = o.company_id and m.id = o.message_id and m.author = 'bot'
			returning o.message_id, o.state)
		update message set state = 'failed', error = 'taken_over' where company_id = $1 and id in (select message_id from gone where state = 'failed')`, company, c)
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
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "This person is not in your company, or not active.")
		}
		if err != nil {
			return fmt.Errorf("find assignee: %w", err)
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
