package onsend_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/channeltest"
	"sembang/internal/channel/onsend"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

const (
	deviceID    = "shop"
	devicePhone = "60312345678"
	token       = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	header      = "X-Webhook-Signature"
)

func account() channel.Account {
	return channel.Account{ID: devicePhone, Token: secret.New(token), Country: "MY"}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Vendor{
		Name: sim.OnSend,
		Path: "/onsend/api/v1",
		New: func(baseURL string, client *http.Client) channel.Provider {
			return onsend.New(baseURL, client)
		},
		Connect:         connect,
		SimAccount:      deviceID,
		Customer:        "60123456789",
		Stranger:        "6581234567",
		Group:           "120363025246125486",
		Forms:           []string{sim.FormFlat, sim.FormEvent, sim.FormBaileys},
		Method:          "send",
		Secure:          sign,
		SignatureHeader: header,
		Echoes:          true,
		LimitScope:      channel.ScopeAccount,
	})
}

func connect(t *testing.T, s *sim.Sim, _ channel.Provider, address string) channel.Account {
	t.Helper()
	if err := s.AddDevice(sim.Device{ID: deviceID, Token: token, Phone: devicePhone, WebhookURL: address}); err != nil {
		t.Fatal(err)
	}
	return account()
}

func sign(a channel.Account, r *channel.Request) channel.Account {
	a.HookSecret = secret.New("hook-secret-0123456789")
	mac := hmac.New(sha256.New, []byte(a.HookSecret.Reveal()))
	mac.Write(r.Body)
	r.Header = r.Header.Clone()
	r.Header.Set(header, hex.EncodeToString(mac.Sum(nil)))
	return a
}

func TestSignatureCoversTheBody(t *testing.T) {
	t.Parallel()
	p := onsend.New("http://x", http.DefaultClient)
	r := channel.Request{Header: http.Header{}, Body: []byte(`{"from":"60123456789","message":"hi"}`)}
	a := sign(account(), &r)
	if err := p.Verify(a, r); err != nil {
		t.Fatalf("Verify() = %v", err)
	}
	r.Body = []byte(`{"from":"60123456789","message":"ho"}`)
	if err := p.Verify(a, r); err == nil {
		t.Error("Verify() of a changed body succeeded")
	}
}

func TestAcknowledgementSaysSuccess(t *testing.T) {
	t.Parallel()
	contentType, body := onsend.New("http://x", http.DefaultClient).Acknowledge()
	if contentType != "application/json" || string(body) != `{"success":true}` {
		t.Errorf("Acknowledge() = %s, %s", contentType, body)
	}
}
