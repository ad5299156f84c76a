package integration

import (
	"sync"
	"time"
)

const maxOpen = 10_000

// cache keeps opened accounts for a few seconds.
type cache[K comparable] struct {
	mu   sync.Mutex
	open map[K]kept
}

type kept struct {
	account Opened
	until   time.Time
}

func (c *cache[K]) get(key K) (Opened, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.open[key]
	return k.account, ok && time.Now().Before(k.until)
}

func (c *cache[K]) put(key K, o Opened) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil || len(c.open) >= maxOpen {
		c.open = map[K]kept{}
	}
	c.open[key] = kept{account: o, until: time.Now().Add(fresh)}
}
