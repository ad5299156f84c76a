package onsend

import (
	"context"
	"net/http"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

// The states of a device that are handled by name; all others are not ready.
const deviceConnected = "connected"

// Device is the WhatsApp number behind a token.
type Device struct {
	Name string
	// Phone is E.164 digits; empty if OnSend tells none.
	Phone string
	// Status is OnSend's word: connected, not_connected, connecting, disabled,
	// disconnected, logged_out, or one that is newer than this program.
	Status string
}

// Connected tells whether the device can send.
func (d Device) Connected() bool { return d.Status == deviceConnected }

// Device asks for the state of the device. It may count against the limit of 60
// calls a minute.
func (p *Provider) Device(ctx context.Context, account channel.Account) (Device, error) {
	reply, err := p.call(ctx, account, http.MethodGet, "/status", nil)
	if err != nil {
		return Device{}, err
	}
	answer, err := loose.Decode(reply.Body)
	if err != nil || !reply.Whole || !answer.IsObject() {
		return Device{}, unreadable(reply)
	}
	status := channel.CleanName(answer.At("status").Text())
	if !accepted(reply, answer) || status == "" {
		return Device{}, refusal(reply, answer, account.Token.Reveal())
	}
	phone, _ := channel.Phone(answer.At("phone_number").Text(), account.Country)
	return Device{Name: channel.CleanName(answer.At("name").Text()), Phone: phone, Status: status}, nil
}

// Identify returns the number and the name of the device.
func (p *Provider) Identify(ctx context.Context, account channel.Account) (channel.Identity, error) {
	device, err := p.Device(ctx, account)
	if err != nil {
		return channel.Identity{}, err
	}
	return channel.Identity{ID: device.Phone, Name: device.Name}, nil
}

// offline is false when that cannot be found out.
func (p *Provider) offline(ctx context.Context, account channel.Account) bool {
	device, err := p.Device(ctx, account)
	return err == nil && !device.Connected()
}
