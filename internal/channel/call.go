package channel

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	callTimeout   = 15 * time.Second
	maxReplyBytes = 1 << 20
	minSecretLen  = 6
)

// Reply is what a vendor answered.
type Reply struct {
	Status int
	Header http.Header
	// Body is at most 1 MiB of the answer.
	Body []byte
	// Whole is false when the answer was cut or longer than Body.
	Whole bool
}

// Caller makes calls to vendors. It knows the difference between a call that
// cannot have been carried out and one that may have been.
type Caller struct{ client *http.Client }

// NewCaller returns a Caller over a copy of client that follows no redirect: a
// vendor's API has none, and a followed one would carry the message elsewhere.
func NewCaller(client *http.Client) Caller {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return Caller{client: &own}
}

// Do makes one call of at most 15 seconds. Any answer, whatever its status, is a
// Reply; without one the error is a *SendError that says NotSent if no
// connection was made and Unknown from then on. Its text holds no URL.
func (c Caller) Do(ctx context.Context, request *http.Request) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var connected atomic.Bool
	// With a connection in hand the transport may write at any moment, also while
	// it returns an error for a cancelled context; before, it cannot. It starts
	// over only when nothing of the request was taken.
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { connected.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	response, err := c.client.Do(request.WithContext(ctx))
	if err != nil {
		return Reply{}, callError(err, connected.Load())
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReplyBytes+1))
	whole := err == nil && len(body) <= maxReplyBytes
	return Reply{
		Status: response.StatusCode,
		Header: response.Header,
		Body:   body[:min(len(body), maxReplyBytes)],
		Whole:  whole,
	}, nil
}

func callError(err error, connected bool) *SendError {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the URL carries Telegram's token
	}
	if connected {
		return &SendError{Outcome: Unknown, Scope: ScopePart, Code: CodeNoAnswer, Err: err}
	}
	return &SendError{Outcome: NotSent, Scope: ScopeAccount, Code: CodeUnreachable, Err: err}
}

// Redact takes secrets out of a text that a vendor wrote and shortens it, so
// that it can go into an error.
func Redact(text string, secrets ...string) string {
	for _, secret := range secrets {
		if len(secret) >= minSecretLen {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return CleanName(text)
}
