// Package realtime tells running parts and open pages that something happened:
// signals inside one process, a bell between nodes, and the stream of events to
// subscribers. The event table is the truth; everything here is a hint to read it.
package realtime

import "time"

// Signal wakes one waiting loop. Rings that come while it is awake coalesce.
type Signal struct{ c chan struct{} }

// NewSignal returns a signal nobody has rung.
func NewSignal() *Signal { return &Signal{c: make(chan struct{}, 1)} }

// Ring wakes the loop; it never blocks.
func (s *Signal) Ring() {
	select {
	case s.c <- struct{}{}:
	default:
	}
}

// RingAfter rings once d has passed.
func (s *Signal) RingAfter(d time.Duration) { time.AfterFunc(d, s.Ring) }

// C is what the loop waits on.
func (s *Signal) C() <-chan struct{} { return s.c }
