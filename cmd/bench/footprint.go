package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"sembang/cmd/bench/load"
	"sembang/cmd/bench/proc"
	"sembang/internal/template/match"
)

const readyRequest = "GET /readyz HTTP/1.1\r\nHost: bench\r\n\r\n"

// startServer runs the server and returns how long it took from exec to the
// first 200 of /readyz, with the database up and the schema in place.
func (w *world) startServer(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	var err error
	if w.server, err = w.start(ctx, "serve"); err != nil {
		return 0, err
	}
	conn := load.Dial(w.server.address)
	defer conn.Close()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for time.Since(began) < 30*time.Second {
		if status, err := conn.Do(ctx, []byte(readyRequest)); err == nil && status == http.StatusOK {
			return time.Since(began), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("await server: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return 0, fmt.Errorf("await server: not ready in %s", time.Since(began).Round(time.Second))
}

// starts starts the server so many times and leaves the last one running.
func (w *world) starts(ctx context.Context, n int) ([]float64, error) {
	var took []float64
	for range n {
		w.server.stop()
		t, err := w.startServer(ctx)
		if err != nil {
			return nil, err
		}
		took = append(took, milliseconds(t))
	}
	return took, nil
}

func (w *world) memory() (proc.Memory, error) { return proc.MemoryOf(w.server.pid()) }

func (w *world) binarySize() (float64, error) {
	info, err := os.Stat(w.binary)
	if err != nil {
		return 0, fmt.Errorf("read binary's size: %w", err)
	}
	return megabytes(info.Size()), nil
}

func megabytes(n int64) float64 { return float64(n) / (1 << 20) }

// matchTimes looks 2,000 messages up among n templates: each message is four
// fifths of a template's words and three others.
func matchTimes(n int) []time.Duration {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // repeatable, not secret
	zipf := rand.NewZipf(random, 1.1, 4, 5999)
	vocabulary := make([]string, 6000)
	for i := range vocabulary {
		var word strings.Builder
		for range 2 + random.IntN(3) {
			word.WriteByte("bcdghjklmnprst"[random.IntN(14)])
			word.WriteByte("aeiou"[random.IntN(5)])
		}
		vocabulary[i] = word.String()
	}
	examples := make([]match.Example, n)
	for i := range examples {
		words := make([]string, 4+random.IntN(9))
		for k := range words {
			words[k] = vocabulary[zipf.Uint64()]
		}
		examples[i] = match.Example{Template: fmt.Sprintf("t%05d", i), Language: "en", Text: strings.Join(words, " ")}
	}
	index := match.Build(examples)
	took := make([]time.Duration, 2000)
	for i := range took {
		words := strings.Fields(examples[random.IntN(n)].Text)
		text := strings.Join(words[:len(words)*4/5], " ") + " foreign words here"
		began := time.Now()
		index.Find(text, 5)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took
}
