package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"sembang/internal/audit"
	"sembang/internal/id"
)

// verifyAuditArgs is the daily check of every company's audit log.
type verifyAuditArgs struct{}

// Kind names the job in River's table.
func (verifyAuditArgs) Kind() string { return "verify_audit" }

type verifyAudit struct {
	river.WorkerDefaults[verifyAuditArgs]
	JobsConfig
}

// Work computes every chain again and logs those that do not hold.
func (w *verifyAudit) Work(ctx context.Context, _ *river.Job[verifyAuditArgs]) error {
	rows, err := w.DB.Doors().Query(ctx, `select company_ids()`)
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	companies, err := pgx.CollectRows(rows, pgx.RowTo[id.Company])
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	for _, c := range companies {
		v, err := audit.Verify(ctx, w.DB.For(c), c)
		if err != nil {
			return err
		}
		if v.Broken != 0 {
			w.Log.ErrorContext(ctx, "audit log does not hold", "company_id", c, "seq", v.Broken)
		}
	}
	return nil
}
