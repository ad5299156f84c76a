// Package load drives work against a clock: as fast as it is taken, or at a fixed
// rate. It knows what a worker is and how long its work took, not what it does.
package load

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Worker does one piece of work. A run calls each worker from one goroutine, so
// that it may keep a connection and buffers of its own.
type Worker func(ctx context.Context) error

// Window is when a run counts: work that began after Warm and ended before Length
// more has passed. Begin and End are called at its edges, to sample what the run
// is to be charged with.
type Window struct {
	Warm, Length time.Duration
	Begin, End   func()
}

// Result is what happened inside the window.
type Result struct {
	// Took is how long each piece of work took, sorted.
	Took []time.Duration
	// Length is the window's true length.
	Length time.Duration
	// Failed counts work that returned an error, in the whole run; Err is the first one's.
	Failed int
	Err    error
}

// PerSecond is the rate of work that succeeded.
func (r Result) PerSecond() float64 { return float64(len(r.Took)) / r.Length.Seconds() }

// Quantile returns the time within which the fraction q of the work was done.
func (r Result) Quantile(q float64) time.Duration {
	if len(r.Took) == 0 {
		return 0
	}
	return r.Took[min(len(r.Took)-1, int(q*float64(len(r.Took))))]
}

// Closed lets every worker begin again as soon as it is done. Work under way when
// the window closes is finished, but not counted.
func Closed(ctx context.Context, workers []Worker, w Window) Result {
	running, stop := context.WithCancel(ctx)
	defer stop()
	started := time.Now()
	return gather(ctx, workers, w, started, stop, func(work Worker, record func(began time.Time, err error)) {
		for running.Err() == nil {
			began := time.Now()
			record(began, work(ctx))
		}
	})
}

// Open starts work at a fixed rate, whether what was started before is done or
// not, on the first worker that is free. Work is timed from when it should have
// begun, so that a stall is charged to everything it delayed.
func Open(ctx context.Context, workers []Worker, perSecond int, w Window) Result {
	running, stop := context.WithCancel(ctx)
	defer stop()
	started := time.Now()
	due := make(chan time.Time, perSecond*int(1+(w.Warm+w.Length)/time.Second))
	go func() {
		defer close(due)
		timer := time.NewTimer(0)
		defer timer.Stop()
		for n := 1; ; n++ {
			next := started.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
			timer.Reset(time.Until(next))
			select {
			case <-running.Done():
				return
			case <-timer.C:
				due <- next
			}
		}
	}()
	return gather(ctx, workers, w, started, stop, func(work Worker, record func(began time.Time, err error)) {
		for intended := range due {
			record(intended, work(ctx))
		}
	})
}

// gather runs one loop a worker and collects what fell into the window.
func gather(ctx context.Context, workers []Worker, w Window, started time.Time, stop func(), loop func(Worker, func(time.Time, error))) Result {
	var (
		wait   sync.WaitGroup
		result Result
		first  = make([]error, len(workers))
		failed = make([]int, len(workers))
		took   = make([][]time.Duration, len(workers))
	)
	opens := started.Add(w.Warm)
	closes := opens.Add(w.Length)
	for i, work := range workers {
		wait.Go(func() {
			loop(work, func(began time.Time, err error) {
				ended := time.Now()
				switch {
				case err != nil:
					failed[i]++
					first[i] = errors.Join(first[i], oncePer(failed[i], err))
				case !began.Before(opens) && !ended.After(closes):
					took[i] = append(took[i], ended.Sub(began))
				}
			})
		})
	}
	until(ctx, opens)
	call(w.Begin)
	until(ctx, closes)
	call(w.End)
	stop()
	wait.Wait()
	result.Length = w.Length
	result.Took = slices.Concat(took...)
	slices.Sort(result.Took)
	for i := range workers {
		result.Failed += failed[i]
		if result.Err == nil {
			result.Err = first[i]
		}
	}
	return result
}

// oncePer keeps the first error only: a thousand say no more.
func oncePer(n int, err error) error {
	if n > 1 {
		return nil
	}
	return err
}

func call(f func()) {
	if f != nil {
		f()
	}
}

func until(ctx context.Context, t time.Time) {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
