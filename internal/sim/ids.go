package sim

import (
	"encoding/hex"
	"math/rand/v2"
	"sync"
	"time"
)

// clockEpoch is where the clock's share of the first identifiers starts.
const clockEpoch = 1_760_000_000

// ids draws every random thing of a simulator from one seed.
type ids struct {
	mu     sync.Mutex
	rnd    *rand.Rand
	seed   uint64
	first  int64 // first message id of a Telegram chat
	update int64 // first update id of a Telegram bot
}

func newIDs(seed uint64) *ids {
	g := &ids{seed: seed, first: 1, update: 10_000}
	if seed == 0 {
		now := time.Now()
		g.seed = uint64(now.UnixNano())
		g.first = now.Unix() - clockEpoch
		g.update = 10 * (now.Unix() - clockEpoch)
	}
	g.rnd = rand.New(rand.NewPCG(g.seed, g.seed^0x9e3779b97f4a7c15)) //nolint:gosec // repeatable by design
	return g
}

func (g *ids) bytes(n int) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rnd.Uint32())
	}
	return b
}

// hex returns n random bytes as 2n hexadecimal digits.
func (g *ids) hex(n int) string { return hex.EncodeToString(g.bytes(n)) }

// float returns a number from 0 up to 1.
func (g *ids) float() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rnd.Float64()
}

// jitter returns d changed by up to share of it, either way.
func (g *ids) jitter(d time.Duration, share float64) time.Duration {
	return time.Duration(float64(d) * (1 + share*(2*g.float()-1)))
}
