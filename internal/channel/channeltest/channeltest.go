// Package channeltest is the suite that every vendor's adapter passes. It runs
// the adapter against the simulator and against spoiled copies of what the
// simulator posts. It knows the contract, and of a vendor only what Vendor says.
package channeltest

import (
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

// Vendor is what the suite has to know of a vendor.
type Vendor struct {
	// Name and Path are the vendor's in the simulator: "onsend" below "/onsend/api/v1".
	Name, Path string
	// New returns the adapter.
	New func(baseURL string, client *http.Client) channel.Provider
	// Connect adds an account to s that posts to address, and returns it.
	Connect func(t *testing.T, s *sim.Sim, p channel.Provider, address string) channel.Account
	// SimAccount is the account's name in the simulator.
	SimAccount string
	// Customer, Stranger and Group are addresses of two customers and a group.
	Customer, Stranger, Group string
	// Forms are the shapes of webhooks; a vendor with one has "".
	Forms []string
	// Method is the vendor's name of the call that sends a text.
	Method string
	// Secure returns the account with a secret, and signs r as the vendor would.
	Secure func(account channel.Account, r *channel.Request) channel.Account
	// SignatureHeader is the header that Secure sets.
	SignatureHeader string
	// Echoes tells whether the vendor posts our own messages.
	Echoes bool
	// LimitScope is what a 429 stops.
	LimitScope channel.Scope
}

// Run runs the suite.
func Run(t *testing.T, v Vendor) {
	t.Helper()
	for _, form := range v.Forms {
		t.Run("webhooks "+form, func(t *testing.T) {
			t.Parallel()
			runWebhooks(t, v, form)
		})
	}
	t.Run("authentication", func(t *testing.T) {
		t.Parallel()
		runAuthentication(t, v)
	})
	t.Run("length", func(t *testing.T) {
		t.Parallel()
		runLength(t, v)
	})
	t.Run("sending", func(t *testing.T) {
		t.Parallel()
		runSending(t, v)
	})
}
