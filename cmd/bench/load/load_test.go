package load_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"sembang/cmd/bench/load"
)

func workers(n int, w load.Worker) []load.Worker {
	all := make([]load.Worker, n)
	for i := range all {
		all[i] = w
	}
	return all
}

// busy works for d.
func busy(d time.Duration) load.Worker {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d):
			return nil
		}
	}
}

func TestClosedCountsOnlyWhatHappenedInsideTheWindow(t *testing.T) {
	t.Parallel()
	var all atomic.Int64
	work := func(ctx context.Context) error {
		all.Add(1)
		return busy(5 * time.Millisecond)(ctx)
	}
	var began, ended time.Time
	r := load.Closed(t.Context(), workers(4, work), load.Window{
		Warm: 100 * time.Millisecond, Length: 200 * time.Millisecond,
		Begin: func() { began = time.Now() }, End: func() { ended = time.Now() },
	})
	if n := int64(len(r.Took)); n == 0 || n >= all.Load() {
		t.Errorf("counted %d of %d, want some but not the warm-up's", n, all.Load())
	}
	if got := ended.Sub(began); got < 190*time.Millisecond {
		t.Errorf("window lasted %s, want 200ms", got)
	}
	if r.Quantile(0) < 5*time.Millisecond || r.Quantile(1) < r.Quantile(0.5) {
		t.Errorf("quantiles = %s, %s, %s, want rising from 5ms", r.Quantile(0), r.Quantile(0.5), r.Quantile(1))
	}
}

func TestOpenChargesAStallToWhatItDelayed(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	work := func(ctx context.Context) error {
		if n.Add(1) == 1 {
			return busy(300 * time.Millisecond)(ctx)
		}
		return nil
	}
	r := load.Open(t.Context(), workers(1, work), 100, load.Window{Length: 600 * time.Millisecond})
	if got := r.Quantile(0.75); got < 20*time.Millisecond {
		t.Errorf("three quarters took at most %s, want the stall of 300ms to show in half of them", got)
	}
}

func TestFailedWorkIsCountedApart(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	work := func(ctx context.Context) error { return errors.Join(busy(time.Millisecond)(ctx), broken) }
	r := load.Closed(t.Context(), workers(2, work), load.Window{Length: 50 * time.Millisecond})
	if len(r.Took) != 0 || r.Failed == 0 || !errors.Is(r.Err, broken) {
		t.Errorf("Closed() = %d done, %d failed, %v, want only failures", len(r.Took), r.Failed, r.Err)
	}
}

func TestConnKeepsItsConnectionAndReadsWholeAnswers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Peer", r.RemoteAddr)
		if string(body) != "hello" {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = io.WriteString(w, "an answer of some length")
	}))
	defer server.Close()
	c := load.Dial(server.Listener.Addr().String())
	defer c.Close()
	for body, want := range map[string]int{"hello": http.StatusOK, "HELLO": http.StatusTeapot} {
		for range 3 {
			got, err := c.Do(t.Context(), []byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"+body))
			if err != nil || got != want {
				t.Fatalf("Do(%q) = %d, %v, want %d", body, got, err, want)
			}
		}
	}
}
