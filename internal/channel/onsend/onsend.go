// Package onsend speaks OnSend, a gateway to a WhatsApp number. What OnSend
// posts is not documented: the package looks for each field under the names that
// such gateways use, in an order that an account's settings can change. It knows
// no company and no conversation; groups are passed over.
package onsend

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"sembang/internal/channel"
)

// maxUnits is WhatsApp's limit of a text, in UTF-16 code units. OnSend names
// none.
const maxUnits = 4096

const signatureHeader = "X-Webhook-Signature"

// Provider is OnSend. It implements channel.Provider and channel.Identifier.
type Provider struct {
	base   string
	caller channel.Caller
}

// New returns a Provider that calls baseURL, such as https://onsend.io/api/v1.
func New(baseURL string, client *http.Client) *Provider {
	return &Provider{base: strings.TrimRight(baseURL, "/"), caller: channel.NewCaller(client)}
}

// Verify trusts the address, which is the secret. Only for an account with a
// HookSecret must the call be signed: hex HMAC-SHA256 of the body.
func (p *Provider) Verify(account channel.Account, r channel.Request) error {
	if account.HookSecret.Empty() {
		return nil
	}
	got, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get(signatureHeader), "sha256="))
	if err != nil {
		return channel.ErrSignature
	}
	mac := hmac.New(sha256.New, []byte(account.HookSecret.Reveal()))
	mac.Write(r.Body)
	if !hmac.Equal(got, mac.Sum(nil)) {
		return channel.ErrSignature
	}
	return nil
}

// Split cuts a text to WhatsApp's limit.
func (p *Provider) Split(text string) []string { return channel.Split(text, maxUnits) }

// Acknowledge says success in OnSend's own way.
func (p *Provider) Acknowledge() (contentType string, body []byte) {
	return "application/json", []byte(`{"success":true}`)
}
