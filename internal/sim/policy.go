package sim

import "time"

// maxRetryAfter is the longest Retry-After of a webhook that is honoured.
const maxRetryAfter = 3600

// policy is how a vendor repeats a webhook that was not taken.
type policy struct {
	first    time.Duration // before the second attempt
	second   time.Duration // before the third; doubles from there
	lowCap   time.Duration // the delay stops growing at a random
	highCap  time.Duration // time between the two
	attempts int           // 0 is without end
	lifetime time.Duration // from the first attempt
}

// telegramPolicy is what Telegram's server source does.
func telegramPolicy(lifetime time.Duration) policy {
	return policy{
		second: 2 * time.Second, lowCap: time.Minute, highCap: 2 * time.Minute, lifetime: lifetime,
	}
}

// onSendPolicy is an assumption: OnSend documents no webhooks.
func onSendPolicy() policy {
	return policy{
		first: time.Second, second: 2 * time.Second,
		lowCap: 16 * time.Second, highCap: 16 * time.Second, attempts: 8, lifetime: time.Hour,
	}
}

// next returns the wait after the attempt with that number, and whether there
// is another one.
func (p policy) next(number, retryAfter int, g *ids) (time.Duration, bool) {
	if p.attempts > 0 && number >= p.attempts {
		return 0, false
	}
	if retryAfter > 0 {
		return time.Duration(min(retryAfter, maxRetryAfter)) * time.Second, true
	}
	if number == 1 {
		return p.first, true
	}
	limit := p.lowCap + time.Duration(g.float()*float64(p.highCap-p.lowCap))
	return min(p.second<<min(number-2, 20), limit), true
}
