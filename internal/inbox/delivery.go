package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// EchoHold is how long an echo waits for our own send to return before it counts
// as typed by the owner.
const EchoHold = 10 * time.Second

const deliveryLease = 30 * time.Second

// Leftover is a stored delivery with work left: raw ones are still to be
// threaded, pending ones hold events to apply.
type Leftover struct {
	Company     id.Company      `db:"company_id"`
	ReceivedAt  time.Time       `db:"received_at"`
	ID          uuid.UUID       `db:"id"`
	Integration id.Integration  `db:"integration_id"`
	Channel     string          `db:"channel"`
	ContentType string          `db:"content_type"`
	Headers     json.RawMessage `db:"headers"`
	Body        []byte          `db:"body"`
	State       State           `db:"state"`
	Attempts    int             `db:"attempts"`
	// Age is by the database's clock, which also set ReceivedAt.
	Age time.Duration `db:"age"`
}

// ClaimDeliveries leases up to limit deliveries with work left.
func ClaimDeliveries(ctx context.Context, d *db.DB, limit int) ([]Leftover, error) {
	rows, err := d.Doors().Query(ctx, `select company_id, received_at, id, integration_id, channel, content_type, headers, body, state, attempts, age
		from claim_deliveries($1, $2)`, limit, deliveryLease)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Leftover])
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return list, nil
}

// FinishDelivery says that nothing is left to do with l, and why if it is poison.
func FinishDelivery(ctx context.Context, conn db.Conn, l Leftover, s State, reason string) error {
	_, err := conn.Exec(ctx, `update delivery set state = $4, reason = nullif($5, ''), next_at = null
		where company_id = $1 and received_at = $2 and id = $3`, l.Company, l.ReceivedAt, l.ID, s, reason)
	if err != nil {
		return fmt.Errorf("finish delivery: %w", err)
	}
	return nil
}

// PostponeDelivery looks at l again after wait.
func PostponeDelivery(ctx context.Context, conn db.Conn, l Leftover, wait time.Duration) error {
	_, err := conn.Exec(ctx, `update delivery set next_at = now() + $4::interval where company_id = $1 and received_at = $2 and id = $3`,
		l.Company, l.ReceivedAt, l.ID, wait)
	if err != nil {
		return fmt.Errorf("postpone delivery: %w", err)
	}
	return nil
}

// Kept is a stored delivery as an admin sees it.
type Kept struct {
	ID              uuid.UUID      `db:"id"`
	ReceivedAt      time.Time      `db:"received_at"`
	IntegrationID   id.Integration `db:"integration_id"`
	IntegrationName string         `db:"integration_name"`
	Channel         string         `db:"channel"`
	State           State          `db:"state"`
	Reason          *string        `db:"reason"`
	Preview         []byte         `db:"preview"`
	Size            int            `db:"size"`
}

// ListDeliveries returns deliveries in a state, newest first, and the next page's
// cursor, "" at the end. Limit is at most 100.
func ListDeliveries(ctx context.Context, conn db.Conn, company id.Company, s State, after string, limit int) ([]Kept, string, error) {
	limit = min(max(limit, 1), 100)
	args := pgx.NamedArgs{"company": company, "state": s, "limit": limit + 1}
	where := ""
	if after != "" {
		at, last, err := readPlace(after)
		if err != nil {
			return nil, "", err
		}
		args["at"], args["id"] = at, last
		where = " and (d.received_at, d.id) < (@at, @id)"
	}
	rows, err := conn.Query(ctx, `
		select d.id, d.received_at, d.integration_id, i.name as integration_name, i.channel, d.state, d.reason,
			substring(d.body for 500) as preview, length(d.body) as size
		from delivery d join integration i on i.company_id = d.company_id and i.id = d.integration_id
		where d.company_id = @company and d.state = @state`+where+`
		order by d.received_at desc, d.id desc limit @limit`, args)
	if err != nil {
		return nil, "", fmt.Errorf("list deliveries: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Kept])
	if err != nil {
		return nil, "", fmt.Errorf("list deliveries: %w", err)
	}
	if len(list) <= limit {
		return list, "", nil
	}
	list = list[:limit]
	last := list[limit-1]
	return list, last.ReceivedAt.Format(time.RFC3339Nano) + "_" + last.ID.String(), nil
}

// readPlace reads a page's last time and id: one batch gives many rows one time.
func readPlace(text string) (time.Time, uuid.UUID, error) {
	when, name, _ := strings.Cut(text, "_")
	at, err := time.Parse(time.RFC3339Nano, when)
	if err != nil {
		return at, uuid.Nil, errCursor
	}
	last, err := uuid.Parse(name)
	if err != nil {
		return at, last, errCursor
	}
	return at, last, nil
}
