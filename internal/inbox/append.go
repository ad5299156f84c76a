package inbox

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"sembang/internal/id"
)

// outgoing is a message on its way to the customer.
type outgoing struct {
	seq      int64
	author   string
	authorID *id.User
	text     string
	parts    []string
}

// queueOut adds a message and its parts to the thread and the outbox.
func queueOut(batch *pgx.Batch, company id.Company, c id.Conversation, b box, o outgoing) id.Message {
	m := id.Message(id.New())
	batch.Queue(`insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, author_id, body, state)
		values ($1, $2, $3, $4, $5, 'out', $6, $7, $8, 'queued')`,
		company, m, c, b.Integration, o.seq, o.author, o.authorID, o.text)
	for i, part := range o.parts {
		batch.Queue(`insert into outbox (company_id, message_id, part, conversation_id, integration_id, seq, external_id, kind, body)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			company, m, i, c, b.Integration, o.seq, b.External, b.Kind, part)
	}
	return m
}

// happening is a line in the thread about what was done, not said.
type happening struct {
	seq    int64
	kind   string
	reason string
	by     *id.User
}

func queueEvent(batch *pgx.Batch, company id.Company, c id.Conversation, b box, h happening) id.Message {
	m := id.Message(id.New())
	batch.Queue(`insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, author_id, content, body, state)
		values ($1, $2, $3, $4, $5, 'event', 'system', $6, $7, $8, 'done')`,
		company, m, c, b.Integration, h.seq, h.by, h.kind, h.reason)
	return m
}

// queueNews tells the open pages that the conversation changed.
func queueNews(batch *pgx.Batch, company id.Company, c id.Conversation, kind string) {
	batch.Queue(`insert into event (company_id, kind, ref, assignee_id)
		select company_id, $3, id, assignee_id from conversation where company_id = $1 and id = $2`, company, c, kind)
}

func orNotFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
