// Package channel is the contract between the product and the vendors that carry
// messages. It knows no vendor, no company and no database: a Provider parses
// what a vendor posts and sends what the outbox holds.
package channel

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"sembang/internal/secret"
)

// Kind names a vendor the way webhook addresses and the database do.
type Kind string

// The vendors.
const (
	OnSend   Kind = "onsend"
	WhatsApp Kind = "whatsapp"
	Telegram Kind = "telegram"
)

// Account is a connected vendor account, opened for one call.
type Account struct {
	// ID is the vendor's own stable name of the account (Telegram: the bot id;
	// OnSend: the device's phone number, may be empty).
	ID string
	// Token authorises calls to the vendor.
	Token secret.String
	// HookSecret authenticates what the vendor posts, where the vendor has such
	// a thing (Telegram's secret token); empty means the address is the secret.
	HookSecret secret.String
	// Country (ISO 3166 alpha-2) decides how a phone number without country
	// code is read; a leading 0 becomes 60 only for MY.
	Country string
	// Settings are a vendor's own options, such as OnSend's field paths.
	Settings json.RawMessage
}

// Request is a webhook call as it came in. Body is the raw bytes.
type Request struct {
	Header      http.Header
	ContentType string
	Body        []byte
	ReceivedAt  time.Time
}

// AddressKind says what an Address is.
type AddressKind string

// The kinds of address.
const (
	AddressPhone AddressKind = "phone" // E.164 digits without plus
	AddressChat  AddressKind = "chat"  // Telegram's chat id
	AddressBSUID AddressKind = "bsuid" // WhatsApp's business-scoped user id
)

// Address is how a vendor names a customer.
type Address struct {
	Kind  AddressKind
	Value string
}

// Event is one thing in a webhook call; a call may hold several, or none.
type Event interface{ event() }

// Inbound is a message from a customer.
type Inbound struct {
	// VendorID dedupes: unique within the integration. Telegram's is
	// "chat:message_id". A vendor without ids gets a hash that includes the
	// timestamp; without a timestamp it is empty and nothing is dropped.
	VendorID string
	From     Address
	// Name is what the vendor says the customer is called; may be empty, is
	// written by the customer and so never trusted.
	Name string
	// Phone is E.164 digits when the vendor tells it, else empty.
	Phone string
	// Content is "text", or the kind of thing the customer sent that text alone
	// does not tell ("image", "audio", "location", "unsupported", …).
	Content string
	// Text is what the customer wrote, or a caption. Valid UTF-8, no NUL.
	Text string
	// SentAt is the vendor's clock; zero when unknown.
	SentAt time.Time
}

// Echo is a message of our own account that the vendor posts back: sent by us,
// or typed by the owner on the phone.
type Echo struct {
	VendorID string
	To       Address
	Text     string
	SentAt   time.Time
}

// Edit replaces the text of an earlier inbound message.
type Edit struct {
	EventKey string // dedupes the edit itself
	VendorID string // of the message that changed
	Text     string
}

// Reach tells that a customer blocked us, or let us write again.
type Reach struct {
	EventKey  string
	Who       Address
	Reachable bool
}

// Poison is an element that could not be read; its siblings go on.
type Poison struct{ Reason string }

func (Inbound) event() {}
func (Echo) event()    {}
func (Edit) event()    {}
func (Reach) event()   {}
func (Poison) event()  {}

// Part is one message as the vendor will carry it: already split to its limit.
type Part struct {
	To   Address
	Text string
	// Ref is our id of the part; vendors that echo a caller's reference get it.
	Ref string
}

// Sent is a vendor's acceptance. VendorID may be empty: not every vendor has ids.
type Sent struct{ VendorID string }

// ErrSignature is returned by Verify when the caller is not the vendor.
var ErrSignature = errors.New("webhook signature does not match")

// Outcome is what is known about a send that did not succeed.
type Outcome int

// The outcomes. Only NotSent may be tried again without asking anybody.
const (
	// Unknown: the request may have been carried out (timeout, cut, 5xx).
	Unknown Outcome = iota
	// NotSent: certainly not carried out, worth trying again later.
	NotSent
	// Refused: certainly not carried out, and the same call never will be.
	Refused
)

// Scope is what a limit or a refusal holds for.
type Scope int

// The scopes.
const (
	ScopePart Scope = iota
	ScopeContact
	ScopeAccount
)

// SendError is every error Send returns.
type SendError struct {
	Outcome Outcome
	Scope   Scope
	// Code is a stable word for logs and screens: one of the Code constants.
	Code string
	// RetryAfter is the vendor's wish; zero when it said nothing.
	RetryAfter time.Duration
	// Err holds no secret: URLs that carry tokens are stripped.
	Err error
}

func (e *SendError) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return e.Code + ": " + e.Err.Error()
}

func (e *SendError) Unwrap() error { return e.Err }

// Provider is a vendor. Implementations hold no state of an account and are safe
// for concurrent use.
type Provider interface {
	// Verify authenticates a call on its raw bytes; ErrSignature if it fails.
	Verify(account Account, r Request) error
	// Parse reads a verified call. It is pure. An error means that the body as
	// a whole cannot be read (poison); elements that cannot are Poison events.
	Parse(account Account, r Request) ([]Event, error)
	// Split cuts a text into parts within the vendor's limit, in order, never
	// inside a grapheme cluster. An empty or blank text gives no part.
	Split(text string) []string
	// Send carries one part. It makes one attempt; errors are *SendError.
	Send(ctx context.Context, account Account, p Part) (Sent, error)
	// Acknowledge is what the vendor wants to read in the 200.
	Acknowledge() (contentType string, body []byte)
}
