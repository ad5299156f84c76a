package realtime

import (
	"sync"

	"github.com/google/uuid"

	"sembang/internal/id"
)

const (
	maxLag     = 2 * readAtOnce // different events a subscriber may be behind before it is cut
	takeAtOnce = 50
)

// Subscription is one subscriber's stream of events. It ends when the subscriber
// is too slow; it then comes back with the cursor of the last event it saw.
type Subscription struct {
	company id.Company
	wants   func(Event) bool
	news    *Signal

	mu      sync.Mutex
	waiting []Event
	queued  map[change]bool
	over    bool
}

// change is what an event tells. Told once, it need not wait a second time.
type change struct {
	ref  uuid.UUID
	kind string
}

func newSubscription(company id.Company, wants func(Event) bool) *Subscription {
	return &Subscription{company: company, wants: wants, news: NewSignal(), queued: map[change]bool{}}
}

// C rings when Take has something to say.
func (s *Subscription) C() <-chan struct{} { return s.news.C() }

// Take returns the next events, oldest first, and false with the last of a
// subscription that ended. When more wait, C rings again.
func (s *Subscription) Take() (events []Event, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.waiting), takeAtOnce)
	events, s.waiting = s.waiting[:n:n], s.waiting[n:]
	for _, e := range events {
		delete(s.queued, change{e.Ref, e.Kind})
	}
	if len(s.waiting) > 0 {
		s.news.Ring()
		return events, true
	}
	s.waiting = nil
	return events, !s.over
}

// put queues an event; false when the subscriber is too far behind. An event that
// says what waits already is left out: the reader asks after both were committed.
func (s *Subscription) put(e Event) bool {
	if !s.wants(e) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := change{e.Ref, e.Kind}
	if s.queued[c] {
		return true
	}
	if len(s.waiting) >= maxLag {
		return false
	}
	s.queued[c] = true
	s.waiting = append(s.waiting, e)
	s.news.Ring()
	return true
}

func (s *Subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.news.Ring()
}
