package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/queue"
)

type worker struct {
	river.WorkerDefaults[queue.SendMail]
	done chan queue.SendMail
}

func (w *worker) Work(_ context.Context, job *river.Job[queue.SendMail]) error {
	w.done <- job.Args
	return nil
}

func TestAJobRunsOnceItsTransactionCommittedAndNeverOtherwise(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	w := &worker{done: make(chan queue.SendMail, 10)}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	q, err := queue.New(t.Context(), queue.Config{DB: d, Log: slog.New(slog.DiscardHandler), Workers: workers})
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	t.Cleanup(q.Close)
	lost, kept := queue.SendMail{Company: id.Platform, Letter: queue.MailInvitation}, queue.SendMail{Company: id.Platform, Letter: queue.MailPasswordReset}
	changedMind := errors.New("changed my mind")
	err = d.InCompany(t.Context(), id.Platform, func(tx *db.Tx) error {
		if err := q.Insert(t.Context(), tx, lost); err != nil {
			return err
		}
		return changedMind
	})
	if !errors.Is(err, changedMind) {
		t.Fatalf("InCompany() = %v, want the error of its function", err)
	}
	if err := d.InCompany(t.Context(), id.Platform, func(tx *db.Tx) error { return q.Insert(t.Context(), tx, kept) }); err != nil {
		t.Fatalf("Insert() = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- q.Run(ctx) }()
	select {
	case got := <-w.done:
		if got.Letter != kept.Letter {
			t.Errorf("ran %+v, want %+v", got, kept)
		}
	case <-time.After(20 * time.Second):
		t.Error("the job did not run")
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Errorf("Run() = %v", err)
	}
	if len(w.done) != 0 {
		t.Errorf("ran %+v as well, whose transaction was rolled back", <-w.done)
	}
}
