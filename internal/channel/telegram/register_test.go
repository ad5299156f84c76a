package telegram_test

import (
	"errors"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

const address = "http://127.0.0.1:1/webhooks/telegram/key"

func calls(s *sim.Sim, method string) int {
	return len(s.Requests(sim.RequestFilter{Vendor: sim.Telegram, Method: method}))
}

func TestIdentifyTellsTheBot(t *testing.T) {
	t.Parallel()
	_, p := simulated(t)
	got, err := p.Identify(t.Context(), account())
	if err != nil || got != (channel.Identity{ID: botID, Name: "shop_bot"}) {
		t.Errorf("Identify() = %+v, %v", got, err)
	}
}

func TestRevokedTokenIsUnauthorized(t *testing.T) {
	t.Parallel()
	s, p := simulated(t)
	if err := s.RevokeBot(botID); err != nil {
		t.Fatal(err)
	}
	_, err := p.Identify(t.Context(), account())
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Code != channel.CodeUnauthorized {
		t.Errorf("Identify() = %v, want unauthorized", err)
	}
}

func TestRegisterChangesNothingTwice(t *testing.T) {
	t.Parallel()
	s, p := simulated(t)
	for i, want := range []bool{true, false, false} {
		changed, err := p.Register(t.Context(), account(), address)
		if err != nil || changed != want {
			t.Errorf("Register() no. %d = %v, %v, want %v", i+1, changed, err, want)
		}
	}
	if got := calls(s, "setWebhook"); got != 1 {
		t.Errorf("setWebhook was called %d times, want once", got)
	}
}

func TestRegisterNoticesWhatHasChanged(t *testing.T) {
	t.Parallel()
	vectors := map[string]func(a *channel.Account, to *string){
		"address": func(_ *channel.Account, to *string) { *to += "2" },
		"secret":  func(a *channel.Account, _ *string) { a.HookSecret = secret.New("another-secret") },
	}
	for name, change := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := simulated(t)
			a, to := account(), address
			if _, err := p.Register(t.Context(), a, to); err != nil {
				t.Fatal(err)
			}
			change(&a, &to)
			// Telegram refuses a second setWebhook within a second; that it was
			// tried is the point.
			_, err := p.Register(t.Context(), a, to)
			if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Code != channel.CodeRateLimited {
				t.Errorf("Register() = %v, want it to try and be limited", err)
			}
			if got := calls(s, "setWebhook"); got != 2 {
				t.Errorf("setWebhook was called %d times, want 2", got)
			}
		})
	}
}

func TestHookOfAnotherServiceIsNotOurs(t *testing.T) {
	t.Parallel()
	_, p := simulated(t)
	if _, err := p.Register(t.Context(), account(), address); err != nil {
		t.Fatal(err)
	}
	hook, err := p.Hook(t.Context(), account())
	if err != nil || !p.Ours(account(), address, hook) {
		t.Fatalf("Hook() = %+v, %v, want ours", hook, err)
	}
	hook.Address = "https://elsewhere.example/hook"
	if p.Ours(account(), address, hook) {
		t.Error("the hook of another service counts as ours")
	}
	if p.Ours(account(), address, channel.Hook{}) {
		t.Error("no hook counts as ours")
	}
}
