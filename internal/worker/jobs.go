package worker

import (
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"sembang/internal/db"
)

// JobsConfig is what the side jobs work with.
type JobsConfig struct {
	DB  *db.DB
	Log *slog.Logger
}

// Jobs returns what runs River's jobs, one worker a kind.
func Jobs(c JobsConfig) *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, &verifyAudit{JobsConfig: c})
	return workers
}

// Schedule returns the jobs that run by the clock; one node of all runs each.
func Schedule() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(24*time.Hour), func() (river.JobArgs, *river.InsertOpts) {
			return verifyAuditArgs{}, nil
		}, &river.PeriodicJobOpts{ID: "verify_audit"}),
	}
}
