package telegram_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/channel"
	"sembang/internal/channel/telegram"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

func ali() channel.Address { return channel.Address{Kind: channel.AddressChat, Value: "77"} }

// answering returns a provider whose vendor gives one answer to everything.
func answering(t *testing.T, status int, body string) *telegram.Provider {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return telegram.New(server.URL, &http.Client{Transport: &http.Transport{}})
}

func sendFailure(t *testing.T, p *telegram.Provider, a channel.Account) *channel.SendError {
	t.Helper()
	_, err := p.Send(t.Context(), a, channel.Part{To: ali(), Text: "hi"})
	failure, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("Send() = %v, want a *SendError", err)
	}
	if strings.Contains(err.Error(), botToken) {
		t.Errorf("error shows the token: %v", err)
	}
	return failure
}

func TestSendAsksForPlainTextWithoutPreview(t *testing.T) {
	t.Parallel()
	var got map[string]any
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":9,"chat":{"id":77}}}`)
	}))
	t.Cleanup(server.Close)
	sent, err := telegram.New(server.URL+"/", &http.Client{}).Send(t.Context(), account(), channel.Part{To: ali(), Text: "*hi* <b>\x00"})
	if err != nil || sent.VendorID != "77:9" {
		t.Fatalf("Send() = %+v, %v", sent, err)
	}
	want := map[string]any{
		"chat_id": float64(77), "text": "*hi* <b>\uFFFD", "link_preview_options": map[string]any{"is_disabled": true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if path != "/bot"+botToken+"/sendMessage" {
		t.Errorf("path = %s", path)
	}
}

func TestSendWithoutMessageIDIsStillSent(t *testing.T) {
	t.Parallel()
	sent, err := answering(t, 200, `{"ok":true,"result":true}`).Send(t.Context(), account(), channel.Part{To: ali(), Text: "hi"})
	if err != nil || sent.VendorID != "" {
		t.Errorf("Send() = %+v, %v, want it sent without id", sent, err)
	}
}

func TestEveryDescriptionHasAnOutcome(t *testing.T) {
	t.Parallel()
	type class struct {
		Outcome channel.Outcome
		Scope   channel.Scope
		Code    string
	}
	var (
		unauthorized = class{channel.Refused, channel.ScopeAccount, channel.CodeUnauthorized}
		blocked      = class{channel.Refused, channel.ScopeContact, channel.CodeBlocked}
		noRecipient  = class{channel.Refused, channel.ScopeContact, channel.CodeNoRecipient}
		rejected     = class{channel.Refused, channel.ScopePart, channel.CodeRejected}
		unknown      = class{channel.Unknown, channel.ScopePart, channel.CodeVendorError}
		unreachable  = class{channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable}
	)
	vectors := map[string]struct {
		status int
		want   class
	}{
		"Unauthorized":                                               {401, unauthorized},
		"Unauthorized: invalid token specified":                      {401, unauthorized},
		"Not Found":                                                  {404, unauthorized},
		"Not Found: method not found":                                {404, rejected},
		"Forbidden: bot was blocked by the user":                     {403, blocked},
		"Forbidden: user is deactivated":                             {403, blocked},
		"Forbidden: bot can't initiate conversation with a user":     {403, blocked},
		"Forbidden: the group chat was deleted":                      {403, blocked},
		"Bad Request: chat not found":                                {400, noRecipient},
		"Bad Request: PEER_ID_INVALID":                               {400, noRecipient},
		"Bad Request: group chat was upgraded to a supergroup chat":  {400, noRecipient},
		"Bad Request: USER_IS_BLOCKED":                               {400, blocked},
		"Bad Request: CHAT_WRITE_FORBIDDEN":                          {400, blocked},
		"Bad Request: message text is empty":                         {400, rejected},
		"Bad Request: message is too long":                           {400, rejected},
		"Bad Request: text is too long":                              {400, rejected},
		"Bad Request: can't parse entities: byte offset 3":           {400, rejected},
		"Bad Request: TOPIC_CLOSED":                                  {400, rejected},
		"Conflict: terminated by other setWebhook":                   {409, class{channel.NotSent, channel.ScopeAccount, channel.CodeConflict}},
		"Request Entity Too Large":                                   {413, rejected},
		"Misdirected Request: unallowed token specified":             {421, unreachable},
		"Too Many Requests: retry after 7":                           {429, class{channel.NotSent, channel.ScopeContact, channel.CodeRateLimited}},
		"Internal Server Error: restart":                             {500, unknown},
		"Bad Gateway":                                                {502, unknown},
		"Gateway Timeout":                                            {504, unknown},
		"an answer whose words changed, but whose code did not: 403": {403, blocked},
	}
	for description, v := range vectors {
		t.Run(description, func(t *testing.T) {
			t.Parallel()
			body, err := json.Marshal(map[string]any{"ok": false, "error_code": v.status, "description": description})
			if err != nil {
				t.Fatal(err)
			}
			e := sendFailure(t, answering(t, v.status, string(body)), account())
			if got := (class{e.Outcome, e.Scope, e.Code}); got != v.want {
				t.Errorf("Send() = %+v, want %+v", got, v.want)
			}
		})
	}
}

func TestOddEnvelopes(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct {
		status  int
		body    string
		outcome channel.Outcome
		code    string
	}{
		"error code under a 200":        {200, `{"ok":false,"error_code":403,"description":"Forbidden"}`, channel.Refused, channel.CodeBlocked},
		"no code at all":                {200, `{"ok":false}`, channel.Unknown, channel.CodeVendorError},
		"success under a 502":           {502, `{"ok":true,"result":{"message_id":1}}`, channel.Unknown, channel.CodeVendorError},
		"error code of a wrong type":    {403, `{"ok":false,"error_code":[403],"description":7}`, channel.Refused, channel.CodeBlocked},
		"error code out of range":       {400, `{"ok":false,"error_code":1e9}`, channel.Refused, channel.CodeRejected},
		"json of somebody else":         {403, `{"error":"access denied"}`, channel.NotSent, channel.CodeUnreachable},
		"empty 200":                     {200, ``, channel.Unknown, channel.CodeVendorError},
		"list":                          {200, `[]`, channel.Unknown, channel.CodeVendorError},
		"a vendor that repeats a token": {400, `{"ok":false,"error_code":400,"description":"bad ` + botToken + `"}`, channel.Refused, channel.CodeRejected},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := sendFailure(t, answering(t, v.status, v.body), account())
			if e.Outcome != v.outcome || e.Code != v.code {
				t.Errorf("Send() = outcome %d, %v, want %d, %s", e.Outcome, e, v.outcome, v.code)
			}
		})
	}
}

func TestRetryAfterOfMinutesIsHandedOn(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`{"ok":false,"error_code":429,"parameters":{"retry_after":1800}}`:   30 * time.Minute,
		`{"ok":false,"error_code":429,"parameters":{"retry_after":"12"}}`:   12 * time.Second,
		`{"ok":false,"error_code":429,"parameters":{"retry_after":-3}}`:     0,
		`{"ok":false,"error_code":429,"parameters":{"retry_after":1e15}}`:   24 * time.Hour,
		`{"ok":false,"error_code":429,"description":"Too Many Requests"}`:   0,
		`{"ok":false,"error_code":429,"parameters":{"retry_after":[1000]}}`: 0,
	} {
		if e := sendFailure(t, answering(t, 429, body), account()); e.RetryAfter != want {
			t.Errorf("RetryAfter of %s = %v, want %v", body, e.RetryAfter, want)
		}
	}
}

func TestTokenThatIsNoneMakesNoCall(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the vendor was called") }))
	t.Cleanup(server.Close)
	for _, token := range []string{"", "abc", "1:a/../getMe", "1:a b", "1:\x00", "0:abc", "1:a?x=", "1:" + strings.Repeat("a", 500)} {
		a := account()
		a.Token = secret.New(token)
		e := sendFailure(t, telegram.New(server.URL, http.DefaultClient), a)
		if e.Outcome != channel.Refused || e.Scope != channel.ScopeAccount || e.Code != channel.CodeUnauthorized {
			t.Errorf("Send() with token %q = %+v, want the account refused", token, e)
		}
	}
}

func TestBaseURLThatIsNoneShowsNoToken(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://[::1", "://", "http://\x7f", "gopher://x"} {
		_ = sendFailure(t, telegram.New(base, &http.Client{}), account())
	}
}

// The simulator knows what a chat does after the customer left it.
func TestChatsThatRefuse(t *testing.T) {
	t.Parallel()
	for state, code := range map[string]string{
		sim.ChatBlocked:     channel.CodeBlocked,
		sim.ChatDeactivated: channel.CodeBlocked,
		sim.ChatNotStarted:  channel.CodeBlocked,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			s, p := simulated(t)
			if _, err := s.Write(sim.Letter{Vendor: sim.Telegram, Account: botID, Customer: "77", Text: "hi"}); err != nil {
				t.Fatal(err)
			}
			if err := s.SetChat(botID, "77", state, 0); err != nil {
				t.Fatal(err)
			}
			e := sendFailure(t, p, account())
			if e.Outcome != channel.Refused || e.Scope != channel.ScopeContact || e.Code != code {
				t.Errorf("Send() = %+v, want refused for the contact", e)
			}
		})
	}
	t.Run("never written", func(t *testing.T) {
		t.Parallel()
		_, p := simulated(t)
		if e := sendFailure(t, p, account()); e.Outcome != channel.Refused || e.Scope != channel.ScopeContact {
			t.Errorf("Send() = %+v, want refused for the contact", e)
		}
	})
}

// simulated returns a simulator with the bot, and a provider that calls it.
func simulated(t *testing.T) (*sim.Sim, *telegram.Provider) {
	t.Helper()
	s := sim.New(sim.Config{Seed: 1})
	t.Cleanup(s.Close)
	if err := s.AddBot(sim.Bot{Token: botToken, Username: "shop_bot", StrictChats: true}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return s, telegram.New(server.URL+"/telegram", &http.Client{Transport: &http.Transport{}})
}
