package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

const (
	lease       = 6 * time.Second
	maxDiscards = 2
)

// Heartbeat is how often Extend must be called to keep leases.
const Heartbeat = 2 * time.Second

// ClaimTurns leases up to limit due conversations, at most perCompany of one
// company and none of the busy ones.
func ClaimTurns(ctx context.Context, d *db.DB, limit, perCompany int, busy []id.Company) ([]Turn, error) {
	rows, err := d.Doors().Query(ctx, `select company_id, conversation_id, lease, processed, last_in, attempts from claim_turns($1, $2, $3, $4)`,
		limit, perCompany, lease, uuids(busy))
	if err != nil {
		return nil, fmt.Errorf("claim turns: %w", err)
	}
	turns, err := pgx.CollectRows(rows, pgx.RowToStructByName[Turn])
	if err != nil {
		return nil, fmt.Errorf("claim turns: %w", err)
	}
	return turns, nil
}

// ExtendTurns keeps the leases of turns that still run.
func ExtendTurns(ctx context.Context, d *db.DB, turns []Turn) error {
	var leases, conversations, companies []uuid.UUID
	for _, t := range turns {
		leases = append(leases, t.Lease)
		conversations = append(conversations, uuid.UUID(t.Conversation))
		companies = append(companies, uuid.UUID(t.Company))
	}
	if _, err := d.Doors().Exec(ctx, `select extend_turns($1, $2, $3, $4)`, leases, conversations, companies, lease); err != nil {
		return fmt.Errorf("extend turns: %w", err)
	}
	return nil
}

func uuids[T ~[16]byte](ids []T) []uuid.UUID {
	out := make([]uuid.UUID, len(ids))
	for i, v := range ids {
		out[i] = uuid.UUID(v)
	}
	return out
}
