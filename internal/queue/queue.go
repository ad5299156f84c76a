// Package queue is the side jobs: what must happen, soon, and survives a crash,
// but orders no conversation. Arguments are ids only: operators can read River's
// tables. What a job does is package worker's.
package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Job is the arguments of a job. Every job belongs to a company; the platform's
// own belong to id.Platform.
type Job interface {
	river.JobArgs
	Of() id.Company
}

// Queue takes jobs in, and on a serving node runs them.
type Queue struct {
	client *river.Client[pgx.Tx]
	close  func()
}

// Config is what a node runs. Workers nil takes jobs in only.
type Config struct {
	DB       *db.DB
	Log      *slog.Logger
	Workers  *river.Workers
	Periodic []*river.PeriodicJob
}

const (
	// maxAttempts with River's own waits (attempt⁴ s) is about 20 minutes.
	maxAttempts = 6
	jobTimeout  = 5 * time.Minute
	// concurrency is how many jobs a node runs at once.
	concurrency = 2
)

// New returns a queue. It polls: River's notifications would ring inside business
// transactions.
func New(ctx context.Context, c Config) (*Queue, error) {
	driver, done, err := c.DB.QueueDriver(ctx)
	if err != nil {
		return nil, err
	}
	config := &river.Config{
		Logger: c.Log, Schema: db.QueueSchema, PollOnly: true, FetchPollInterval: 500 * time.Millisecond,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: jobTimeout + 30*time.Second, MaxAttempts: maxAttempts,
		CompletedJobRetentionPeriod: 6 * time.Hour, DiscardedJobRetentionPeriod: 30 * 24 * time.Hour,
		SkipUnknownJobCheck: c.Workers == nil,
	}
	if c.Workers != nil {
		config.Workers, config.PeriodicJobs = c.Workers, c.Periodic
		config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: concurrency}}
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		done()
		return nil, fmt.Errorf("set up queue: %w", err)
	}
	return &Queue{client: client, close: done}, nil
}

// Insert adds a job in the transaction that makes it necessary.
func (q *Queue) Insert(ctx context.Context, tx *db.Tx, job Job) error {
	foreign, err := tx.PGX(ctx)
	if err != nil {
		return fmt.Errorf("insert %s: %w", job.Kind(), err)
	}
	if _, err := q.client.InsertTx(ctx, foreign, job, nil); err != nil {
		return fmt.Errorf("insert %s: %w", job.Kind(), err)
	}
	return nil
}

// Run works until ctx ends, then lets the jobs that run finish for a while.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start queue: %w", err)
	}
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := q.client.Stop(stopping); err != nil {
		// Cut short, the jobs run again elsewhere: they are made for it.
		cutting, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return q.client.StopAndCancel(cutting)
	}
	return nil
}

const stopTime = 5 * time.Second

// Close frees the connections. Call it after Run returned.
func (q *Queue) Close() { q.close() }
