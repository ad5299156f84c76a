package sim

import "errors"

// Errors of the control methods; the control API answers them as 400, 404
// and 507.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrFull     = errors.New("full")
)
