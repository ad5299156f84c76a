package channeltest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

// patience bounds every wait for the simulator.
const patience = 10 * time.Second

// world is a simulator with one account, and the place it posts to.
type world struct {
	vendor   Vendor
	sim      *sim.Sim
	provider channel.Provider
	account  channel.Account
	posts    chan channel.Request
}

func newWorld(t *testing.T, v Vendor) *world {
	t.Helper()
	w := &world{vendor: v, sim: sim.New(sim.Config{Seed: 1}), posts: make(chan channel.Request, 100)}
	t.Cleanup(w.sim.Close)
	vendor := httptest.NewServer(w.sim.Handler())
	t.Cleanup(vendor.Close)
	w.provider = v.New(vendor.URL+v.Path, &http.Client{Transport: &http.Transport{}})
	ours := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(ours.Close)
	w.account = v.Connect(t, w.sim, w.provider, ours.URL)
	return w
}

// receive keeps what the vendor posts and answers as the product does.
func (w *world) receive(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	w.posts <- channel.Request{
		Header: r.Header, ContentType: r.Header.Get("Content-Type"), Body: body, ReceivedAt: time.Now(),
	}
	contentType, answer := w.provider.Acknowledge()
	if contentType != "" {
		rw.Header().Set("Content-Type", contentType)
	}
	_, _ = rw.Write(answer)
}

// write lets the customer write and returns what the vendor posts.
func (w *world) write(t *testing.T, l sim.Letter) channel.Request {
	t.Helper()
	l.Vendor, l.Account = w.vendor.Name, w.vendor.SimAccount
	if l.Customer == "" {
		l.Customer = w.vendor.Customer
	}
	if _, err := w.sim.Write(l); err != nil {
		t.Fatal(err)
	}
	return w.post(t)
}

func (w *world) post(t *testing.T) channel.Request {
	t.Helper()
	select {
	case r := <-w.posts:
		return r
	case <-time.After(patience):
		t.Fatal("the vendor posts nothing")
		return channel.Request{}
	}
}

// parse verifies and parses a call.
func (w *world) parse(t *testing.T, r channel.Request) []channel.Event {
	t.Helper()
	if err := w.provider.Verify(w.account, r); err != nil {
		t.Fatalf("Verify() of %s = %v", r.Body, err)
	}
	events, err := w.provider.Parse(w.account, r)
	if err != nil {
		t.Fatalf("Parse() of %s = %v", r.Body, err)
	}
	return events
}

// inbound parses a call that holds one message of a customer.
func (w *world) inbound(t *testing.T, r channel.Request) channel.Inbound {
	t.Helper()
	events := w.parse(t, r)
	if len(events) != 1 {
		t.Fatalf("Parse() of %s = %v, want one event", r.Body, events)
	}
	message, ok := events[0].(channel.Inbound)
	if !ok {
		t.Fatalf("Parse() of %s = %#v, want an Inbound", r.Body, events[0])
	}
	return message
}

// greet lets the customer write first, as vendors demand before they carry what
// we write, and returns the address to answer.
func (w *world) greet(t *testing.T) channel.Address {
	t.Helper()
	return w.inbound(t, w.write(t, sim.Letter{Text: "hello"})).From
}

func (w *world) spoil(t *testing.T, f sim.Fault) {
	t.Helper()
	f.Vendor, f.Method = w.vendor.Name, w.vendor.Method
	if _, err := w.sim.AddFault(f); err != nil {
		t.Fatal(err)
	}
}

// carried returns how many sends the vendor carried out.
func (w *world) carried() int {
	count := 0
	for _, r := range w.sim.Requests(sim.RequestFilter{Vendor: w.vendor.Name, Method: w.vendor.Method}) {
		if r.Processed {
			count++
		}
	}
	return count
}

// failure returns err as a SendError and checks that no form of it shows a
// secret or an address of the vendor.
func (w *world) failure(t *testing.T, err error) *channel.SendError {
	t.Helper()
	failure, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("Send() = %v, want a *SendError", err)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		for _, text := range []string{inner.Error(), fmt.Sprintf("%v %+v %#v", inner, inner, inner)} {
			for _, secret := range []string{w.account.Token.Reveal(), w.account.HookSecret.Reveal(), "http://"} {
				if secret != "" && strings.Contains(text, secret) {
					t.Errorf("error shows %q: %s", secret, text)
				}
			}
		}
	}
	if failure.Code == "" {
		t.Errorf("error without a code: %v", err)
	}
	return failure
}
