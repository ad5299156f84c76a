package queue

import (
	"github.com/google/uuid"

	"sembang/internal/id"
)

// MailKind is what a letter says; its words are package mail's.
type MailKind string

// The letters.
const (
	MailInvitation      MailKind = "invitation"
	MailPasswordReset   MailKind = "password_reset"
	MailPasswordChanged MailKind = "password_changed"
	MailSessionReuse    MailKind = "session_reuse" // a copied refresh token was used
	MailTwoFactorOff    MailKind = "two_factor_off"
)

// SendMail writes to one user. Token is the one-time token that the letter's link
// carries, by its row's id; the link itself is derived when the letter is written.
type SendMail struct {
	Company id.Company `json:"company_id"`
	User    id.User    `json:"user_id"`
	Letter  MailKind   `json:"letter"`
	Token   *uuid.UUID `json:"token_id,omitempty"`
}

// Kind names the job in River's table.
func (SendMail) Kind() string { return "send_mail" }

// Of is whose it is.
func (j SendMail) Of() id.Company { return j.Company }
