package channel

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The words of SendError.Code.
const (
	CodeRateLimited  = "rate_limited"
	CodeDayLimit     = "day_limit"    // the vendor's quota of the day is used up
	CodeUnauthorized = "unauthorized" // the token does not work
	CodeBlocked      = "blocked"      // the customer cannot be written to any more
	CodeNoRecipient  = "no_recipient" // the vendor does not know the address
	CodeRejected     = "rejected"     // the vendor refuses this message
	CodeUnreachable  = "unreachable"  // the vendor was not reached
	CodeDisconnected = "disconnected" // the phone behind the account is not online
	CodeConflict     = "conflict"     // the account is in use elsewhere
	CodeNoAnswer     = "no_answer"    // the call went out, the answer did not come
	CodeVendorError  = "vendor_error" // the vendor failed, or answered nonsense
)

// maxRetryAfter is the longest wait that a vendor can impose by a header.
const maxRetryAfter = 24 * time.Hour

// Failure classifies an answer by its HTTP status, for vendors to refine with
// what the body says. An answer with a 2xx status that a vendor calls a failure
// is one that nobody can read, so that the message may have been sent.
func (r Reply) Failure() *SendError {
	e := &SendError{Code: CodeVendorError, Err: fmt.Errorf("http status %d", r.Status)}
	switch status := r.Status; {
	case status == http.StatusUnauthorized:
		e.Outcome, e.Scope, e.Code = Refused, ScopeAccount, CodeUnauthorized
	case status == http.StatusTooManyRequests:
		e.Outcome, e.Scope, e.Code = NotSent, ScopeAccount, CodeRateLimited
		e.RetryAfter = r.RetryAfter()
	case status == http.StatusRequestTimeout:
		// A proxy may say so of an origin that went on.
	case neverReachedOrigin(status), status == http.StatusMisdirectedRequest, status >= 300 && status < 400:
		e.Outcome, e.Scope, e.Code = NotSent, ScopeAccount, CodeUnreachable
	case status >= 400 && status < 500:
		e.Outcome, e.Code = Refused, CodeRejected
	}
	return e
}

// neverReachedOrigin names the answers of Cloudflare that say the request never
// left it: origin down, unreachable, or no TLS. 520, 522 and 524 do not say that.
func neverReachedOrigin(status int) bool {
	return status == 521 || status == 523 || status == 525 || status == 526
}

// RetryAfter reads the header of that name, as seconds or as a date; zero if
// there is none.
func (r Reply) RetryAfter() time.Duration {
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return Wait(seconds)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), maxRetryAfter)
	}
	return 0
}

// Wait is a vendor's number of seconds as a duration, never negative and at most
// a day.
func Wait(seconds int64) time.Duration {
	return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
}
