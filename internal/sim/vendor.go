package sim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// maxBody is Anthropic's limit, the largest of the three.
const maxBody = 32 << 20

// vendor is one imitated service.
type vendor interface {
	name() string
	// identify fills account, method and recipient of a call.
	identify(c *call)
	// serve does what the call asks for and returns the vendor's answer.
	serve(c *call) answer
	// failure is the vendor's own shape of an error that a fault asks for.
	failure(status, retryAfter int, message string) answer
}

// call is one request to a vendor.
type call struct {
	req       *http.Request
	at        time.Time
	account   string
	method    string
	recipient string
	raw       []byte
	args      params
	files     map[string]file
	body      json.RawMessage
	tooLarge  bool
	malformed error
	fault     Fault
}

// serveVendor reads, records and answers calls, and lets faults spoil them.
func (s *Sim) serveVendor(v vendor) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.readCall(w, r)
		if err != nil {
			return // the client went away while it was sending
		}
		v.identify(c)
		f, found := s.faults.pick(v.name(), c)
		c.fault = f
		if found && !pause(r.Context(), time.Duration(f.LatencyMS)*time.Millisecond) {
			return
		}
		if f.DropBeforeRead {
			s.record(v, c, 0, false)
			dropConnection(w)
			return
		}
		a, processed := s.answer(v, c)
		s.record(v, c, a.status, processed)
		switch {
		case f.DropAfterProcess:
			dropConnection(w)
		case f.TruncateBody && a.stream == nil:
			a.writeTruncated(w)
		default:
			a.write(r.Context(), w)
		}
	})
}

// answer asks the vendor unless the call's fault answers in its place.
func (s *Sim) answer(v vendor, c *call) (answer, bool) {
	f := c.fault
	switch {
	case f.HTMLBody && f.HTTPStatus == 0:
		return htmlAnswer(http.StatusBadGateway), false
	case f.HTMLBody:
		return htmlAnswer(f.HTTPStatus), false
	case f.HTTPStatus != 0:
		a := v.failure(f.HTTPStatus, f.RetryAfter, f.Message)
		if f.NoRetry {
			a.header.Set("X-Should-Retry", "false")
		}
		return a, false
	}
	return v.serve(c), true
}

func (s *Sim) readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{req: r, at: s.cfg.Now()}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		c.tooLarge = true
	case err != nil:
		return nil, err
	}
	c.raw = raw
	c.args, c.files, c.body, c.malformed = decodeBody(r, raw)
	return c, nil
}

func (s *Sim) record(v vendor, c *call, status int, processed bool) {
	s.recorder.add(Request{
		At: c.at, Vendor: v.name(), Account: c.account, Method: c.method, Recipient: c.recipient,
		HTTPMethod: c.req.Method, Path: c.req.URL.Path, Header: c.req.Header.Clone(), Body: c.body,
		Status: status, Processed: processed, Fault: c.fault.ID,
	})
}
