// Package fault is the kinds of error the program knows and the message a user
// may read. It knows nothing of HTTP, of the database or of any area.
package fault

import "errors"

// Kind says what a caller can do about an error. The zero value is Internal, so
// an error nobody classified is never shown to a user.
type Kind int

// The kinds, from "our fault" to "theirs".
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	Gone
	TooLarge
	TooMany
	Unavailable
)

// Error is an error with a message that is safe for users.
type Error struct {
	kind    Kind
	message string
}

// New returns an error of a kind; message tells the user what to do next and
// holds no secret, no SQL and no foreign data.
func New(kind Kind, message string) *Error {
	return &Error{kind: kind, message: message}
}

func (e *Error) Error() string { return e.message }

// KindOf returns the kind of the first fault in err's chain, Internal if none.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.kind
	}
	return Internal
}

// Message returns the text a user may read. Errors that carry no fault get a
// neutral sentence: their own text may hold internals.
func Message(err error) string {
	if f, ok := errors.AsType[*Error](err); ok && f.kind != Internal {
		return f.message
	}
	return "Something went wrong on our side. Try again; if it stays, tell your operator the request id."
}
