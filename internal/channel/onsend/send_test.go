package onsend_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

type answer struct {
	status int
	body   string
	header map[string]string
}

// answering returns a provider whose vendor gives one answer to /send and one to
// /status.
func answering(t *testing.T, send, status answer) *onsend.Provider {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := send
		if r.URL.Path == "/status" {
			a = status
		}
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	return onsend.New(server.URL, &http.Client{Transport: &http.Transport{}})
}

func connected() answer {
	return answer{200, `{"name":"Shop","phone_number":"` + devicePhone + `","status":"connected"}`, nil}
}

func sendFailure(t *testing.T, p *onsend.Provider, a channel.Account) *channel.SendError {
	t.Helper()
	_, err := p.Send(t.Context(), a, channel.Part{To: aisyah(), Text: "hi"})
	failure, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("Send() = %v, want a *SendError", err)
	}
	if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), aisyah().Value) {
		t.Errorf("error shows the token or the customer: %v", err)
	}
	return failure
}

func TestSendPostsWhatOnSendWants(t *testing.T) {
	t.Parallel()
	var got map[string]any
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		if r.Method != http.MethodPost || r.URL.Path != "/api/v1/send" {
			t.Errorf("call = %s %s", r.Method, r.URL.Path)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"success":true,"message":"Message sent.","message_id":"3EB0"}`)
	}))
	t.Cleanup(server.Close)
	p := onsend.New(server.URL+"/api/v1/", &http.Client{})
	sent, err := p.Send(t.Context(), account(), channel.Part{To: aisyah(), Text: "a & <b>\x00"})
	if err != nil || sent.VendorID != "3EB0" {
		t.Fatalf("Send() = %+v, %v", sent, err)
	}
	want := map[string]any{"phone_number": "60123456789", "type": "text", "message": "a & <b>\uFFFD"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if header.Get("Authorization") != "Bearer "+token || header.Get("Accept") != "application/json" {
		t.Errorf("header = %v", header)
	}
}

func TestWhatCountsAsAccepted(t *testing.T) {
	t.Parallel()
	for body, id := range map[string]string{
		`{"success":true,"message":"Message sent."}`: "",
		`{"message":"queued"}`:                       "",
		`{"success":"true","message_id":77}`:         "77",
		`{"success":true,"data":{"id":"x"}}`:         "x",
	} {
		sent, err := answering(t, answer{200, body, nil}, connected()).Send(t.Context(), account(), channel.Part{To: aisyah(), Text: "hi"})
		if err != nil || sent.VendorID != id {
			t.Errorf("Send() answered %s = %+v, %v, want id %q", body, sent, err, id)
		}
	}
}

func TestEveryRefusalHasAnOutcome(t *testing.T) {
	t.Parallel()
	type class struct {
		Outcome channel.Outcome
		Scope   channel.Scope
		Code    string
		Wait    time.Duration
	}
	var (
		rejected     = class{channel.Refused, channel.ScopePart, channel.CodeRejected, 0}
		unauthorized = class{channel.Refused, channel.ScopeAccount, channel.CodeUnauthorized, 0}
		noRecipient  = class{channel.Refused, channel.ScopeContact, channel.CodeNoRecipient, 0}
		disconnected = class{channel.NotSent, channel.ScopeAccount, channel.CodeDisconnected, 30 * time.Second}
		unreachable  = class{channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable, 0}
		unknown      = class{channel.Unknown, channel.ScopePart, channel.CodeVendorError, 0}
	)
	minute := func(d time.Duration) class {
		return class{channel.NotSent, channel.ScopeAccount, channel.CodeRateLimited, d}
	}
	day := func(d time.Duration) class {
		return class{channel.NotSent, channel.ScopeAccount, channel.CodeDayLimit, d}
	}
	for name, v := range map[string]struct {
		answer answer
		want   class
	}{
		"200 that is a failure":          {answer{200, `{"success":false,"message":"Number is not on WhatsApp."}`, nil}, rejected},
		"200 with errors":                {answer{200, `{"errors":{"message":["required"]}}`, nil}, rejected},
		"phone offline, with 200":        {answer{200, `{"success":false,"message":"Device is not connected."}`, nil}, disconnected},
		"phone offline, with 400":        {answer{400, `{"success":false,"message":"WhatsApp session logged out"}`, nil}, disconnected},
		"phone offline, with 422":        {answer{422, `{"message":"Your device is disconnected"}`, nil}, disconnected},
		"422 of the number":              {answer{422, `{"message":"The given data was invalid.","errors":{"phone_number":["The phone number 60123456789 is invalid."]}}`, nil}, noRecipient},
		"422 of the text":                {answer{422, `{"message":"The given data was invalid.","errors":{"message":["The message is too long."]}}`, nil}, rejected},
		"401":                            {answer{401, `{"message":"Unauthenticated."}`, nil}, unauthorized},
		"401 as a page":                  {answer{401, `<html>login</html>`, nil}, unauthorized},
		"redirect to a login page":       {answer{302, ``, map[string]string{"Location": "/login"}}, unreachable},
		"429 of the minute":              {answer{429, `{"message":"Too Many Attempts."}`, nil}, minute(time.Minute)},
		"429 with a wait":                {answer{429, `{"message":"Too Many Attempts."}`, map[string]string{"Retry-After": "17", "X-RateLimit-Remaining": "0"}}, minute(17 * time.Second)},
		"429 as a page":                  {answer{429, `<html>slow down</html>`, nil}, minute(time.Minute)},
		"429 of the day, by words":       {answer{429, `{"message":"You have reached your daily limit."}`, nil}, day(30 * time.Minute)},
		"429 of the day, short wait":     {answer{429, `{"message":"Package quota used up"}`, map[string]string{"Retry-After": "17"}}, day(30 * time.Minute)},
		"429 of the day, long wait":      {answer{429, `{"message":"Limit per day"}`, map[string]string{"Retry-After": "7200"}}, day(2 * time.Hour)},
		"429 of the day, by what's left": {answer{429, `{"message":"Limit reached"}`, map[string]string{"X-RateLimit-Remaining": "41"}}, day(30 * time.Minute)},
		"500 that speaks of a device":    {answer{500, `{"message":"device offline"}`, nil}, unknown},
		"500":                            {answer{500, `{"message":"Server Error"}`, nil}, unknown},
		"502 as a page":                  {answer{502, `<html>Bad gateway</html>`, nil}, unknown},
		"520 of the proxy":               {answer{520, `<html>Web server is returning an unknown error</html>`, nil}, unknown},
		"522 of the proxy":               {answer{522, `<html>Connection timed out</html>`, nil}, unknown},
		"523 of the proxy":               {answer{523, `<html>Origin is unreachable</html>`, nil}, unreachable},
		"challenge of the proxy":         {answer{403, `<html>Just a moment...</html>`, nil}, unreachable},
		"200 as a page":                  {answer{200, `<html>maintenance</html>`, nil}, unknown},
		"200 as a list":                  {answer{200, `[]`, nil}, unknown},
		"200 as nothing":                 {answer{200, ``, nil}, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := sendFailure(t, answering(t, v.answer, connected()), account())
			if got := (class{e.Outcome, e.Scope, e.Code, e.RetryAfter}); got != v.want {
				t.Errorf("Send() = %+v (%v), want %+v", got, e, v.want)
			}
		})
	}
}

func TestResetOfTheMinuteIsWaitedFor(t *testing.T) {
	t.Parallel()
	reset := strconv.FormatInt(time.Now().Add(20*time.Second).Unix(), 10)
	limited := answer{429, `{"message":"Too Many Attempts."}`, map[string]string{"X-RateLimit-Reset": reset}}
	e := sendFailure(t, answering(t, limited, connected()), account())
	if e.RetryAfter < 15*time.Second || e.RetryAfter > 25*time.Second {
		t.Errorf("RetryAfter = %v, want until the reset", e.RetryAfter)
	}
}

func TestUnclearRefusalIsHeldWhenTheDeviceIsDown(t *testing.T) {
	t.Parallel()
	unclear := answer{200, `{"success":false,"message":"Something went wrong"}`, nil}
	for name, v := range map[string]struct {
		status  answer
		outcome channel.Outcome
		code    string
	}{
		"connected":     {connected(), channel.Refused, channel.CodeRejected},
		"logged out":    {answer{200, `{"status":"logged_out"}`, nil}, channel.NotSent, channel.CodeDisconnected},
		"new word":      {answer{200, `{"status":"hibernating"}`, nil}, channel.NotSent, channel.CodeDisconnected},
		"cannot be had": {answer{500, ``, nil}, channel.Refused, channel.CodeRejected},
		"no status":     {answer{200, `{"success":true}`, nil}, channel.Refused, channel.CodeRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := sendFailure(t, answering(t, unclear, v.status), account())
			if e.Outcome != v.outcome || e.Code != v.code {
				t.Errorf("Send() = outcome %d, %v, want %d, %s", e.Outcome, e, v.outcome, v.code)
			}
		})
	}
}

func TestDeviceStatesOfTheSimulatorHoldTheAccount(t *testing.T) {
	t.Parallel()
	for _, state := range []string{
		sim.DeviceNotConnected, sim.DeviceConnecting, sim.DeviceDisabled, sim.DeviceDisconnected, sim.DeviceLoggedOut,
	} {
		for _, status := range []int{200, 400, 503} {
			t.Run(state+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				p := simulated(t, sim.Device{ID: deviceID, Token: token, Phone: devicePhone, Status: state, OfflineStatus: status})
				e := sendFailure(t, p, account())
				if e.Code != channel.CodeDisconnected || e.Outcome != channel.NotSent || e.RetryAfter != 30*time.Second {
					t.Errorf("Send() = %+v, want the account held", e)
				}
			})
		}
	}
}

func TestLimitsOfTheSimulator(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]struct {
		device sim.Device
		code   string
	}{
		"minute": {sim.Device{PerMinute: 1}, channel.CodeRateLimited},
		"day":    {sim.Device{PerDay: 1}, channel.CodeDayLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v.device.ID, v.device.Token, v.device.Phone = deviceID, token, devicePhone
			p := simulated(t, v.device)
			if _, err := p.Send(t.Context(), account(), channel.Part{To: aisyah(), Text: "hi"}); err != nil {
				t.Fatal(err)
			}
			if e := sendFailure(t, p, account()); e.Code != v.code || e.RetryAfter <= 0 || e.Outcome != channel.NotSent {
				t.Errorf("Send() = %+v, want %s with a wait", e, v.code)
			}
		})
	}
}

func TestPrivacyIDIsNeverSentTo(t *testing.T) {
	t.Parallel()
	p := answering(t, answer{200, `{"success":true}`, nil}, connected())
	to := channel.Address{Kind: channel.AddressChat, Value: "98765432101234@lid"}
	_, err := p.Send(t.Context(), account(), channel.Part{To: to, Text: "hi"})
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Outcome != channel.Refused || e.Scope != channel.ScopeContact {
		t.Errorf("Send() = %v, want it refused for the contact", err)
	}
}

func TestTokenThatNoHeaderCarriesMakesNoCall(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "a b", "a\nb", "ключ", "a\x00"} {
		a := account()
		a.Token = secret.New(bad)
		e := sendFailure(t, onsend.New("http://127.0.0.1:1", &http.Client{}), a)
		if e.Outcome != channel.Refused || e.Scope != channel.ScopeAccount || e.Code != channel.CodeUnauthorized {
			t.Errorf("Send() with token %q = %+v, want the account refused", bad, e)
		}
	}
}

func TestIdentifyTellsTheNumber(t *testing.T) {
	t.Parallel()
	p := simulated(t, sim.Device{ID: deviceID, Token: token, Phone: devicePhone, Name: "Shop phone"})
	got, err := p.Identify(t.Context(), account())
	if err != nil || got != (channel.Identity{ID: devicePhone, Name: "Shop phone"}) {
		t.Errorf("Identify() = %+v, %v", got, err)
	}
	other := account()
	other.Token = secret.New("unknown-token")
	if _, err := p.Identify(t.Context(), other); err == nil {
		t.Error("Identify() of an unknown token succeeded")
	}
}

// simulated returns a provider that calls a simulator with one device.
func simulated(t *testing.T, device sim.Device) *onsend.Provider {
	t.Helper()
	s := sim.New(sim.Config{Seed: 1})
	t.Cleanup(s.Close)
	if err := s.AddDevice(device); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return onsend.New(server.URL+"/onsend/api/v1", &http.Client{Transport: &http.Transport{}})
}
