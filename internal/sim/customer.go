package sim

import (
	"fmt"
	"strings"
	"time"
)

// Customer is a person of the phone page, with an address on each channel.
type Customer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"` // as Telegram's language_code
	Phone    string `json:"phone"`
	ChatID   int64  `json:"chat_id"`
	Username string `json:"username"`
}

func defaultCustomers() []Customer {
	return []Customer{
		{ID: "aisyah", Name: "Aisyah Rahman", Language: "ms", Phone: "60115550101", ChatID: 701000101, Username: "aisyah_r"},
		{ID: "weiming", Name: "Tan Wei Ming", Language: "zh-hans", Phone: "60115550102", ChatID: 701000102, Username: "tanweiming"},
		{ID: "priya", Name: "Priya Nair", Language: "en", Phone: "60115550103", ChatID: 701000103, Username: "priya_nair"},
		{ID: "jason", Name: "Jason Lim", Language: "en", Phone: "60115550104", ChatID: 701000104},
	}
}

// Letter is a message that a customer writes.
type Letter struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account"`
	// Customer is a phone number for OnSend, a user id for Telegram.
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Username string `json:"username"` // Telegram
	Language string `json:"language"` // Telegram's language_code
	Text     string `json:"text"`
	// Group is the group it is written in: an id without @g.us for OnSend, a
	// negative chat id for Telegram.
	Group string `json:"group"`
	// Copies is how often the webhook is delivered, 1 when 0.
	Copies int `json:"copies"`
	// Form overrides the device's form for this message (OnSend).
	Form string `json:"form"`
	// WithoutID and WithoutTime leave the fields out of the webhook (OnSend);
	// MessageID sets the id instead of a random one.
	WithoutID   bool   `json:"without_id"`
	WithoutTime bool   `json:"without_time"`
	MessageID   string `json:"message_id"`
	// At dates the message; zero is now.
	At time.Time `json:"at"`
	// Secret replaces the secret header, "-" leaves it out (Telegram).
	Secret string `json:"secret"`
	// Apart delivers at once, not after the customer's message before.
	Apart bool `json:"apart"`
}

// Posted tells where a letter went.
type Posted struct {
	ChatRef
	Seq       uint64 `json:"seq"` // of the ChatMessage, whose State tells of the delivery
	MessageID string `json:"message_id"`
	UpdateID  int64  `json:"update_id,omitempty"`
}

// maxCopies bounds the repetitions of one webhook.
const maxCopies = 100

// Write lets a customer write. It returns once the webhook is queued; how its
// delivery goes on shows in the chat.
func (s *Sim) Write(l Letter) (Posted, error) {
	switch {
	case strings.TrimSpace(l.Text) == "":
		return Posted{}, fmt.Errorf("%w: a letter needs a text", ErrInvalid)
	case l.Copies < 0 || l.Copies > maxCopies:
		return Posted{}, fmt.Errorf("%w: copies must be 0 to %d", ErrInvalid, maxCopies)
	}
	l.Copies = max(1, l.Copies)
	if l.At.IsZero() {
		l.At = s.cfg.Now()
	}
	switch l.Vendor {
	case OnSend:
		return s.onsend.write(l)
	case Telegram:
		return s.telegram.write(l)
	}
	return Posted{}, fmt.Errorf("%w: vendor must be onsend or telegram", ErrInvalid)
}

// Echo types a message on the business's own phone to a customer, which
// OnSend reports with fromMe. Telegram's bots have no phone.
func (s *Sim) Echo(l Letter) (Posted, error) {
	if l.Vendor != OnSend {
		return Posted{}, fmt.Errorf("%w: only onsend has a phone of its own", ErrInvalid)
	}
	if strings.TrimSpace(l.Text) == "" {
		return Posted{}, fmt.Errorf("%w: a letter needs a text", ErrInvalid)
	}
	if l.At.IsZero() {
		l.At = s.cfg.Now()
	}
	l.Copies = max(1, min(l.Copies, maxCopies))
	return s.onsend.echo(l)
}

// Block lets a customer block the business: Telegram reports it and refuses
// what the bot sends; OnSend accepts sends that never arrive.
func (s *Sim) Block(ref ChatRef) error { return s.setBlocked(ref, true) }

// Unblock ends Block.
func (s *Sim) Unblock(ref ChatRef) error { return s.setBlocked(ref, false) }

func (s *Sim) setBlocked(ref ChatRef, blocked bool) error {
	switch ref.Vendor {
	case OnSend:
		return s.onsend.setBlocked(ref, blocked)
	case Telegram:
		return s.telegram.setBlocked(ref, blocked)
	}
	return fmt.Errorf("%w: vendor must be onsend or telegram", ErrInvalid)
}

// tracker returns what notes delivery attempts in the customer's bubble.
func (s *Sim) tracker(ref ChatRef, seq uint64) func(attempt) {
	return func(a attempt) {
		s.chats.change(ref, seq, func(m *ChatMessage) {
			m.Attempts = max(m.Attempts, a.number)
			if a.state == StateDelivered {
				m.Copies++
			}
			if m.State == StateDelivered {
				return // a repetition that fails takes nothing back
			}
			m.State, m.Detail = a.state, a.err
		})
	}
}
