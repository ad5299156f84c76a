package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"sembang/cmd/bench/load"
	"sembang/cmd/bench/proc"
	"sembang/internal/db"
)

// profile runs the writer in this process, 64 callers at once, and writes where
// its CPU time goes.
func (w *world) profile(ctx context.Context, path string, length time.Duration) error {
	d, err := db.Open(ctx, db.Config{URL: w.cluster.URL(countDB)})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer d.Close()
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create profile: %w", err)
	}
	defer file.Close()
	writer := newWriter(d, w.log)
	defer writer.Close()
	t := w.copyOfPeople()
	streams := make([]*stream, 64)
	for i := range streams {
		streams[i] = t.known(seedOf(i))
	}
	var postgres func() time.Duration
	var own, pg time.Duration
	r := load.Closed(ctx, writerWorkers(writer, streams), load.Window{
		Warm: warm, Length: length,
		Begin: func() {
			own = proc.Own()
			postgres, err = proc.Since(w.cluster.PID())
			if err == nil {
				err = pprof.StartCPUProfile(file)
			}
		},
		End: func() {
			pprof.StopCPUProfile()
			own = proc.Own() - own
			if err == nil {
				pg = postgres()
			}
		},
	})
	if err != nil {
		return fmt.Errorf("start profile: %w", err)
	}
	if r.Failed > 0 {
		return fmt.Errorf("%d messages failed, the first: %w", r.Failed, r.Err)
	}
	s := sample{Result: r}
	fmt.Fprintf(os.Stdout, "%.0f messages/s, %.3f ms CPU here, %.3f ms PostgreSQL per message, p50 %s, p99 %s\n",
		r.PerSecond(), s.perMessage(own), s.perMessage(pg), r.Quantile(0.5), r.Quantile(0.99))
	return nil
}
