package access

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sembang/internal/secret"
)

func TestVerdictOnARefreshToken(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ago := func(d time.Duration) *time.Time {
		when := at.Add(-d)
		return &when
	}
	for name, c := range map[string]struct {
		row  tokenRow
		want verdict
	}{
		"unused":                          {tokenRow{ExpiresAt: at.Add(time.Second)}, rotate},
		"expired":                         {tokenRow{ExpiresAt: at}, dead},
		"expired long after use":          {tokenRow{ExpiresAt: at, UsedAt: ago(time.Hour)}, dead},
		"used just now":                   {tokenRow{ExpiresAt: at.Add(time.Hour), UsedAt: ago(0)}, repeat},
		"used 10 s ago":                   {tokenRow{ExpiresAt: at.Add(time.Hour), UsedAt: ago(10 * time.Second)}, repeat},
		"used more than 10 s ago":         {tokenRow{ExpiresAt: at.Add(time.Hour), UsedAt: ago(10*time.Second + 1)}, reuse},
		"its successor used before":       {tokenRow{ExpiresAt: at.Add(time.Hour), UsedAt: ago(2 * time.Second), SuccessorUsedAt: ago(time.Second)}, reuse},
		"its successor used while queued": {tokenRow{ExpiresAt: at.Add(time.Hour), UsedAt: ago(2 * time.Second), SuccessorUsedAt: ago(-time.Second)}, repeat},
	} {
		if got := c.row.verdict(at); got != c.want {
			t.Errorf("%s: verdict = %v, want %v", name, got, c.want)
		}
	}
}

func TestTheGateTurnsAwayWhoeverWouldWaitTooLong(t *testing.T) {
	t.Parallel()
	g := newGate(1, 2)
	if err := g.enter(t.Context()); err != nil {
		t.Fatalf("enter() = %v", err)
	}
	waiting := make(chan error, 2)
	for range 2 {
		go func() { waiting <- g.enter(t.Context()) }()
	}
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(g.queue) < 3 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nobody queues")
		}
	}
	if err := g.enter(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("enter() of a full gate = %v, want ErrBusy", err)
	}
	for range 2 {
		g.leave()
		if err := <-waiting; err != nil {
			t.Errorf("enter() after waiting = %v", err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.enter(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("enter() of somebody gone = %v, want Canceled", err)
	}
	g.leave()
	if len(g.queue) != 0 || len(g.slots) != 0 {
		t.Errorf("the empty gate holds %d, %d", len(g.queue), len(g.slots))
	}
}

func TestNobodysPasswordMatchesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "password", strings.Repeat("x", 100)} {
		if matches, stale, err := verifyPassword(nobody(), secret.New(text)); matches || stale || err != nil {
			t.Errorf("verifyPassword(nobody) = %v, %v, %v", matches, stale, err)
		}
	}
	for _, stored := range []string{"", "$argon2id$v=19$m=0,t=0,p=0$$", "$2a$10$x", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA"} {
		if matches, _, err := verifyPassword(stored, secret.New("x")); matches || err == nil {
			t.Errorf("verifyPassword(%q) = %v, %v, want an error", stored, matches, err)
		}
	}
}

func TestTheCommonPasswordsAreOnesTheOtherRulesAccept(t *testing.T) {
	t.Parallel()
	n := 0
	for line := range strings.Lines(common) {
		word := strings.TrimSpace(line)
		n++
		if word != strings.ToLower(word) || len(word) < minPassword {
			t.Errorf("common password %q can never match", word)
		}
	}
	if n < 300 {
		t.Errorf("%d common passwords, want 300 at least", n)
	}
}

func FuzzNormalizeEmail(f *testing.F) {
	for _, s := range []string{"a@b.example", " A@B.Example ", "x <a@b>", "\x00@b", "İ@b.example", `"a b"@c`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, valid := normalizeEmail(text)
		if !valid {
			return
		}
		if again, still := normalizeEmail(email); again != email || !still {
			t.Errorf("normalizeEmail(%q) = %q, again %q, %v", text, email, again, still)
		}
		if strings.ToLower(email) != email || len(email) < 3 || strings.ContainsAny(email, "\x00 \n") {
			t.Errorf("normalizeEmail(%q) = %q", text, email)
		}
	})
}
