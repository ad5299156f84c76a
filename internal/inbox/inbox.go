// Package inbox is the conversations of a company with its customers: what comes
// in, whose turn it is, what goes out, and who looks after it. It knows no vendor,
// no model and none of its callers.
package inbox

import (
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sembang/internal/fault"
	"sembang/internal/id"
)

// Errors a caller can test for.
var (
	ErrNotFound = fault.New(fault.NotFound, "This conversation does not exist, or is not yours to see.")
	ErrResolved = fault.New(fault.Conflict, "This conversation is completed. Reopen it to write.")
	ErrReplay   = fault.New(fault.Conflict, "This Idempotency-Key was used with another text. Use a new key for a new message.")
	ErrBlank    = fault.New(fault.Invalid, "Write something first.")
)

// BotState says who answers a conversation.
type BotState string

// The bot's states.
const (
	BotOn         BotState = "on"
	BotPaused     BotState = "paused"      // a person took over; until a time, or until resumed
	BotHandedOver BotState = "handed_over" // the bot gave it to the people; until resumed
)

// Turn is a leased right to answer a conversation.
type Turn struct {
	Company      id.Company      `db:"company_id"`
	Conversation id.Conversation `db:"conversation_id"`
	Lease        uuid.UUID       `db:"lease"`
	// Processed and LastIn are the answered and the newest inbound seq at the claim.
	Processed int64 `db:"processed"`
	LastIn    int64 `db:"last_in"`
	// Attempts counts the claims since a turn of the conversation last ended well.
	Attempts int `db:"attempts"`
}

// Conversation is a thread with a contact on one channel.
type Conversation struct {
	ID              id.Conversation `db:"id"`
	ContactID       id.Contact      `db:"contact_id"`
	ContactName     string          `db:"contact_name"`
	ContactPhone    *string         `db:"contact_phone"`
	ContactLanguage *string         `db:"contact_language"`
	ContactSince    time.Time       `db:"contact_since"`
	Channel         string          `db:"channel"`
	IntegrationID   id.Integration  `db:"integration_id"`
	IntegrationName string          `db:"integration_name"`
	Status          string          `db:"status"`
	AssigneeID      *id.User        `db:"assignee_id"`
	AssigneeName    *string         `db:"assignee_name"`
	Language        *string         `db:"language"`
	Mixed           bool            `db:"mixed"`
	BotState        BotState        `db:"bot_state"`
	BotReason       *string         `db:"bot_reason"`
	PausedUntil     *time.Time      `db:"paused_until"`
	WaitingSince    *time.Time      `db:"waiting_since"`
	ActiveAt        time.Time       `db:"active_at"`
	Unread          int             `db:"unread"`
	LastAuthor      *string         `db:"last_author"`
	LastText        *string         `db:"last_text"`
	LastAt          time.Time       `db:"last_at"`
	CreatedAt       time.Time       `db:"created_at"`
}

// Message is one entry of a thread: what was written, or what happened.
type Message struct {
	ID         id.Message `db:"id"`
	Seq        int64      `db:"seq"`
	Direction  string     `db:"direction"`
	Author     string     `db:"author"`
	AuthorName *string    `db:"author_name"`
	Content    string     `db:"content"`
	Body       string     `db:"body"`
	State      string     `db:"state"`
	Error      *string    `db:"error"`
	At         time.Time  `db:"at"`
}

// cut shortens text to at most n runes.
func cut(text string, n int) string {
	if len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}
