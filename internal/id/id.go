// Package id is the typed identifiers of the program: UUIDv7, made in Go, so
// that they sort by time and no sequence reveals how much another company does.
package id

import (
	"crypto/sha256"
	"log/slog"

	"github.com/google/uuid"
)

// The types exist so that a conversation's id cannot be passed where a
// company's is wanted.
type (
	// Company identifies a tenant; it is the first column of every key.
	Company uuid.UUID
	// User identifies a login of a company.
	User uuid.UUID
	// Integration identifies a connected vendor account.
	Integration uuid.UUID
	// Contact identifies a customer of a company.
	Contact uuid.UUID
	// Conversation identifies a thread with a contact.
	Conversation uuid.UUID
	// Message identifies one message in a thread.
	Message uuid.UUID
)

// Platform is the reserved company that super admins and global rows belong to.
var Platform = Company(uuid.MustParse("00000000-0000-7000-8000-000000000001"))

// New returns a fresh UUIDv7.
func New() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Parse reads the usual text form into any of the typed ids.
func Parse[T ~[16]byte](text string) (T, error) {
	u, err := uuid.Parse(text)
	return T(u), err
}

// Hash is how keys that only need to be recognised (webhook keys, refresh
// tokens) are stored: SHA-256 of a random 256-bit value needs no salt.
func Hash(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

func (c Company) String() string      { return uuid.UUID(c).String() }
func (u User) String() string         { return uuid.UUID(u).String() }
func (i Integration) String() string  { return uuid.UUID(i).String() }
func (c Contact) String() string      { return uuid.UUID(c).String() }
func (c Conversation) String() string { return uuid.UUID(c).String() }
func (m Message) String() string      { return uuid.UUID(m).String() }

// LogValue keeps log lines from showing bytes.
func (c Company) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue keeps log lines from showing bytes.
func (u User) LogValue() slog.Value { return slog.StringValue(u.String()) }

// LogValue keeps log lines from showing bytes.
func (i Integration) LogValue() slog.Value { return slog.StringValue(i.String()) }

// LogValue keeps log lines from showing bytes.
func (c Contact) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue keeps log lines from showing bytes.
func (c Conversation) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue keeps log lines from showing bytes.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }
