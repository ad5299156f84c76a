// Package telegram speaks Telegram's Bot API: it parses updates and sends
// messages. It knows no company and no conversation; private chats are all it
// sees, groups and channels are passed over.
package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"sembang/internal/channel"
)

// maxUnits is Telegram's limit of a text, in UTF-16 code units.
const maxUnits = 4096

const secretHeader = "X-Telegram-Bot-Api-Secret-Token" //nolint:gosec // the header's name

// Provider is Telegram. It implements channel.Provider and channel.Registrar.
type Provider struct {
	base   string
	caller channel.Caller
}

// New returns a Provider that calls baseURL, such as https://api.telegram.org.
func New(baseURL string, client *http.Client) *Provider {
	return &Provider{base: strings.TrimRight(baseURL, "/"), caller: channel.NewCaller(client)}
}

// Verify compares the secret that Telegram repeats in a header. An account
// without a secret accepts nobody.
func (p *Provider) Verify(account channel.Account, r channel.Request) error {
	if account.HookSecret.Empty() {
		return channel.ErrSignature
	}
	// Hashes have one length, so that the comparison does not tell the secret's.
	want := sha256.Sum256([]byte(account.HookSecret.Reveal()))
	got := sha256.Sum256([]byte(r.Header.Get(secretHeader)))
	if subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return channel.ErrSignature
	}
	return nil
}

// Split cuts a text to Telegram's limit.
func (p *Provider) Split(text string) []string { return channel.Split(text, maxUnits) }

// Acknowledge is an empty body: Telegram would carry out a body that names a
// method, and tell nobody how that went.
func (p *Provider) Acknowledge() (contentType string, body []byte) { return "", nil }
