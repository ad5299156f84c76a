package sim

import (
	"fmt"
	"strings"
	"sync"
)

// Fault spoils calls to a vendor. The scope fields select calls, empty ones
// all; the first fault that matches a call and wins its chance is the only one
// that hits it.
type Fault struct {
	ID        string `json:"id"`
	Vendor    string `json:"vendor,omitempty"`
	Account   string `json:"account,omitempty"`
	Method    string `json:"method,omitempty"` // case-insensitive
	Recipient string `json:"recipient,omitempty"`

	// NTimes ends the fault after so many hits; 0 is without end.
	NTimes int `json:"n_times,omitempty"`
	// Probability of a hit; 0 means always.
	Probability float64 `json:"probability,omitempty"`

	LatencyMS int `json:"latency_ms,omitempty"`
	// DropBeforeRead closes the connection and does nothing.
	DropBeforeRead bool `json:"drop_before_read,omitempty"`
	// DropAfterProcess does what was asked and closes the connection.
	DropAfterProcess bool `json:"drop_after_process,omitempty"`
	// HTTPStatus answers with the vendor's error for it and does nothing.
	HTTPStatus int    `json:"http_status,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds
	Message    string `json:"message,omitempty"`     // the error's text
	NoRetry    bool   `json:"no_retry,omitempty"`    // adds X-Should-Retry: false
	// HTMLBody answers with a proxy's page, 502 unless HTTPStatus says otherwise.
	HTMLBody bool `json:"html_body,omitempty"`
	// TruncateBody does what was asked and sends half of the answer.
	TruncateBody bool `json:"truncate_body,omitempty"`
	// StreamCut and StreamError end a streamed answer of Claude in the middle.
	StreamCut   bool `json:"stream_cut,omitempty"`
	StreamError bool `json:"stream_error,omitempty"`

	Hits int `json:"hits"`
}

// maxFaults bounds the list, so that a client in a loop cannot fill memory.
const maxFaults = 1000

type faultList struct {
	mu    sync.Mutex
	ids   *ids
	list  []*Fault
	count int
}

// AddFault spoils calls from now on and returns the fault's id.
func (s *Sim) AddFault(f Fault) (string, error) {
	if f.Probability < 0 || f.Probability > 1 {
		return "", fmt.Errorf("%w: probability must be 0 to 1", ErrInvalid)
	}
	if f.HTTPStatus != 0 && (f.HTTPStatus < 200 || f.HTTPStatus > 599) {
		return "", fmt.Errorf("%w: http_status must be 200 to 599", ErrInvalid)
	}
	l := s.faults
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= maxFaults {
		return "", fmt.Errorf("%w: too many faults", ErrFull)
	}
	l.count++
	f.Hits = 0
	f.ID = fmt.Sprintf("fault-%d", l.count)
	l.list = append(l.list, &f)
	return f.ID, nil
}

// Faults returns the faults in the order they are tried, spent ones too.
func (s *Sim) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	all := make([]Fault, 0, len(s.faults.list))
	for _, f := range s.faults.list {
		all = append(all, *f)
	}
	return all
}

// ClearFaults removes every fault.
func (s *Sim) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// pick returns the fault that hits a call.
func (l *faultList) pick(vendor string, c *call) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if !f.matches(vendor, c) || f.NTimes > 0 && f.Hits >= f.NTimes {
			continue
		}
		if f.Probability > 0 && l.ids.float() >= f.Probability {
			continue
		}
		f.Hits++
		return *f, true
	}
	return Fault{}, false
}

func (f *Fault) matches(vendor string, c *call) bool {
	return (f.Vendor == "" || f.Vendor == vendor) &&
		(f.Account == "" || f.Account == c.account) &&
		(f.Method == "" || strings.EqualFold(f.Method, c.method)) &&
		(f.Recipient == "" || f.Recipient == c.recipient)
}
