package telegram_test

import (
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/channeltest"
	"sembang/internal/channel/telegram"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

const (
	botID    = "123456789"
	botToken = botID + ":AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
	header   = "X-Telegram-Bot-Api-Secret-Token"
)

func account() channel.Account {
	return channel.Account{
		ID:         botID,
		Token:      secret.New(botToken),
		HookSecret: secret.New("hook-secret_0123456789abcdefghijklmnopqrstu"),
		Country:    "MY",
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Vendor{
		Name: sim.Telegram,
		Path: "/telegram",
		New: func(baseURL string, client *http.Client) channel.Provider {
			return telegram.New(baseURL, client)
		},
		Connect:    connect,
		SimAccount: botID,
		Customer:   "77",
		Stranger:   "78",
		Group:      "-1001234567890",
		Forms:      []string{""},
		Method:     "sendMessage",
		Secure: func(a channel.Account, r *channel.Request) channel.Account {
			r.Header = r.Header.Clone()
			r.Header.Set(header, a.HookSecret.Reveal())
			return a
		},
		SignatureHeader: header,
		LimitScope:      channel.ScopeContact,
	})
}

func connect(t *testing.T, s *sim.Sim, p channel.Provider, address string) channel.Account {
	t.Helper()
	if err := s.AddBot(sim.Bot{Token: botToken}); err != nil {
		t.Fatal(err)
	}
	registrar, ok := p.(channel.Registrar)
	if !ok {
		t.Fatal("the provider is no Registrar")
	}
	a := account()
	if _, err := registrar.Register(t.Context(), a, address); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAccountWithoutSecretAcceptsNobody(t *testing.T) {
	t.Parallel()
	a := account()
	a.HookSecret = secret.String{}
	for _, h := range []http.Header{{}, {header: {""}}, {header: {"x"}}} {
		if err := telegram.New("http://x", http.DefaultClient).Verify(a, channel.Request{Header: h}); err == nil {
			t.Errorf("Verify() of %v succeeded", h)
		}
	}
}
