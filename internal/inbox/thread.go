package inbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

const selectMessage = `
	select m.id, m.seq, m.direction, m.author, u.name as author_name, m.content, m.body, m.state, m.error, m.at
	from message m left join app_user u on u.company_id = m.company_id and u.id = m.author_id
	where m.company_id = @company`

// Thread returns up to limit messages older than seq before (0: the newest),
// oldest first, and the seq to continue before, 0 at the beginning.
func Thread(ctx context.Context, conn db.Conn, company id.Company, c id.Conversation, before int64, limit int) ([]Message, int64, error) {
	limit = min(max(limit, 1), 200)
	args := pgx.NamedArgs{"company": company, "conversation": c, "before": before, "limit": limit + 1}
	where := " and m.conversation_id = @conversation"
	if before > 0 {
		where += " and m.seq < @before"
	}
	rows, err := conn.Query(ctx, selectMessage+where+" order by m.seq desc limit @limit", args)
	if err != nil {
		return nil, 0, fmt.Errorf("read thread: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Message])
	if err != nil {
		return nil, 0, fmt.Errorf("read thread: %w", err)
	}
	var next int64
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Seq
	}
	slices.Reverse(list)
	return list, next, nil
}

// GetMessage returns one message of a conversation.
func GetMessage(ctx context.Context, conn db.Conn, company id.Company, m id.Message) (Message, error) {
	rows, err := conn.Query(ctx, selectMessage+" and m.id = @id", pgx.NamedArgs{"company": company, "id": m})
	if err != nil {
		return Message{}, fmt.Errorf("get message: %w", err)
	}
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Message])
	if err != nil {
		return Message{}, orNotFound(err)
	}
	return got, nil
}

// Transcript is what an engine reads of a conversation to answer it.
type Transcript struct {
	Conversation Conversation
	// Messages are the newest ones and the oldest unanswered ones, oldest
	// first, without events.
	Messages []Message
	// Omitted is how many unanswered messages between those are left out.
	Omitted int
}

const (
	maxTranscript = 40
	maxPending    = 200
)

// ReadTranscript returns the conversation, its newest messages and what the
// customer wrote since the turn's processed seq, from its beginning.
func ReadTranscript(ctx context.Context, conn db.Conn, t Turn) (Transcript, error) {
	v, err := Get(ctx, conn, t.Company, Viewer{All: true}, t.Conversation)
	if err != nil {
		return Transcript{}, err
	}
	args := pgx.NamedArgs{"company": t.Company, "conversation": t.Conversation, "processed": t.Processed, "newest": maxTranscript, "pending": maxPending}
	rows, err := conn.Query(ctx, selectMessage+` and m.conversation_id = @conversation and m.seq = any (
		array(select n.seq from message n where n.company_id = @company and n.conversation_id = @conversation and n.direction <> 'event'
			order by n.seq desc limit @newest)
		|| array(select p.seq from message p where p.company_id = @company and p.conversation_id = @conversation and p.direction = 'in' and p.seq > @processed
			order by p.seq limit @pending)) order by m.seq`, args)
	if err != nil {
		return Transcript{}, fmt.Errorf("read transcript: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Message])
	if err != nil {
		return Transcript{}, fmt.Errorf("read transcript: %w", err)
	}
	script := Transcript{Conversation: v, Messages: list}
	pending := 0
	for _, m := range list {
		if m.Direction == "in" && m.Seq > t.Processed {
			pending++
		}
	}
	if pending < maxPending {
		return script, nil
	}
	if err := conn.QueryRow(ctx, `select count(*) - @seen::int from message
		where company_id = @company and conversation_id = @conversation and direction = 'in' and seq > @processed and seq <= @upto`,
		pgx.NamedArgs{"company": t.Company, "conversation": t.Conversation, "processed": t.Processed, "seen": pending, "upto": list[len(list)-1].Seq}).Scan(&script.Omitted); err != nil {
		return Transcript{}, fmt.Errorf("count pending: %w", err)
	}
	return script, nil
}
