package sim_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"sembang/internal/sim"
)

func (w *world) fault(t *testing.T, f sim.Fault) {
	t.Helper()
	if _, err := w.AddFault(f); err != nil {
		t.Fatal(err)
	}
}

const greeting = `{"phone_number":"60123456789","message":"hello"}`

// trySend sends a greeting through OnSend, which may fail.
func (w *world) trySend(t *testing.T) (answered, error) {
	t.Helper()
	return w.try(t, http.MethodPost, "/onsend/api/v1/send", "application/json", greeting, bearer(deviceToken))
}

func (w *world) received() int {
	return len(w.Chat(sim.ChatRef{Vendor: sim.OnSend, Account: "shop", Customer: phone}))
}

func TestFaultsThatCloseTheConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, sim.Fault{Vendor: sim.OnSend, DropBeforeRead: true, NTimes: 1})
	if a, err := w.trySend(t); err == nil {
		t.Errorf("a dropped call answered %d", a.status)
	}
	if n := w.received(); n != 0 {
		t.Errorf("the customer received %d messages of a call that was dropped unread", n)
	}
	w.fault(t, sim.Fault{Vendor: sim.OnSend, DropAfterProcess: true, NTimes: 1})
	if a, err := w.trySend(t); err == nil {
		t.Errorf("a dropped call answered %d", a.status)
	}
	if n := w.received(); n != 1 {
		t.Errorf("the customer received %d messages of a call that was processed", n)
	}
	w.fault(t, sim.Fault{Vendor: sim.OnSend, TruncateBody: true, NTimes: 1})
	if a, err := w.trySend(t); err == nil || a.status != 0 && strings.HasSuffix(a.body, "}") {
		t.Errorf("a cut answer read as %d %q", a.status, a.body)
	}
	if a, err := w.trySend(t); err != nil || a.status != 200 {
		t.Errorf("after the faults: %d, %v", a.status, err)
	}
	got := w.Requests(sim.RequestFilter{Vendor: sim.OnSend})
	want := []struct {
		status    int
		processed bool
		fault     string
	}{{0, false, "fault-1"}, {200, true, "fault-2"}, {200, true, "fault-3"}, {200, true, ""}}
	for i, q := range got {
		if q.Status != want[i].status || q.Processed != want[i].processed || q.Fault != want[i].fault {
			t.Errorf("request %d recorded as %+v, want %+v", i, q, want[i])
		}
	}
}

func TestFaultsThatAnswerForTheVendor(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.fault(t, sim.Fault{Vendor: sim.Telegram, Method: "sendmessage", Recipient: "77", HTTPStatus: 429, RetryAfter: 7, NTimes: 1})
	a := w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"})
	refused(t, a, 429, "Too Many Requests: retry after 7")
	if a.header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After = %q", a.header.Get("Retry-After"))
	}
	w.fault(t, sim.Fault{Vendor: sim.Telegram, HTTPStatus: 500, NTimes: 1})
	refused(t, w.bot(t, "getMe", nil), 500, "Internal Server Error: restart")
	w.fault(t, sim.Fault{Vendor: sim.Telegram, HTMLBody: true, NTimes: 1})
	if a := w.bot(t, "getMe", nil); a.status != 502 || !strings.Contains(a.body, "502 Bad Gateway") {
		t.Errorf("HTML answer is %d %s", a.status, a.body)
	}
	w.fault(t, sim.Fault{Vendor: sim.Anthropic, HTTPStatus: 529, NTimes: 1, NoRetry: true})
	if a := w.claude(t, ask("hi")); a.status != 529 || !strings.Contains(a.body, `{"message":"Overloaded","type":"overloaded_error"}`) ||
		a.header.Get("X-Should-Retry") != "false" {
		t.Errorf("overloaded answer is %d %s", a.status, a.body)
	}
	w.fault(t, sim.Fault{Vendor: sim.OnSend, HTTPStatus: 429, Message: "Daily limit.", NTimes: 1})
	if a := w.onsend(t, greeting); a.status != 429 || a.body != `{"message":"Daily limit."}` {
		t.Errorf("OnSend answered %d %s", a.status, a.body)
	}
	w.fault(t, sim.Fault{HTTPStatus: 200, HTMLBody: true, NTimes: 1})
	if a := w.claude(t, ask("hi")); a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("captive portal answered %d %v", a.status, a.header)
	}
}

func TestFaultsHitOnlyTheirScope(t *testing.T) {
	t.Parallel()
	w := started(t)
	w.fault(t, sim.Fault{Vendor: sim.Telegram, Method: "sendMessage", Recipient: "78", HTTPStatus: 500})
	w.fault(t, sim.Fault{Vendor: sim.Telegram, Account: "999", HTTPStatus: 500})
	w.fault(t, sim.Fault{Vendor: sim.Anthropic, HTTPStatus: 500})
	result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"}))
	if a := w.onsend(t, greeting); a.status != 200 {
		t.Errorf("OnSend answered %d", a.status)
	}
	w.ClearFaults()
	if a := w.claude(t, ask("hi")); a.status != 200 {
		t.Errorf("after clearing, Claude answered %d", a.status)
	}
}

func TestFaultsByChanceComeFromTheSeed(t *testing.T) {
	t.Parallel()
	run := func() (pattern string) {
		w := newWorld(t)
		w.fault(t, sim.Fault{Vendor: sim.Telegram, Probability: 0.3, HTTPStatus: 500})
		for range 60 {
			if w.bot(t, "getMe", nil).status == 500 {
				pattern += "x"
			} else {
				pattern += "."
			}
		}
		return pattern
	}
	first, second := run(), run()
	hits := strings.Count(first, "x")
	if first != second || hits < 6 || hits > 36 {
		t.Errorf("patterns %s and %s, want the same with about 18 hits", first, second)
	}
}

func TestFaultsDelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(t, sim.Fault{Vendor: sim.OnSend, LatencyMS: 60})
	start := time.Now()
	if a := w.onsend(t, greeting); a.status != 200 || time.Since(start) < 60*time.Millisecond {
		t.Errorf("answered %d after %v", a.status, time.Since(start))
	}
	if _, err := w.AddFault(sim.Fault{Probability: 2}); !errors.Is(err, sim.ErrInvalid) {
		t.Errorf("AddFault() = %v, want ErrInvalid", err)
	}
}
