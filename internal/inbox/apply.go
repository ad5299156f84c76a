package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
)

// ApplyEcho handles a message of our own account that the vendor posts back. It
// reports done when the echo is one of our sends, or when final is set: then the
// owner typed it on the phone, and the bot stays silent for the company's pause.
func ApplyEcho(ctx context.Context, tx *db.Tx, integration id.Integration, e channel.Echo, final bool) (bool, error) {
	c, err := openConversation(ctx, tx, integration, e.To)
	if errors.Is(err, pgx.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	b, err := lockBox(ctx, tx, c)
	if err != nil {
		return false, err
	}
	ours, err := claimEcho(ctx, tx, integration, c, e)
	if err != nil || ours || !final {
		return ours, err
	}
	batch := &pgx.Batch{}
	m := id.Message(id.New())
	batch.Queue(`insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, body, vendor_id, state, sent_at)
		values ($1, $2, $3, $4, $5, 'out', 'phone', $6, $7, 'sent', $8)`,
		tx.Company(), m, c, integration, b.LastSeq+1, e.Text, orNull(e.VendorID), orNoTime(e.SentAt))
	batch.Queue(`update mailbox set last_seq = $3, processed = last_in, first_due_at = null, due_at = null, lease = null, lease_until = null,
			bot_state = 'paused', bot_reason = 'phone', paused_until = now() + (select takeover_pause from company_self())
		where company_id = $1 and conversation_id = $2`, tx.Company(), c, b.LastSeq+1)
	batch.Queue(`update conversation set last_at = now(), last_author = 'phone', last_text = $3, waiting_since = null where company_id = $1 and id = $2`,
		tx.Company(), c, cut(e.Text, 160))
	withdraw(batch, tx.Company(), c)
	queueNews(batch, tx.Company(), c, "message")
	return true, all(ctx, tx, batch, "record phone message")
}

// claimEcho tells whether we sent, or know already, what the echo shows.
func claimEcho(ctx context.Context, tx *db.Tx, integration id.Integration, c id.Conversation, e channel.Echo) (bool, error) {
	tag, err := tx.Exec(ctx, `
		update outbox o set vendor_id = coalesce(o.vendor_id, $5)
		where (o.company_id, o.message_id, o.part) in (
			select company_id, message_id, part from outbox
			where company_id = $1 and conversation_id = $2 and integration_id = $3 and state in ('sending', 'sent', 'unknown')
				and (vendor_id = $5 or (vendor_id is null and body = $4))
			order by vendor_id nulls last, seq, part limit 1)`, tx.Company(), c, integration, e.Text, orNull(e.VendorID))
	if err != nil {
		return false, fmt.Errorf("match echo: %w", err)
	}
	if tag.RowsAffected() > 0 {
		return true, nil
	}
	var known bool
	err = tx.QueryRow(ctx, `select exists (select from message where company_id = $1 and integration_id = $2 and vendor_id = $3)`,
		tx.Company(), integration, orNull(e.VendorID)).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("match echo: %w", err)
	}
	return known, nil
}

func openConversation(ctx context.Context, tx *db.Tx, integration id.Integration, who channel.Address) (id.Conversation, error) {
	var c id.Conversation
	err := tx.QueryRow(ctx, `
		select v.id from contact_identity i
		join conversation v on v.company_id = i.company_id and v.integration_id = i.integration_id and v.contact_id = i.contact_id and v.status <> 'resolved'
		where i.company_id = $1 and i.integration_id = $2 and i.external_id = $3`, tx.Company(), integration, who.Value).Scan(&c)
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
// waits for somebody who blocked us is not sent.
func ApplyReach(ctx context.Context, tx *db.Tx, integration id.Integration, r channel.Reach) error {
	first, err := once(ctx, tx, integration, r.EventKey)
	if err != nil || !first {
		return err
	}
	if _, err := tx.Exec(ctx, `update contact_identity set reachable = $4 where company_id = $1 and integration_id = $2 and external_id = $3`,
		tx.Company(), integration, r.Who.Value, r.Reachable); err != nil {
		return fmt.Errorf("apply reach: %w", err)
	}
	if r.Reachable {
		return nil
	}
	c, err := openConversation(ctx, tx, integration, r.Who)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find conversation: %w", err)
	}
	_, err = tx.Exec(ctx, `
		with gone as (
			update outbox set state = 'failed', error = 'blocked', next_at = null
			where company_id = $1 and conversation_id = $2 and state = 'queued' returning message_id)
		update message set state = 'failed', error = 'blocked' where company_id = $1 and id in (select message_id from gone)`, tx.Company(), c)
	if err != nil {
		return fmt.Errorf("stop sends: %w", err)
	}
	return nil
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
