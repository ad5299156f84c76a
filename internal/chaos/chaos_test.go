package chaos

import (
	"os"
	"testing"
)

// A short kill test with the figures that stage A promises; `make chaos` runs
// longer ones.
func TestNothingIsLostDoubledOrReorderedUnderKills(t *testing.T) {
	t.Parallel()
	c := Config{Messages: 2000, Kills: 20, Restarts: 2, Seed: 1, Out: os.Stderr}
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatalf("Run() = %v", err)
	}
	if r.Violations() > 0 {
		t.Errorf("%d rules were broken: %+v", r.Violations(), r)
	}
	if r.Acked != c.Messages || r.Kills < c.Kills || r.DBRestarts < c.Restarts || r.Duplicates < c.Messages*5/100 {
		t.Errorf("run = %+v, want %d webhooks, %d kills, %d restarts and 5%% copies", r, c.Messages, c.Kills, c.Restarts)
	}
	if r.Answered < c.Messages*80/100 || r.Sent == 0 || r.Unknown == 0 {
		t.Errorf("run = %+v, want most messages answered, and some sends unknown", r)
	}
	t.Logf("seed %d: reply p50 %d ms, p99 %d ms, max %d ms", r.Seed, r.ReplyP50MS, r.ReplyP99MS, r.ReplyMaxMS)
}
