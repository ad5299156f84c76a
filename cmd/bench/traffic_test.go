package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/channel/telegram"
	"sembang/internal/secret"
)

// What the raw function and the writer are given must be what the server reads
// out of the same call, or they would not do the same work.
func TestACallSaysWhatTheContendersAreGiven(t *testing.T) {
	t.Parallel()
	for kind, p := range map[channel.Kind]channel.Provider{
		channel.Telegram: telegram.New("http://127.0.0.1", http.DefaultClient),
		channel.OnSend:   onsend.New("http://127.0.0.1", http.DefaultClient),
	} {
		a := &account{channel: kind, key: "key", device: "shop"}
		if kind == channel.Telegram {
			a.hookSecret = "secret"
		}
		m := newTraffic([]*account{a}, 1).known(1).next()
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(m.request(nil))))
		if err != nil {
			t.Fatalf("read %s request: %v", kind, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, m.body) || r.URL.Path != "/webhooks/"+string(kind)+"/key" {
			t.Errorf("%s request to %s has %q, %v", kind, r.URL.Path, body, err)
		}
		vendor := channel.Account{HookSecret: secret.New(a.hookSecret), Country: "MY"}
		call := channel.Request{Header: r.Header, ContentType: "application/json", Body: body}
		if err := p.Verify(vendor, call); err != nil {
			t.Errorf("%s Verify() = %v", kind, err)
		}
		events, err := p.Parse(vendor, call)
		if err != nil || len(events) != 1 {
			t.Fatalf("%s Parse() = %v, %v", kind, events, err)
		}
		want := m.delivery().Messages[0]
		want.SentAt = want.SentAt.Truncate(1e9)
		if events[0] != channel.Event(want) {
			t.Errorf("%s Parse() = %+v, want %+v", kind, events[0], want)
		}
	}
}

func TestOneCallInAHundredComesAgain(t *testing.T) {
	t.Parallel()
	traffic := newTraffic([]*account{{channel: channel.Telegram}}, 10)
	s := traffic.known(1)
	seen := map[string]bool{}
	const calls = 20_000
	for range calls {
		m := s.next()
		if seen[m.vendorID] != s.again {
			t.Fatalf("call %s: again = %v, seen = %v", m.vendorID, s.again, seen[m.vendorID])
		}
		seen[m.vendorID] = true
		s.done()
	}
	if again := traffic.Again.Load(); again < calls/150 || again > calls/70 || traffic.New.Load()+again != calls {
		t.Errorf("%d of %d came again, %d were new", again, calls, traffic.New.Load())
	}
}
