package sim

import "time"

// window counts calls in fixed spans that start with their first call, as
// Laravel's limiter does.
type window struct {
	length time.Duration
	start  time.Time
	count  int
}

// take counts a call and returns how many are left, and how long the window
// still lasts when none was.
func (w *window) take(now time.Time, limit int) (left int, wait time.Duration, allowed bool) {
	if w.start.IsZero() || now.Sub(w.start) >= w.length {
		w.start, w.count = now, 0
	}
	if w.count >= limit {
		return 0, w.start.Add(w.length).Sub(now), false
	}
	w.count++
	return limit - w.count, 0, true
}

// bucket allows a burst and then a steady rate.
type bucket struct {
	tokens float64
	at     time.Time
}

// take uses one token, or returns how long the next one takes to come.
func (b *bucket) take(now time.Time, rate, burst float64) (wait time.Duration, allowed bool) {
	if b.at.IsZero() {
		b.tokens = burst
	} else {
		b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*rate)
	}
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / rate * float64(time.Second)), false
	}
	b.tokens--
	return 0, true
}

// seconds rounds a wait up to the whole seconds that a vendor tells.
func seconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}
