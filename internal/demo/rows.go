package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
)

// week is the rows of all conversations, by table.
type week struct {
	contacts      []*contactRow
	identities    []*identityRow
	conversations []*conversationRow
	mailboxes     []*mailboxRow
	messages      []*messageRow
	outbox        []*outboxRow
	replies       []*replyRow
	poison        []*deliveryRow
}

// The rows' tags are the columns' names.
type (
	contactRow struct {
		ID        uuid.UUID `json:"id"`
		Name      string    `json:"name"`
		Phone     *string   `json:"phone_e164"`
		Language  *string   `json:"language"`
		CreatedAt time.Time `json:"created_at"`
	}
	identityRow struct {
		Integration uuid.UUID `json:"integration_id"`
		External    string    `json:"external_id"`
		Kind        string    `json:"kind"`
		Contact     uuid.UUID `json:"contact_id"`
		Reachable   bool      `json:"reachable"`
	}
	conversationRow struct {
		ID           uuid.UUID  `json:"id"`
		Integration  uuid.UUID  `json:"integration_id"`
		Contact      uuid.UUID  `json:"contact_id"`
		External     string     `json:"external_id"`
		Status       string     `json:"status"`
		Outcome      *string    `json:"outcome"`
		Assignee     *uuid.UUID `json:"assignee_id"`
		Language     *string    `json:"language"`
		Mixed        bool       `json:"mixed"`
		WaitingSince *time.Time `json:"waiting_since"`
		ActiveAt     time.Time  `json:"active_at"`
		LastAt       time.Time  `json:"last_at"`
		LastAuthor   *string    `json:"last_author"`
		LastText     *string    `json:"last_text"`
		Unread       int        `json:"unread"`
		CreatedAt    time.Time  `json:"created_at"`
	}
	mailboxRow struct {
		Conversation uuid.UUID  `json:"conversation_id"`
		LastSeq      int64      `json:"last_seq"`
		LastIn       int64      `json:"last_in"`
		Processed    int64      `json:"processed"`
		FirstDueAt   *time.Time `json:"first_due_at"`
		BotState     string     `json:"bot_state"`
		BotReason    *string    `json:"bot_reason"`
		PausedUntil  *time.Time `json:"paused_until"`
		Closed       bool       `json:"closed"`
	}
	messageRow struct {
		ID           uuid.UUID  `json:"id"`
		Conversation uuid.UUID  `json:"conversation_id"`
		Integration  uuid.UUID  `json:"integration_id"`
		Seq          int64      `json:"seq"`
		Direction    string     `json:"direction"`
		Author       string     `json:"author"`
		AuthorID     *uuid.UUID `json:"author_id"`
		Content      string     `json:"content"`
		Body         string     `json:"body"`
		VendorID     *string    `json:"vendor_id"`
		State        string     `json:"state"`
		Error        *string    `json:"error"`
		SentAt       *time.Time `json:"sent_at"`
		At           time.Time  `json:"at"`
	}
	outboxRow struct {
		Message      uuid.UUID `json:"message_id"`
		Part         int       `json:"part"`
		Conversation uuid.UUID `json:"conversation_id"`
		Integration  uuid.UUID `json:"integration_id"`
		Seq          int64     `json:"seq"`
		External     string    `json:"external_id"`
		Kind         string    `json:"kind"`
		Body         string    `json:"body"`
		State        string    `json:"state"`
		Attempt      uuid.UUID `json:"attempt_id"`
		Attempts     int       `json:"attempts"`
		StartedAt    time.Time `json:"started_at"`
		VendorID     *string   `json:"vendor_id"`
		Error        *string   `json:"error"`
	}
	replyRow struct {
		Message      uuid.UUID    `json:"message_id"`
		FromSeq      int64        `json:"from_seq"`
		ToSeq        int64        `json:"to_seq"`
		Source       string       `json:"source"`
		Template     *uuid.UUID   `json:"template_id"`
		Score        *float64     `json:"score"`
		Language     string       `json:"language"`
		Mixed        bool         `json:"mixed"`
		Model        *string      `json:"model"`
		LatencyMS    int          `json:"latency_ms"`
		InputTokens  int          `json:"input_tokens"`
		OutputTokens int          `json:"output_tokens"`
		CostMicroUSD int64        `json:"cost_micro_usd"`
		Considered   []considered `json:"considered"`
		Checks       []check      `json:"checks"`
		At           time.Time    `json:"at"`
	}
	deliveryRow struct {
		ReceivedAt  time.Time       `json:"received_at"`
		ID          uuid.UUID       `json:"id"`
		Integration uuid.UUID       `json:"integration_id"`
		ContentType string          `json:"content_type"`
		Headers     json.RawMessage `json:"headers"`
		Body        string          `json:"body"` // \x and hexadecimal digits
		State       string          `json:"state"`
		Reason      string          `json:"reason"`
	}
	check struct {
		Name   string `json:"name"`
		Passed bool   `json:"passed"`
		Detail string `json:"detail"`
	}
)

// store inserts each table's rows with one statement, all in one round trip.
func (w *week) store(ctx context.Context, tx *db.Tx) error {
	batch := &pgx.Batch{}
	for _, t := range []struct {
		name, columns string
		rows          any
	}{
		{"contact", "id, name, phone_e164, language, created_at", w.contacts},
		{"contact_identity", "integration_id, external_id, kind, contact_id, reachable", w.identities},
		{"conversation", "id, integration_id, contact_id, external_id, status, outcome, assignee_id, language, mixed, waiting_since, " +
			"active_at, last_at, last_author, last_text, unread, created_at", w.conversations},
		{"mailbox", "conversation_id, last_seq, last_in, processed, first_due_at, bot_state, bot_reason, paused_until, closed", w.mailboxes},
		{"message", "id, conversation_id, integration_id, seq, direction, author, author_id, content, body, vendor_id, state, error, sent_at, at", w.messages},
		{"outbox", "message_id, part, conversation_id, integration_id, seq, external_id, kind, body, state, next_at, attempt_id, attempts, " +
			"started_at, vendor_id, error", w.outbox},
		{"reply", "message_id, from_seq, to_seq, source, template_id, score, language, mixed, model, latency_ms, input_tokens, output_tokens, " +
			"cost_micro_usd, considered, checks, at", w.replies},
		{"delivery", "received_at, id, integration_id, content_type, headers, body, state, reason", w.poison},
	} {
		rows, err := json.Marshal(t.rows)
		if err != nil {
			return fmt.Errorf("write %s rows: %w", t.name, err)
		}
		batch.Queue(`insert into `+t.name+` (company_id, `+t.columns+`) select $1, `+t.columns+` from jsonb_populate_recordset(null::`+t.name+`, $2::jsonb)`,
			tx.Company(), string(rows))
	}
	if err := tx.ExecAll(ctx, batch); err != nil {
		return fmt.Errorf("store week: %w", err)
	}
	return nil
}
