package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Answer is what an engine decided for a turn.
type Answer struct {
	// UpTo is the newest inbound seq the engine has read.
	UpTo int64
	// Text is what the customer gets, Parts the same cut to the vendor's limit.
	// Both are empty when nothing is to be said.
	Text  string
	Parts []string
	// HandOver is why a person must go on; empty when the bot goes on.
	HandOver string
	// Language is what the customer writes, "" when unknown.
	Language string
	Mixed    bool
}

// Outcome is what became of a turn.
type Outcome string

// The outcomes of Settle.
const (
	Settled   Outcome = "settled"
	Discarded Outcome = "discarded" // the customer wrote meanwhile: the turn is due again
	Silenced  Outcome = "silenced"  // a person took over, or the customer opted out
	Fenced    Outcome = "fenced"    // the lease was over
)

var errNoParts = errors.New("settle turn: the answer has no part to send")

// box is a mailbox row under lock, with what writing to its thread needs.
type box struct {
	LastSeq     int64          `db:"last_seq"`
	LastIn      int64          `db:"last_in"`
	Processed   int64          `db:"processed"`
	Discards    int            `db:"discards"`
	Lease       *uuid.UUID     `db:"lease"`
	Silent      bool           `db:"silent"`
	BotState    BotState       `db:"bot_state"`
	PausedUntil *time.Time     `db:"paused_until"`
	Closed      bool           `db:"closed"`
	OptedOut    bool           `db:"opted_out"`
	Integration id.Integration `db:"integration_id"`
	External    string         `db:"external_id"`
	Kind        string         `db:"kind"`
}

// lockBox takes the lock every writer of a thread takes first.
func lockBox(ctx context.Context, tx *db.Tx, c id.Conversation) (box, error) {
	rows, err := tx.Query(ctx, `
		select b.last_seq, b.last_in, b.processed, b.discards, b.lease, b.bot_state, b.paused_until, b.closed,
			b.bot_state = 'handed_over' or (b.bot_state = 'paused' and coalesce(b.paused_until, 'infinity') > now()) as silent,
			k.opted_out_at is not null as opted_out, v.integration_id, v.external_id, i.kind
		from mailbox b
		join conversation v on v.company_id = b.company_id and v.id = b.conversation_id
		join contact k on k.company_id = v.company_id and k.id = v.contact_id
		join contact_identity i on i.company_id = v.company_id and i.integration_id = v.integration_id and i.external_id = v.external_id
		where b.company_id = @company and b.conversation_id = @conversation
		for no key update of b`, pgx.NamedArgs{"company": tx.Company(), "conversation": c})
	if err != nil {
		return box{}, fmt.Errorf("lock mailbox: %w", err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[box])
	if err != nil {
		return box{}, fmt.Errorf("lock mailbox: %w", orNotFound(err))
	}
	return b, nil
}

// Settle ends a turn in tx: it commits the answer if the lease still holds,
// nobody took over and (twice at most) no newer message came. The returned id is
// the message provenance belongs to; it is zero unless the outcome is Settled.
func Settle(ctx context.Context, tx *db.Tx, t Turn, a Answer) (Outcome, id.Message, error) {
	b, err := lockBox(ctx, tx, t.Conversation)
	switch {
	case err != nil:
		return "", id.Message{}, err
	case b.Lease == nil || *b.Lease != t.Lease || b.Processed != t.Processed:
		return Fenced, id.Message{}, nil
	case b.Silent || b.Closed || b.OptedOut:
		return Silenced, id.Message{}, release(ctx, tx, t, `due_at = case when bot_state = 'paused' and not closed then paused_until end`)
	case b.LastIn > a.UpTo && b.Discards < maxDiscards:
		return Discarded, id.Message{}, release(ctx, tx, t, `discards = discards + 1, attempts = 0, due_at = now() + (select quiet from company_self())`)
	}
	if a.Text != "" && len(a.Parts) == 0 {
		return "", id.Message{}, errNoParts
	}
	batch := &pgx.Batch{}
	seq := b.LastSeq
	var about id.Message
	if a.Text != "" {
		seq++
		about = queueOut(batch, tx.Company(), t.Conversation, b, outgoing{seq: seq, author: "bot", text: a.Text, parts: a.Parts})
	}
	if a.HandOver != "" {
		seq++
		happened := queueEvent(batch, tx.Company(), t.Conversation, b, happening{seq: seq, kind: "handed_over", reason: a.HandOver})
		if a.Text == "" {
			about = happened
		}
	}
	queueSettled(batch, tx.Company(), t.Conversation, seq, a)
	if err := tx.ExecAll(ctx, batch); err != nil {
		return "", id.Message{}, fmt.Errorf("settle turn: %w", err)
	}
	return Settled, about, nil
}

func queueSettled(batch *pgx.Batch, company id.Company, c id.Conversation, seq int64, a Answer) {
	args := pgx.NamedArgs{
		"company": company, "conversation": c, "seq": seq, "upto": a.UpTo, "reason": orNull(a.HandOver),
		"language": orNull(a.Language), "mixed": a.Mixed, "text": cut(a.Text, 160),
	}
	batch.Queue(`update mailbox set last_seq = @seq, processed = @upto, lease = null, lease_until = null, discards = 0, attempts = 0,
			bot_state = case when @reason::text is null then 'on' else 'handed_over' end, bot_reason = @reason, paused_until = null,
			first_due_at = case when last_in > @upto then now() end,
			due_at = case when last_in > @upto and @reason::text is null then now() + (select quiet from company_self()) end
		where company_id = @company and conversation_id = @conversation`, args)
	batch.Queue(`update conversation v set last_at = now(),
			last_author = case when @text = '' then v.last_author else 'bot' end, last_text = case when @text = '' then v.last_text else @text end,
			waiting_since = case when @reason::text is not null then v.waiting_since
				when b.last_in > @upto then now() end,
			language = coalesce(@language, v.language), mixed = @mixed
		from mailbox b where b.company_id = v.company_id and b.conversation_id = v.id and v.company_id = @company and v.id = @conversation`, args)
	batch.Queue(`update contact k set language = @language from conversation v
		where v.company_id = @company and v.id = @conversation and k.company_id = v.company_id and k.id = v.contact_id
			and @language::text is not null and k.language is distinct from @language`, args)
	queueNews(batch, company, c, "message")
}

// Release gives a turn back after a failure. It comes due again after first,
// doubled with each failure in a row, at most after last.
func Release(ctx context.Context, tx *db.Tx, t Turn, first, last time.Duration) error {
	_, err := tx.Exec(ctx, `update mailbox set lease = null, lease_until = null,
			due_at = now() + least($4::interval * power(2, least(attempts - 1, 20)), $5::interval)
		where company_id = $1 and conversation_id = $2 and lease = $3`, tx.Company(), t.Conversation, t.Lease, first, last)
	if err != nil {
		return fmt.Errorf("release turn: %w", err)
	}
	return nil
}

// release ends the lease under a lock already taken; set is a constant.
func release(ctx context.Context, tx *db.Tx, t Turn, set string) error {
	_, err := tx.Exec(ctx, `update mailbox set lease = null, lease_until = null, `+set+`
		where company_id = $1 and conversation_id = $2`, tx.Company(), t.Conversation)
	if err != nil {
		return fmt.Errorf("release turn: %w", err)
	}
	return nil
}
