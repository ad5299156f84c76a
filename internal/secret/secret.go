// Package secret is a string that never prints itself: not in logs, errors,
// JSON or any fmt verb. It knows nothing else.
package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

const mask = "••••"

// String holds a credential. Only Reveal gives the text back.
type String struct{ value string }

// New wraps a credential.
func New(value string) String { return String{value: value} }

// Reveal returns the credential, for the one call that sends or seals it.
func (s String) Reveal() string { return s.value }

// Empty tells whether there is no credential.
func (s String) Empty() bool { return s.value == "" }

// Last4 is what a screen may show of a credential: its last four characters, or
// nothing when that would be half of it.
func (s String) Last4() string {
	if len(s.value) < 12 {
		return ""
	}
	return s.value[len(s.value)-4:]
}

func (s String) String() string { return mask }

// GoString keeps %#v from printing the field.
func (s String) GoString() string { return mask }

// Format keeps every other verb from printing the field.
func (s String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// LogValue is what slog writes.
func (s String) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalJSON is what encoding/json writes.
func (s String) MarshalJSON() ([]byte, error) { return json.Marshal(mask) }
