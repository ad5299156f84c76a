package template

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sembang/internal/db"
	"sembang/internal/id"
)

const (
	fresh   = 2 * time.Second // how long an edit may take to reach every node
	maxSets = 1000
)

// Cache keeps the sets of the companies that get messages.
type Cache struct {
	db   *db.DB
	mu   sync.Mutex
	sets map[id.Company]*entry
}

type entry struct {
	mu      sync.Mutex
	set     *Set
	version int64
	checked time.Time
}

// NewCache returns an empty cache.
func NewCache(d *db.DB) *Cache { return &Cache{db: d, sets: map[id.Company]*entry{}} }

// Get returns the company's templates, at most two seconds old. id.Platform are
// the global ones.
func (c *Cache) Get(ctx context.Context, company id.Company) (*Set, error) {
	e := c.entry(company)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set != nil && time.Since(e.checked) < fresh {
		return e.set, nil
	}
	version, err := c.version(ctx, company)
	if err != nil {
		return nil, err
	}
	if e.set == nil || version != e.version {
		if e.set, err = load(ctx, c.db, company); err != nil {
			return nil, err
		}
		e.version = version
	}
	e.checked = time.Now()
	return e.set, nil
}

func (c *Cache) entry(company id.Company) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.sets[company]; ok {
		return e
	}
	for old := range c.sets {
		if len(c.sets) < maxSets {
			break
		}
		delete(c.sets, old)
	}
	e := &entry{}
	c.sets[company] = e
	return e
}

func (c *Cache) version(ctx context.Context, company id.Company) (int64, error) {
	var v int64
	err := c.db.For(company).QueryRow(ctx, `select coalesce(max(version), 0) from template_version where company_id = $1`, company).Scan(&v)
	if err != nil {
		return 0, fmt.Errorf("read template version: %w", err)
	}
	return v, nil
}
