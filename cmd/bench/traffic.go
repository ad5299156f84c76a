package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"sembang/internal/channel"
	"sembang/internal/id"
)

// account is a connected vendor account that customers write to.
type account struct {
	company     id.Company
	integration id.Integration
	channel     channel.Kind
	key         string // of the webhook's address
	hookSecret  string
	token       string
	device      string // the account's name at the simulator
}

// customer is a contact who writes.
type customer struct {
	account  *account
	external string // chat id, or phone number
	name     string
	sent     atomic.Int64
}

// message is one webhook call with one message, in the vendor's own format.
type message struct {
	customer *customer
	vendorID string
	text     string
	at       time.Time
	body     []byte
}

const (
	redelivered = 100                            // one call in so many comes twice
	question    = "What are your opening hours?" // the template's own example
	remark      = "Saya nak order satu kek coklat untuk hari Sabtu, boleh hantar ke Subang Jaya?"
	firstChat   = 50_000_000
	firstPhone  = 60_110_000_000
)

// traffic makes what customers write to a set of accounts, and keeps count.
type traffic struct {
	accounts  []*account
	customers []*customer
	strangers atomic.Int64
	text      string

	// New counts messages that were acknowledged for the first time, Again those
	// that were acknowledged before.
	New, Again atomic.Int64
}

// newTraffic spreads n customers evenly over the accounts.
func newTraffic(accounts []*account, n int) *traffic {
	t := &traffic{accounts: accounts, text: remark}
	for range n {
		t.customers = append(t.customers, t.stranger())
	}
	return t
}

// stranger is somebody who never wrote before.
func (t *traffic) stranger() *customer {
	n := t.strangers.Add(1)
	c := &customer{account: t.accounts[int(n)%len(t.accounts)], name: "Nur Aisyah " + strconv.FormatInt(n, 10)}
	c.external = strconv.FormatInt(firstChat+n, 10)
	if c.account.channel == channel.OnSend {
		c.external = strconv.FormatInt(firstPhone+n, 10)
	}
	return c
}

// stream is one connection's share of the traffic.
type stream struct {
	traffic *traffic
	random  *rand.Rand // nil: nothing is delivered twice
	pick    func() *customer
	last    message
	acked   bool // last was acknowledged, so that it may be delivered again
	again   bool // the one under way is a repetition
}

// known returns a stream of existing customers in random order.
func (t *traffic) known(seed uint64) *stream {
	s := &stream{traffic: t, random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // repeatable, not secret
	s.pick = func() *customer { return t.customers[s.random.IntN(len(t.customers))] }
	return s
}

// unknown returns a stream in which every message is somebody's first.
func (t *traffic) unknown(seed uint64) *stream {
	s := &stream{traffic: t, random: rand.New(rand.NewPCG(seed, 2))} //nolint:gosec // repeatable, not secret
	s.pick = t.stranger
	return s
}

// next returns what is delivered next.
func (s *stream) next() message {
	s.again = s.acked && s.random != nil && s.random.IntN(redelivered) == 0
	if !s.again {
		s.last = s.pick().write(s.traffic.text)
	}
	s.acked = false
	return s.last
}

// done counts the message under way as acknowledged.
func (s *stream) done() {
	s.acked = true
	if s.again {
		s.traffic.Again.Add(1)
		return
	}
	s.traffic.New.Add(1)
}

// write makes the customer's next message.
func (c *customer) write(text string) message {
	n := c.sent.Add(1)
	m := message{customer: c, text: text, at: time.Now()}
	if c.account.channel == channel.Telegram {
		m.vendorID = c.external + ":" + strconv.FormatInt(n, 10)
		m.body = fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%s,"is_bot":false,"first_name":%q,"language_code":"ms"},`+
			`"chat":{"id":%s,"first_name":%q,"type":"private"},"date":%d,"text":%q}}`,
			100_000_000+n, n, c.external, c.name, c.external, c.name, m.at.Unix(), text)
		return m
	}
	m.vendorID = "3EB0" + c.external + strconv.FormatInt(n, 16)
	m.body = fmt.Appendf(nil, `{"message_id":%q,"device":%q,"from":%q,"name":%q,"timestamp":%d,"type":"text","message":%q}`,
		m.vendorID, c.account.device, c.external, c.name, m.at.Unix(), text)
	return m
}

// request appends m as a whole HTTP request.
func (m message) request(b []byte) []byte {
	a := m.customer.account
	b = fmt.Appendf(b, "POST /webhooks/%s/%s HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n",
		a.channel, a.key, len(m.body))
	if a.hookSecret != "" {
		b = fmt.Appendf(b, "X-Telegram-Bot-Api-Secret-Token: %s\r\n", a.hookSecret)
	}
	return append(append(b, "\r\n"...), m.body...)
}

// copyOfPeople is the same customers for a database that was copied when each had
// written once.
func (w *world) copyOfPeople() *traffic {
	t := newTraffic(w.accounts, contacts)
	for _, c := range t.customers {
		c.sent.Add(1)
	}
	return t
}
