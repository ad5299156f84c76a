package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"sembang/internal/fault"
)

// Problem is an error as RFC 9457 writes it.
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Type      string       `json:"type" doc:"Always about:blank: the status tells the kind"`
	Title     string       `json:"title" doc:"The status in words"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail" doc:"What to do next, for the person who reads it"`
	RequestID string       `json:"request_id" doc:"Tell this to the operator"`
	Errors    []FieldError `json:"errors,omitempty" doc:"The fields that are wrong"`

	retryAfter int
}

// FieldError is one field that is wrong. It never repeats the value: it may be a
// password.
type FieldError struct {
	Message  string `json:"message"`
	Location string `json:"location,omitempty" doc:"For instance body.email"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is how huma learns the status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is how huma learns the headers.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter == 0 {
		return nil
	}
	return retryAfter(p.retryAfter)
}

// ContentType names problems as such.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func (p *Problem) complete(ctx context.Context) *Problem {
	p.Type, p.Title, p.RequestID = "about:blank", http.StatusText(p.Status), requestOf(ctx).id
	return p
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// Nobody is left to tell when the connection is gone.
	_ = json.NewEncoder(w).Encode(p)
}

// setUpHuma sets huma's own switches once: they are variables of that package,
// and lists of this API are never null.
var setUpHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = func(c huma.Context, status int, message string, errs ...error) huma.StatusError {
		return fromHuma(c.Context(), status, message, errs)
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return fromHuma(context.Background(), status, message, errs)
	}
})

// fromHuma is a problem that huma found: a body or a parameter that breaks the
// contract. What it says of server errors is not for the caller.
func fromHuma(ctx context.Context, status int, message string, errs []error) *Problem {
	p := &Problem{Status: status, Detail: message}
	if status >= http.StatusInternalServerError {
		p.Detail = fault.Message(nil)
		return p.complete(ctx)
	}
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			detail := d.ErrorDetail()
			p.Errors = append(p.Errors, FieldError{Message: detail.Message, Location: detail.Location})
		}
	}
	return p.complete(ctx)
}
