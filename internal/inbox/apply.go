package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
)

// echoWindow bounds how long after a send its echo is told by the text alone: the
// owner may type the same words on another day.
const echoWindow = 15 * time.Minute

// ApplyEcho handles a message of our own account that the vendor posts back. It
// reports done when the echo is one of our sends, or when final is set: then the
// owner typed it on the phone, and the bot stays silent for the company's pause.
// An echo with a VendorID counts once, however often it is applied.
func ApplyEcho(ctx context.Context, tx *db.Tx, integration id.Integration, e channel.Echo, final bool) (bool, error) {
	c, err := conversationOf(ctx, tx, integration, e.To)
	if errors.Is(err, pgx.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("find conversation: %w", err)
	}
	b, err := lockBox(ctx, tx, c)
	if err != nil {
		return false, err
	}
	known, err := knownEcho(ctx, tx, integration, e)
	if err != nil || known {
		return known, err
	}
	ours, err := claimEcho(ctx, tx, integration, c, e)
	if err != nil || !ours && !final {
		return false, err
	}
	if e.VendorID != "" {
		if _, err := once(ctx, tx, integration, echoKey(e)); err != nil {
			return false, err
		}
	}
	if ours {
		return true, nil
	}
	return true, fromPhone(ctx, tx, integration, c, b, e)
}

// fromPhone records what the owner typed. A bot that was silent until somebody
// resumes it stays so, for the pause would wake it among people. A completed
// conversation keeps its bot as it is.
func fromPhone(ctx context.Context, tx *db.Tx, integration id.Integration, c id.Conversation, b box, e channel.Echo) error {
	batch := &pgx.Batch{}
	batch.Queue(`insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, body, vendor_id, state, sent_at)
		values ($1, $2, $3, $4, $5, 'out', 'phone', $6, $7, 'sent', $8)`,
		tx.Company(), id.New(), c, integration, b.LastSeq+1, e.Text, orNull(e.VendorID), orNoTime(e.SentAt))
	batch.Queue(`update conversation set last_at = now(), last_author = 'phone', last_text = $3, waiting_since = null where company_id = $1 and id = $2`,
		tx.Company(), c, cut(e.Text, 160))
	if b.Closed {
		batch.Queue(`update mailbox set last_seq = $3 where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	} else {
		batch.Queue(`update mailbox set last_seq = $3, processed = last_in, first_due_at = null, due_at = null, lease = null, lease_until = null,
				bot_state = 'paused', bot_reason = 'phone', paused_until = case when not $4 then now() + (select takeover_pause from company_self()) end
			where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1, b.stays())
		withdraw(batch, tx.Company(), c)
	}
	queueNews(batch, tx.Company(), c, "message")
	return all(ctx, tx, batch, "record phone message")
}

func echoKey(e channel.Echo) string { return "echo:" + e.VendorID }

// knownEcho tells whether the echo was applied before, or is a message we have.
func knownEcho(ctx context.Context, tx *db.Tx, integration id.Integration, e channel.Echo) (bool, error) {
	if e.VendorID == "" {
		return false, nil
	}
	var known bool
	err := tx.QueryRow(ctx, `select exists (select from inbound_event where company_id = $1 and integration_id = $2 and event_key = $4)
			or exists (select from message where company_id = $1 and integration_id = $2 and vendor_id = $3)`,
		tx.Company(), integration, e.VendorID, echoKey(e)).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("look for echo: %w", err)
	}
	return known, nil
}

// claimEcho tells whether the echo shows one of our sends, and marks that one: the
// send of that id, else a recent one with that text that no echo has claimed. A
// send whose end nobody knew is sent; one on its way is left to its own answer.
//
// Vendors may echo another id than they answered, and cut blanks at the ends. Of
// equal texts a certain send goes first, so that an unknown one is called sent
// only by an echo that is left over.
func claimEcho(ctx context.Context, tx *db.Tx, integration id.Integration, c id.Conversation, e channel.Echo) (bool, error) {
	var m id.Message
	var proven bool
	err := tx.QueryRow(ctx, `
		with ours as (
			select company_id, message_id, part, state from outbox
			where company_id = @company and conversation_id = @conversation and integration_id = @integration and state in ('sending', 'sent', 'unknown')
				and (vendor_id = @vendor
					or (echoed_at is null and started_at > now() - @window::interval and btrim(body, E' \t\r\n') = btrim(@text, E' \t\r\n')))
			order by vendor_id is not distinct from @vendor desc, state = 'unknown', vendor_id is not null, seq, part
			limit 1 for no key update)
		update outbox o set echoed_at = coalesce(o.echoed_at, now()), vendor_id = coalesce(o.vendor_id, @vendor),
			state = case o.state when 'unknown' then 'sent' else o.state end, error = case o.state when 'unknown' then null else o.error end
		from ours where o.company_id = ours.company_id and o.message_id = ours.message_id and o.part = ours.part
		returning o.message_id, ours.state = 'unknown'`, pgx.NamedArgs{
		"company": tx.Company(), "conversation": c, "integration": integration, "vendor": orNull(e.VendorID), "text": e.Text, "window": echoWindow,
	}).Scan(&m, &proven)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("match echo: %w", err)
	}
	if proven {
		if _, err := tx.Exec(ctx, `select settle_message($1, $2)`, tx.Company(), m); err != nil {
			return false, fmt.Errorf("settle message: %w", err)
		}
	}
	return true, nil
}

// conversationOf returns the contact's open conversation, else the newest one.
func conversationOf(ctx context.Context, tx *db.Tx, integration id.Integration, who channel.Address) (id.Conversation, error) {
	var c id.Conversation
	err := tx.QueryRow(ctx, `
		select v.id from contact_identity i
		join conversation v on v.company_id = i.company_id and v.integration_id = i.integration_id and v.contact_id = i.contact_id
		where i.company_id = $1 and i.integration_id = $2 and i.external_id = $3
		order by v.status = 'resolved', v.created_at desc limit 1`, tx.Company(), integration, who.Value).Scan(&c)
	return c, err
}

// ApplyEdit replaces the text of an earlier message; each edit counts once.
func ApplyEdit(ctx context.Context, tx *db.Tx, integration id.Integration, e channel.Edit) error {
	first, err := once(ctx, tx, integration, e.EventKey)
	if err != nil || !first {
		return err
	}
	_, err = tx.Exec(ctx, `
		with edited as (
			update message set body = $4 where company_id = $1 and integration_id = $2 and vendor_id = $3 returning company_id, conversation_id)
		insert into event (company_id, kind, ref, assignee_id)
			select v.company_id, 'message', v.id, v.assignee_id from edited e join conversation v on v.company_id = e.company_id and v.id = e.conversation_id`,
		tx.Company(), integration, e.VendorID, e.Text)
	if err != nil {
		return fmt.Errorf("apply edit: %w", err)
	}
	return nil
}

// ApplyReach records that a customer blocked us, or let us write again. What
// waits for somebody who blocked us is not sent, and open pages hear of it.
func ApplyReach(ctx context.Context, tx *db.Tx, integration id.Integration, r channel.Reach) error {
	c, err := conversationOf(ctx, tx, integration, r.Who)
	exists := !errors.Is(err, pgx.ErrNoRows)
	if err != nil && exists {
		return fmt.Errorf("find conversation: %w", err)
	}
	if exists {
		if _, err := lockBox(ctx, tx, c); err != nil {
			return err
		}
	}
	first, err := once(ctx, tx, integration, r.EventKey)
	if err != nil || !first {
		return err
	}
	if _, err := tx.Exec(ctx, `update contact_identity set reachable = $4 where company_id = $1 and integration_id = $2 and external_id = $3`,
		tx.Company(), integration, r.Who.Value, r.Reachable); err != nil {
		return fmt.Errorf("apply reach: %w", err)
	}
	if r.Reachable || !exists {
		return nil
	}
	batch := &pgx.Batch{}
	batch.Queue(`with gone as (
			update outbox set state = 'failed', error = 'blocked', next_at = null
			where company_id = $1 and conversation_id = $2 and state = 'queued' returning message_id)
		update message set state = 'failed', error = 'blocked' where company_id = $1 and id in (select message_id from gone)`, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "status")
	return all(ctx, tx, batch, "stop sends")
}

// once tells whether this is the first time an event is applied.
func once(ctx context.Context, tx *db.Tx, integration id.Integration, key string) (bool, error) {
	tag, err := tx.Exec(ctx, `insert into inbound_event (company_id, integration_id, event_key) values ($1, $2, $3) on conflict do nothing`,
		tx.Company(), integration, key)
	if err != nil {
		return false, fmt.Errorf("note event: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}
