package sim

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Request is a call that a vendor received.
type Request struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Vendor  string    `json:"vendor"`
	Account string    `json:"account"`
	// Method is the vendor's: "send", "sendMessage", "messages".
	Method    string `json:"method"`
	Recipient string `json:"recipient"`

	HTTPMethod string      `json:"http_method"`
	Path       string      `json:"path"`
	Header     http.Header `json:"header"`
	// Body is the decoded body; forms become an object of strings.
	Body json.RawMessage `json:"body"`
	// Status is the answer's, 0 when the connection was closed instead.
	Status int `json:"status"`
	// Processed says that the vendor did what was asked, even when the caller
	// never learnt of it. A refusal by the vendor's own rules is processed too.
	Processed bool `json:"processed"`
	// Fault is the id of the fault that hit the call.
	Fault string `json:"fault,omitempty"`
}

// RequestFilter selects recorded requests; empty fields select all.
type RequestFilter struct {
	Vendor, Account, Method, Recipient string
	Status                             int
	// After is the last Seq already seen.
	After uint64
	// Limit keeps the newest so many; 0 keeps all.
	Limit int
}

// recorder keeps the newest requests within a number and a size.
type recorder struct {
	mu       sync.Mutex
	requests []Request // from head on
	head     int
	size     int
	seq      uint64

	maxCount, maxSize int
}

func newRecorder(maxCount, maxSize int) *recorder {
	return &recorder{maxCount: maxCount, maxSize: maxSize}
}

// headerSize is about what a request's headers take.
const headerSize = 1024

func (r *recorder) add(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	q.Seq = r.seq
	r.requests = append(r.requests, q)
	r.size += len(q.Body) + headerSize
	for len(r.requests)-r.head > r.maxCount || r.size > r.maxSize {
		r.size -= len(r.requests[r.head].Body) + headerSize
		r.requests[r.head] = Request{}
		r.head++
	}
	if r.head > len(r.requests)/2 {
		r.requests = append([]Request(nil), r.requests[r.head:]...)
		r.head = 0
	}
}

// Requests returns the recorded requests that match, oldest first.
func (s *Sim) Requests(f RequestFilter) []Request {
	r := s.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	found := make([]Request, 0, 16)
	for _, q := range r.requests[r.head:] {
		if f.matches(q) {
			found = append(found, q)
		}
	}
	if f.Limit > 0 && len(found) > f.Limit {
		found = found[len(found)-f.Limit:]
	}
	return found
}

// ClearRequests forgets the recorded requests; Seq goes on.
func (s *Sim) ClearRequests() {
	r := s.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.head, r.size = nil, 0, 0
}

func (f RequestFilter) matches(q Request) bool {
	return q.Seq > f.After &&
		(f.Vendor == "" || f.Vendor == q.Vendor) &&
		(f.Account == "" || f.Account == q.Account) &&
		(f.Method == "" || f.Method == q.Method) &&
		(f.Recipient == "" || f.Recipient == q.Recipient) &&
		(f.Status == 0 || f.Status == q.Status)
}
