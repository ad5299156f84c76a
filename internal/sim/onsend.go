package sim

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The states of a device.
const (
	DeviceConnected    = "connected"
	DeviceNotConnected = "not_connected"
	DeviceConnecting   = "connecting"
	DeviceDisabled     = "disabled"
	DeviceDisconnected = "disconnected"
	DeviceLoggedOut    = "logged_out"
)

// Device is a WhatsApp number linked to OnSend, with one token.
type Device struct {
	ID    string `json:"id"` // the account in chats, requests and faults
	Token string `json:"token"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
	// Status is one of the Device constants, connected when empty.
	Status string `json:"status"`
	// WebhookURL takes what customers write; without one their messages wait.
	WebhookURL string `json:"webhook_url"`
	// Form is the shape of webhooks, flat when empty.
	Form string `json:"form"`
	// PerMinute is the rate limit, 60 when 0; negative for none.
	PerMinute int `json:"per_minute"`
	// PerDay is the package's quota; 0 for none.
	PerDay int `json:"per_day"`
	// WithMessageID adds message_id to the answer of /send.
	WithMessageID bool `json:"with_message_id"`
	// EchoSends reports what the API sent on the webhook with fromMe.
	EchoSends bool `json:"echo_sends"`
	// OfflineStatus is the HTTP status of a send when not connected, 200 when 0.
	OfflineStatus int `json:"offline_status"`
}

// device is a Device with what happens to it.
type device struct {
	Device
	door   *door
	minute window
	day    window
}

// onsend imitates OnSend as far as vendors are known to use it. How it
// reports incoming messages is a guess in three forms.
type onsend struct {
	sim     *Sim
	mu      sync.Mutex
	devices map[string]*device // by id
	blocked map[ChatRef]bool
	sent    []inbound // the newest inbound messages, for replays
}

func newOnSend(s *Sim) *onsend {
	return &onsend{sim: s, devices: map[string]*device{}, blocked: map[ChatRef]bool{}}
}

func (o *onsend) name() string { return OnSend }

// maxConnectionsOnSend is an assumption.
const maxConnectionsOnSend = 40

// AddDevice links a device, or replaces the one with the same id and keeps its
// rate windows.
func (s *Sim) AddDevice(d Device) error {
	if d.Status == "" {
		d.Status = DeviceConnected
	}
	if d.Form == "" {
		d.Form = FormFlat
	}
	if d.PerMinute == 0 {
		d.PerMinute = 60
	}
	if err := d.check(); err != nil {
		return err
	}
	o := s.onsend
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, other := range o.devices {
		if other.Token == d.Token && other.ID != d.ID {
			return fmt.Errorf("%w: the token belongs to device %s", ErrInvalid, other.ID)
		}
	}
	known, replaced := o.devices[d.ID]
	if !replaced {
		if len(o.devices) >= maxAccounts {
			return fmt.Errorf("%w: too many devices", ErrFull)
		}
		known = &device{door: newDoor(d.WebhookURL, maxConnectionsOnSend)}
		known.minute.length = s.cfg.scaled(time.Minute)
		known.day.length = s.cfg.scaled(24 * time.Hour)
		o.devices[d.ID] = known
	} else if known.WebhookURL != d.WebhookURL {
		known.door.move(d.WebhookURL, nil, maxConnectionsOnSend)
	}
	known.Device = d
	return nil
}

// maxAccounts bounds devices, bots and API keys each.
const maxAccounts = 10_000

func (d Device) check() error {
	switch {
	case d.ID == "" || d.Token == "":
		return fmt.Errorf("%w: a device needs id and token", ErrInvalid)
	case !knownForm(d.Form):
		return fmt.Errorf("%w: form must be flat, event or baileys", ErrInvalid)
	}
	switch d.Status {
	case DeviceConnected, DeviceNotConnected, DeviceConnecting, DeviceDisabled, DeviceDisconnected, DeviceLoggedOut:
		return nil
	}
	return fmt.Errorf("%w: unknown device status", ErrInvalid)
}

// Device returns a linked device.
func (s *Sim) Device(id string) (Device, error) {
	s.onsend.mu.Lock()
	defer s.onsend.mu.Unlock()
	d, known := s.onsend.devices[id]
	if !known {
		return Device{}, fmt.Errorf("%w: no such device", ErrNotFound)
	}
	return d.Device, nil
}

func (o *onsend) identify(c *call) {
	path := strings.TrimPrefix(c.req.URL.Path, "/onsend/")
	c.method = strings.TrimPrefix(path, "api/v1/")
	c.recipient = c.args["phone_number"]
	o.mu.Lock()
	defer o.mu.Unlock()
	if d := o.byToken(c.req); d != nil {
		c.account = d.ID
	}
}

// byToken returns the device whose token the request bears, or nil.
func (o *onsend) byToken(r *http.Request) *device {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || token == "" {
		return nil
	}
	for _, d := range o.devices {
		if d.Token == token {
			return d
		}
	}
	return nil
}
