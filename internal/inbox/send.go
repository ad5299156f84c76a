package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
)

// Send is a leased right to carry one part to the vendor, once.
type Send struct {
	Company      id.Company          `db:"company_id"`
	Message      id.Message          `db:"message_id"`
	Part         int32               `db:"part"`
	Conversation id.Conversation     `db:"conversation_id"`
	Integration  id.Integration      `db:"integration_id"`
	Attempt      uuid.UUID           `db:"attempt_id"`
	Attempts     int                 `db:"attempts"`
	Kind         channel.AddressKind `db:"kind"`
	External     string              `db:"external_id"`
	Body         string              `db:"body"`
}

// SendLease is how long a claimed part belongs to its node without a heartbeat.
const SendLease = lease

// ClaimSends commits up to limit parts as `sending` and returns them: the oldest
// unsent part of each conversation, as the vendors' limits allow, of none of the
// busy companies. Parts that a
// node left in `sending` past its lease become `unknown`.
func ClaimSends(ctx context.Context, d *db.DB, limit, perCompany int, busy []id.Company) ([]Send, error) {
	rows, err := d.Doors().Query(ctx, `select company_id, message_id, part, conversation_id, integration_id, attempt_id, attempts, kind, external_id, body
		from claim_sends($1, $2, $3, $4)`, limit, perCompany, lease, uuids(busy))
	if err != nil {
		return nil, fmt.Errorf("claim sends: %w", err)
	}
	sends, err := pgx.CollectRows(rows, pgx.RowToStructByName[Send])
	if err != nil {
		return nil, fmt.Errorf("claim sends: %w", err)
	}
	return sends, nil
}

// ExtendSends keeps the leases of calls that still run.
func ExtendSends(ctx context.Context, d *db.DB, sends []Send) error {
	var companies, messages, attempts []uuid.UUID
	var parts []int32
	for _, s := range sends {
		companies = append(companies, uuid.UUID(s.Company))
		messages = append(messages, uuid.UUID(s.Message))
		attempts = append(attempts, s.Attempt)
		parts = append(parts, s.Part)
	}
	if _, err := d.Doors().Exec(ctx, `select extend_sends($1, $2, $3, $4, $5)`, companies, messages, parts, attempts, lease); err != nil {
		return fmt.Errorf("extend sends: %w", err)
	}
	return nil
}

// Sent records a vendor's acceptance. It also ends an `unknown` of the same
// attempt: the answer only came late.
func Sent(ctx context.Context, tx *db.Tx, s Send, vendorID string) error {
	return finish(ctx, tx, s, `state = 'sent', vendor_id = coalesce(@vendor, vendor_id), error = null, next_at = null, lease_until = null`, pgx.NamedArgs{"vendor": orNull(vendorID)})
}

// Failed records that the part never will be carried, nor what follows it in the
// same message: half a message is worse than none. code says why.
func Failed(ctx context.Context, tx *db.Tx, s Send, code string) error {
	_, err := tx.Exec(ctx, `update outbox set state = 'failed', error = $4, next_at = null
		where company_id = $1 and message_id = $2 and part > $3 and state = 'queued'`, s.Company, s.Message, s.Part, code)
	if err != nil {
		return fmt.Errorf("fail later parts: %w", err)
	}
	return finish(ctx, tx, s, `state = 'failed', error = @code, next_at = null, lease_until = null`, pgx.NamedArgs{"code": code})
}

// Uncertain records that nobody knows whether the part was carried. It is never
// sent again by itself; agents see it. An echo of it proves that it was.
func Uncertain(ctx context.Context, tx *db.Tx, s Send, code string) error {
	return finish(ctx, tx, s, `state = case when echoed_at is null then 'unknown' else 'sent' end, error = case when echoed_at is null then @code end,
		next_at = null, lease_until = null`, pgx.NamedArgs{"code": code})
}

// Postpone queues a part that certainly was not carried, and holds the whole
// account or only this part back for wait. A part that was withdrawn meanwhile ends.
func Postpone(ctx context.Context, tx *db.Tx, s Send, scope channel.Scope, code string, wait time.Duration) error {
	err := finish(ctx, tx, s, `state = case when withdrawn then 'failed' else 'queued' end, error = case when withdrawn then 'taken_over' else @code end,
		next_at = case when not withdrawn then now() + @wait::interval end, lease_until = null, started_at = null`,
		pgx.NamedArgs{"code": code, "wait": wait})
	if err != nil || scope != channel.ScopeAccount {
		return err
	}
	_, err = tx.Exec(ctx, `update send_limit set blocked_until = now() + $3::interval
		where company_id = $1 and integration_id = $2 and scope = 'account'`, s.Company, s.Integration, wait)
	if err != nil {
		return fmt.Errorf("hold account: %w", err)
	}
	return nil
}

// finish writes the end of an attempt; set is a constant. A part that was flagged
// unknown meanwhile is not queued again: later parts may be on their way.
func finish(ctx context.Context, tx *db.Tx, s Send, set string, args pgx.NamedArgs) error {
	_, args["again"] = args["wait"]
	args["company"], args["message"], args["part"], args["attempt"] = s.Company, s.Message, s.Part, s.Attempt
	_, err := tx.Exec(ctx, `update outbox set `+set+`
		where company_id = @company and message_id = @message and part = @part and attempt_id = @attempt
			and (state = 'sending' or (state = 'unknown' and not @again))`, args)
	if err != nil {
		return fmt.Errorf("finish send: %w", err)
	}
	if _, err := tx.Exec(ctx, `select settle_message($1, $2)`, s.Company, s.Message); err != nil {
		return fmt.Errorf("settle message: %w", err)
	}
	return nil
}
