package sim

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/template"
	"time"
)

// The guessed shapes of an OnSend webhook.
const (
	FormFlat    = "flat"    // {from, message, …}
	FormEvent   = "event"   // {event, data: {…}}, as whatsapp-web.js gateways
	FormBaileys = "baileys" // {key, message: {conversation}, pushName}
)

//go:embed forms/*.tmpl
var formFiles embed.FS

// maxReplays is how many inbound messages are kept for replays.
const maxReplays = 1_000

// inbound is what a form's template may use of a message on the device.
type inbound struct {
	Device   string
	Phone    string // the device's own number
	Customer string
	Name     string
	Text     string
	ID       string // empty for a webhook without one
	Group    string // without @g.us; empty for a private chat
	FromMe   bool
	Form     string
	At       time.Time
	NoTime   bool
	queue    string
}

// Chat is where the message was written: the group, or the customer.
func (m inbound) Chat(domain string) string {
	if m.Group != "" {
		return m.Group + "@g.us"
	}
	return m.Customer + "@" + domain
}

func knownForm(form string) bool {
	return form == FormFlat || form == FormEvent || form == FormBaileys
}

// render fills the template of the message's form. A value enters through
// the function json, so that no text can break the shape.
func (m inbound) render() ([]byte, error) {
	name := m.Form + ".json.tmpl"
	t, err := template.New(name).Funcs(template.FuncMap{"json": quoteJSON}).ParseFS(formFiles, "forms/"+name)
	if err != nil {
		return nil, fmt.Errorf("parse form: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, m); err != nil {
		return nil, fmt.Errorf("fill form: %w", err)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, b.Bytes()); err != nil {
		return nil, fmt.Errorf("compact form: %w", err)
	}
	return body.Bytes(), nil
}

func quoteJSON(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// deliver queues a webhook of the device and keeps it for replays. The
// caller holds the lock.
func (o *onsend) deliver(d *device, m inbound, report func(attempt)) {
	m.Device, m.Phone = d.ID, d.Phone
	if m.queue == "" {
		m.queue = strings.Join([]string{OnSend, d.ID, m.Customer}, "/")
	}
	if len(o.sent) >= maxReplays {
		o.sent = append(o.sent[:0:0], o.sent[maxReplays/10:]...)
	}
	o.sent = append(o.sent, m)
	body, err := m.render()
	if err == nil {
		err = o.sim.courier.send(o.parcel(d, m, body, report))
	}
	if err != nil {
		report(attempt{err: err.Error(), state: StateDropped})
	}
}

func (o *onsend) parcel(d *device, m inbound, body []byte, report func(attempt)) *parcel {
	return &parcel{
		queue: m.queue, door: d.door, body: body, policy: onSendPolicy(), report: report,
		header: http.Header{"User-Agent": {"OnSend-Webhook/1.0"}, "Accept": {"application/json"}},
	}
}

// Replay sends the newest n inbound messages of a device again, as gateways do
// after a reconnect, and returns how many.
func (s *Sim) Replay(deviceID string, n int) (int, error) {
	o := s.onsend
	o.mu.Lock()
	defer o.mu.Unlock()
	d, known := o.devices[deviceID]
	if !known {
		return 0, fmt.Errorf("%w: no such device", ErrNotFound)
	}
	var again []inbound
	for i := len(o.sent) - 1; i >= 0 && len(again) < n; i-- {
		if o.sent[i].Device == deviceID {
			again = append(again, o.sent[i])
		}
	}
	for i := len(again) - 1; i >= 0; i-- {
		body, err := again[i].render()
		if err != nil {
			return 0, err
		}
		if err := s.courier.send(o.parcel(d, again[i], body, func(attempt) {})); err != nil {
			return 0, err
		}
	}
	return len(again), nil
}
