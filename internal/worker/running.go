package worker

import (
	"sync"

	"github.com/google/uuid"
)

// running is what this node works on at the moment.
type running[T any] struct {
	mu   sync.Mutex
	wait sync.WaitGroup
	by   map[uuid.UUID]T
}

// start runs fn on its own; it counts as running, under key, until fn returns.
func (r *running[T]) start(key uuid.UUID, what T, fn func()) {
	r.mu.Lock()
	if r.by == nil {
		r.by = map[uuid.UUID]T{}
	}
	r.by[key] = what
	r.mu.Unlock()
	r.wait.Go(func() {
		defer func() {
			r.mu.Lock()
			delete(r.by, key)
			r.mu.Unlock()
		}()
		fn()
	})
}

func (r *running[T]) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.by)
}

func (r *running[T]) list() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]T, 0, len(r.by))
	for _, t := range r.by {
		list = append(list, t)
	}
	return list
}
