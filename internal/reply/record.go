package reply

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Record stores what produced the message m that a plan led to.
func Record(ctx context.Context, tx *db.Tx, m id.Message, plan Plan) error {
	p := plan.Provenance
	considered, checks := p.Considered, p.Checks
	if considered == nil {
		considered = []Considered{}
	}
	if checks == nil {
		checks = []Check{}
	}
	_, err := tx.Exec(ctx, `
		insert into reply (company_id, message_id, from_seq, to_seq, source, template_id, score, language, mixed, model, request_id, prompt_hash,
			latency_ms, input_tokens, output_tokens, cost_micro_usd, considered, checks)
		values (@company, @message, @from, @to, @source, @template, @score, nullif(@language, ''), @mixed, nullif(@model, ''), nullif(@request, ''), nullif(@hash, ''),
			@latency, @input, @output, @cost, @considered, @checks)`,
		pgx.NamedArgs{
			"company": tx.Company(), "message": m, "from": plan.From, "to": plan.Answer.UpTo, "source": p.Source, "template": p.Template, "score": p.Score,
			"language": p.Language, "mixed": p.Mixed, "model": p.Model, "request": p.RequestID, "hash": p.PromptHash, "latency": p.LatencyMS,
			"input": p.Completion.InputTokens, "output": p.Completion.OutputTokens, "cost": p.Completion.CostMicroUSD,
			"considered": considered, "checks": checks,
		})
	if err != nil {
		return fmt.Errorf("record reply: %w", err)
	}
	return nil
}

// Recorded is a stored provenance.
type Recorded struct {
	Message      id.Message   `db:"message_id"`
	FromSeq      int64        `db:"from_seq"`
	ToSeq        int64        `db:"to_seq"`
	Source       Source       `db:"source"`
	TemplateID   *uuid.UUID   `db:"template_id"`
	Score        *float64     `db:"score"`
	Language     *string      `db:"language"`
	Mixed        bool         `db:"mixed"`
	Model        *string      `db:"model"`
	LatencyMS    int          `db:"latency_ms"`
	InputTokens  int          `db:"input_tokens"`
	OutputTokens int          `db:"output_tokens"`
	CostMicroUSD int64        `db:"cost_micro_usd"`
	Considered   []Considered `db:"considered"`
	Checks       []Check      `db:"checks"`
}

// Of returns what produced the given messages, by message.
func Of(ctx context.Context, conn db.Conn, company id.Company, messages []id.Message) (map[id.Message]Recorded, error) {
	keys := make([]uuid.UUID, len(messages))
	for i, m := range messages {
		keys[i] = uuid.UUID(m)
	}
	rows, err := conn.Query(ctx, `
		select message_id, from_seq, to_seq, source, template_id, score, language, mixed, model, latency_ms, input_tokens, output_tokens,
			cost_micro_usd, considered, checks
		from reply where company_id = $1 and message_id = any ($2)`, company, keys)
	if err != nil {
		return nil, fmt.Errorf("read provenance: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Recorded])
	if err != nil {
		return nil, fmt.Errorf("read provenance: %w", err)
	}
	by := make(map[id.Message]Recorded, len(list))
	for _, r := range list {
		by[r.Message] = r
	}
	return by, nil
}
