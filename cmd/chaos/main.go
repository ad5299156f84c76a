// Command chaos is the kill test of `make chaos`: two nodes of the product, killed
// again and again under load, and an audit of what they did. The last line it
// prints is JSON; the exit code is 1 when any rule was broken.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"sembang/internal/chaos"
)

func main() {
	var c chaos.Config
	flag.IntVar(&c.Kills, "kills", 20, "how often a node is killed")
	flag.IntVar(&c.Messages, "messages", 2000, "how many webhooks are delivered, copies not counted")
	flag.Float64Var(&c.Rate, "rate", 0, "webhooks a second (default 20)")
	flag.Uint64Var(&c.Seed, "seed", 1, "decides everything that is left to chance")
	flag.IntVar(&c.Restarts, "restarts", 0, "how often the database server is crashed (default one per 10 kills, at least 2)")
	flag.IntVar(&c.Outages, "outages", 0, "how often the database goes away")
	flag.DurationVar(&c.Outage, "outage", 0, "how long an outage lasts (default 30s)")
	flag.IntVar(&c.Pauses, "pauses", 0, "how often a node is paused")
	flag.DurationVar(&c.Pause, "pause", 0, "how long a pause lasts (default 10s, longer than a lease)")
	flag.BoolVar(&c.Keep, "keep", false, "keep the logs of a run that found nothing")
	flag.Parse()
	c.Out = os.Stdout
	c.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, c)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, c chaos.Config) int {
	result, err := chaos.Run(ctx, c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	line, err := json.Marshal(result)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	fmt.Println(string(line))
	if result.Violations() > 0 {
		return 1
	}
	return 0
}
