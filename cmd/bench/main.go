// Command bench measures the product on this machine: how many messages it
// accepts against raw PostgreSQL doing the same, what one costs, how soon it
// answers, how large it is. It starts everything it needs (a private throw-away
// cluster, the built server, the simulated vendors) on the loopback, and ends
// it. It prints a table and writes bench.json.
//
// The contenders take turns in several rounds of one run. Figures are medians;
// a ratio is the median of the rounds' ratios. Between its turns the server is
// stopped where it stands, so that its polling does not slow the yardstick down.
// A run whose yardsticks differ by more than 30 % between rounds is noisy: its
// wall times give no verdict, its CPU times and counts still do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/google/uuid"
)

type options struct {
	out     string
	rounds  int
	length  time.Duration
	profile string
}

func main() {
	var o options
	flag.StringVar(&o.out, "out", "bench.json", "where to write the figures")
	flag.IntVar(&o.rounds, "rounds", 3, "how often the contenders take turns")
	flag.DurationVar(&o.length, "length", 4*time.Second, "how long a turn is measured, at most 8s")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the accept path here, and measure nothing else")
	flag.Parse()
	uuid.EnableRandPool() // as the server does: ids are names here, not secrets
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	if o.rounds < 1 || o.length <= 0 || o.length > 8*time.Second {
		return fmt.Errorf("rounds %d, length %s: at least one round, at most 8s", o.rounds, o.length)
	}
	dir, err := os.MkdirTemp("", "sembang-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// As root the database runs as another user, who must be able to pass.
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := newWorld(ctx, log, dir)
	defer w.close(ctx)
	if err != nil {
		return err
	}
	if o.profile != "" {
		return w.profile(ctx, o.profile, o.length)
	}
	began := time.Now()
	r, err := w.measure(ctx, o)
	if err != nil {
		return err
	}
	r.add("run_time", time.Since(began).Seconds(), "s", "")
	if err := r.print(out); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	return r.write(o.out)
}
