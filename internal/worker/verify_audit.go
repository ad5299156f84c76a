package worker

import (
	"context"

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
	return audit.VerifyAll(ctx, w.DB, func(c id.Company, v audit.Verdict) {
		if v.Broken != 0 {
			w.Log.ErrorContext(ctx, "audit log does not hold", "company_id", c, "seq", v.Broken)
		}
	})
}
