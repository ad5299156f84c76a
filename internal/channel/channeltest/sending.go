package channeltest

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

func runSending(t *testing.T, v Vendor) {
	t.Helper()
	t.Run("a part arrives as it was written", func(t *testing.T) {
		t.Parallel()
		testSend(t, newWorld(t, v))
	})
	for _, c := range classes(v) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			testClass(t, newWorld(t, v), c)
		})
	}
	t.Run("silence until the deadline is unknown", func(t *testing.T) {
		t.Parallel()
		testSilence(t, newWorld(t, v))
	})
	t.Run("a vendor that is away is not sent", func(t *testing.T) {
		t.Parallel()
		testAway(t, newWorld(t, v))
	})
	t.Run("an address of another kind is refused without a call", func(t *testing.T) {
		t.Parallel()
		testForeignAddress(t, newWorld(t, v))
	})
}

func (w *world) send(t *testing.T, to channel.Address, text string) (channel.Sent, error) {
	t.Helper()
	return w.provider.Send(t.Context(), w.account, channel.Part{To: to, Text: text, Ref: "part-1"})
}

func testSend(t *testing.T, w *world) {
	to := w.greet(t)
	text := "Ya, ada! <b>*_`[x](y) & \"有货\" 👨‍👩‍👧‍👦\n\nhttps://x.my/?a=1&b=2"
	if _, err := w.send(t, to, text); err != nil {
		t.Fatalf("Send() = %v", err)
	}
	chat := w.sim.Chat(sim.ChatRef{Vendor: w.vendor.Name, Account: w.vendor.SimAccount, Customer: w.vendor.Customer})
	if last := chat[len(chat)-1]; last.Text != text || last.Author != sim.AuthorBusiness {
		t.Errorf("the customer reads %q by %s, want %q", last.Text, last.Author, text)
	}
}

// class is a way to fail and what must be known of it.
type class struct {
	name    string
	fault   sim.Fault
	outcome channel.Outcome
	scope   channel.Scope
	code    string
	carried int // what the vendor did all the same
	wait    time.Duration
}

func classes(v Vendor) []class {
	const part, account = channel.ScopePart, channel.ScopeAccount
	unknown, notSent, refused := channel.Unknown, channel.NotSent, channel.Refused
	return []class{
		{name: "401 refuses the account", fault: sim.Fault{HTTPStatus: 401}, outcome: refused, scope: account, code: channel.CodeUnauthorized},
		{name: "400 refuses the part", fault: sim.Fault{HTTPStatus: 400}, outcome: refused, scope: part, code: channel.CodeRejected},
		{
			name: "429 tells how long to wait", fault: sim.Fault{HTTPStatus: 429, RetryAfter: 7},
			outcome: notSent, scope: v.LimitScope, code: channel.CodeRateLimited, wait: 7 * time.Second,
		},
		{name: "500 is unknown", fault: sim.Fault{HTTPStatus: 500}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "502 is unknown", fault: sim.Fault{HTTPStatus: 502}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "504 is unknown", fault: sim.Fault{HTTPStatus: 504}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "524 of a proxy is unknown", fault: sim.Fault{HTTPStatus: 524, HTMLBody: true}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "521 of a proxy is not sent", fault: sim.Fault{HTTPStatus: 521, HTMLBody: true}, outcome: notSent, scope: account, code: channel.CodeUnreachable},
		{name: "a page with 502 is unknown", fault: sim.Fault{HTMLBody: true}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "a page with 200 is unknown", fault: sim.Fault{HTMLBody: true, HTTPStatus: 200}, outcome: unknown, scope: part, code: channel.CodeVendorError},
		{name: "a page with 403 is not the vendor's word", fault: sim.Fault{HTMLBody: true, HTTPStatus: 403}, outcome: notSent, scope: account, code: channel.CodeUnreachable},
		{name: "a cut answer is unknown", fault: sim.Fault{TruncateBody: true}, outcome: unknown, scope: part, code: channel.CodeVendorError, carried: 1},
		{name: "a cut before the vendor read is unknown", fault: sim.Fault{DropBeforeRead: true}, outcome: unknown, scope: part, code: channel.CodeNoAnswer},
		{name: "a cut after the vendor acted is unknown", fault: sim.Fault{DropAfterProcess: true}, outcome: unknown, scope: part, code: channel.CodeNoAnswer, carried: 1},
	}
}

func testClass(t *testing.T, w *world, c class) {
	to := w.greet(t)
	w.spoil(t, c.fault)
	_, err := w.send(t, to, "an answer")
	failure := w.failure(t, err)
	if failure.Outcome != c.outcome || failure.Scope != c.scope || failure.Code != c.code {
		t.Errorf("Send() = outcome %d, scope %d, %v, want %d, %d, %s",
			failure.Outcome, failure.Scope, failure, c.outcome, c.scope, c.code)
	}
	if failure.RetryAfter != c.wait {
		t.Errorf("RetryAfter = %v, want %v", failure.RetryAfter, c.wait)
	}
	if got := w.carried(); got != c.carried {
		t.Errorf("the vendor carried out %d sends, want %d", got, c.carried)
	}
	if calls := w.sim.Requests(sim.RequestFilter{Vendor: w.vendor.Name, Method: w.vendor.Method}); len(calls) != 1 {
		t.Errorf("Send() made %d calls, want one attempt", len(calls))
	}
}

func testSilence(t *testing.T, w *world) {
	to := w.greet(t)
	w.spoil(t, sim.Fault{LatencyMS: 60_000})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := w.provider.Send(ctx, w.account, channel.Part{To: to, Text: "an answer"})
	if failure := w.failure(t, err); failure.Outcome != channel.Unknown || failure.Code != channel.CodeNoAnswer {
		t.Errorf("Send() = outcome %d, %v, want Unknown", failure.Outcome, failure)
	}
}

func testAway(t *testing.T, w *world) {
	to := w.greet(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	away := w.vendor.New("http://"+address, &http.Client{Transport: &http.Transport{}})
	_, err = away.Send(t.Context(), w.account, channel.Part{To: to, Text: "an answer"})
	if failure := w.failure(t, err); failure.Outcome != channel.NotSent || failure.Code != channel.CodeUnreachable {
		t.Errorf("Send() = outcome %d, %v, want NotSent", failure.Outcome, failure)
	}
}

func testForeignAddress(t *testing.T, w *world) {
	for _, to := range []channel.Address{{}, {Kind: channel.AddressBSUID, Value: "MY.1234567890123456"}, {Kind: w.greet(t).Kind, Value: "nobody"}} {
		_, err := w.send(t, to, "an answer")
		if failure := w.failure(t, err); failure.Outcome != channel.Refused || failure.Scope != channel.ScopeContact {
			t.Errorf("Send() to %v = outcome %d, scope %d, %v, want it refused for the contact", to, failure.Outcome, failure.Scope, failure)
		}
	}
	if got := w.sim.Requests(sim.RequestFilter{Vendor: w.vendor.Name, Method: w.vendor.Method}); len(got) != 0 {
		t.Errorf("the vendor was called %d times", len(got))
	}
}

func runLength(t *testing.T, v Vendor) {
	t.Helper()
	w := newWorld(t, v)
	to := w.greet(t)
	for name, vector := range map[string]struct {
		text string
		want []int // UTF-16 units of each part
	}{
		"limit":               {strings.Repeat("a", 4096), []int{4096}},
		"one more":            {strings.Repeat("a", 4097), []int{4096, 1}},
		"4096 emoji":          {strings.Repeat("😀", 4096), []int{4096, 4096}},
		"emoji on the border": {strings.Repeat("a", 4095) + "😀", []int{4095, 2}},
		"family on the border": {
			strings.Repeat("a", 4090) + "👨‍👩‍👧‍👦", []int{4090, 11},
		},
		"Chinese": {strings.Repeat("你", 5000), []int{4096, 904}},
		"words":   {strings.Repeat("a", 4000) + " " + strings.Repeat("b", 200), []int{4000, 200}},
		"blank":   {" \n\t ", nil},
		"nothing": {"", nil},
	} {
		parts := w.provider.Split(vector.text)
		var got []int
		for _, part := range parts {
			got = append(got, channel.Units(part))
		}
		if len(got) != len(vector.want) {
			t.Errorf("%s: parts of %v units, want %v", name, got, vector.want)
			continue
		}
		for i := range got {
			if got[i] != vector.want[i] {
				t.Errorf("%s: parts of %v units, want %v", name, got, vector.want)
				break
			}
		}
		if strings.ReplaceAll(strings.Join(parts, ""), " ", "") != strings.ReplaceAll(strings.TrimSpace(vector.text), " ", "") {
			t.Errorf("%s: the parts are not the text", name)
		}
	}
	for i, part := range w.provider.Split(strings.Repeat("😀", 4096)) {
		if _, err := w.send(t, to, part); err != nil {
			t.Errorf("Send() of part %d = %v", i, err)
		}
	}
}
