package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sembang/internal/sim"
)

func (w *world) says(t *testing.T, chat, text string) sim.Posted {
	t.Helper()
	return w.write(t, sim.Letter{
		Vendor: sim.Telegram, Account: "123456", Customer: chat, Name: "Ali B", Username: "alib", Language: "ms", Text: text,
	})
}

func (w *world) hooked(t *testing.T, h *hook, args map[string]any) {
	t.Helper()
	if args == nil {
		args = map[string]any{}
	}
	args["url"] = h.url
	if a := w.bot(t, "setWebhook", args); a.body != `{"ok":true,"result":true,"description":"Webhook was set"}` {
		t.Fatalf("setWebhook answered %s", a.body)
	}
}

func TestTelegramSetsWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale = 1 })
	set := func(args map[string]any) string { return w.bot(t, "setWebhook", args).body }
	want := func(body, description string) {
		t.Helper()
		if body != fmt.Sprintf(`{"ok":true,"result":true,"description":%q}`, description) {
			t.Errorf("answered %s, want %s", body, description)
		}
	}
	want(w.bot(t, "deleteWebhook", nil).body, "Webhook is already deleted")
	hook := map[string]any{"url": "http://127.0.0.1:9/x", "secret_token": "abc_-9", "max_connections": 7, "allowed_updates": []string{"message"}}
	want(set(hook), "Webhook was set")
	want(set(hook), "Webhook is already set")
	refused(t, w.bot(t, "setWebhook", map[string]any{"url": "http://127.0.0.1:9/y"}), 429, "Too Many Requests: retry after 1")
	info := result(t, w.bot(t, "getWebhookInfo", nil))
	if info["url"] != "http://127.0.0.1:9/x" || info["max_connections"] != 7.0 || fmt.Sprint(info["allowed_updates"]) != "[message]" {
		t.Errorf("getWebhookInfo = %v", info)
	}
	refused(t, w.bot(t, "getUpdates", nil), 409,
		"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
}

func TestTelegramRefusesBadWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := func(args map[string]any) answered { return w.bot(t, "setWebhook", args) }
	refused(t, set(map[string]any{"url": "nonsense"}), 400, "Bad Request: invalid webhook URL specified")
	long := strings.Repeat("a", 257)
	refused(t, set(map[string]any{"url": "http://a.my", "secret_token": long}), 400, "Bad Request: secret token is too long")
	refused(t, set(map[string]any{"url": "http://a.my", "secret_token": "a b"}), 400,
		"Bad Request: secret token contains unallowed characters")
	if err := w.AddBot(sim.Bot{Token: botToken, StrictWebhooks: true}); err != nil {
		t.Fatal(err)
	}
	for url, description := range map[string]string{
		"http://a.my":         "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
		"https://a.my:8080":   "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
		"https://10.0.0.1":    "Bad Request: bad webhook: IP address 10.0.0.1 is reserved",
		"https://127.0.0.1/x": "Bad Request: bad webhook: IP address 127.0.0.1 is reserved",
		"https://[2001::1]":   "Bad Request: bad webhook: IPv6-only addresses are not allowed",
	} {
		refused(t, set(map[string]any{"url": url}), 400, description)
	}
}

func TestTelegramDeliversUpdates(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.hooked(t, h, map[string]any{"secret_token": "s3cret"})
	p := w.says(t, "77", "/start promo42")
	got := h.wait(t, 1)[0]
	if got.header.Get("X-Telegram-Bot-Api-Secret-Token") != "s3cret" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers = %v", got.header)
	}
	var update map[string]any
	_ = json.Unmarshal([]byte(got.body), &update)
	message, _ := update["message"].(map[string]any)
	if update["update_id"] != float64(p.UpdateID) || fmt.Sprint(message["message_id"]) != p.MessageID {
		t.Errorf("update = %v, posted %+v", update, p)
	}
	delete(message, "message_id")
	delete(message, "date")
	rest, _ := json.Marshal(message)
	sameJSON(t, string(rest), `{"from":{"id":77,"is_bot":false,"first_name":"Ali","last_name":"B","username":"alib","language_code":"ms"},
		"chat":{"id":77,"type":"private","first_name":"Ali","last_name":"B","username":"alib"},
		"text":"/start promo42","entities":[{"type":"bot_command","offset":0,"length":6}]}`)
	eventually(t, "the bubble", func() bool { return w.Chat(p.ChatRef)[0].State == sim.StateDelivered })
}

func TestTelegramKeepsTheOrderOfAChatOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	release := make(chan struct{})
	h := newHook(t, func(n int, _ http.ResponseWriter) {
		if n == 0 {
			<-release
		}
	})
	w.hooked(t, h, nil)
	w.says(t, "77", "first")
	h.wait(t, 1)
	w.says(t, "77", "second")
	w.says(t, "78", "other chat")
	if got := h.wait(t, 2); !strings.Contains(got[1].body, "other chat") {
		t.Errorf("second delivery is %s, want the other chat's", got[1].body)
	}
	close(release)
	if got := h.wait(t, 3); !strings.Contains(got[2].body, "second") {
		t.Errorf("third delivery is %s", got[2].body)
	}
}

func TestTelegramBoundsConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	release := make(chan struct{})
	var active, most atomic.Int32
	h := newHook(t, func(int, http.ResponseWriter) {
		n := active.Add(1)
		defer active.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		<-release
	})
	w.hooked(t, h, map[string]any{"max_connections": 2})
	for chat := range 20 {
		w.says(t, fmt.Sprint(100+chat), "x")
	}
	h.wait(t, 2)
	close(release)
	h.wait(t, 20)
	if n := most.Load(); n != 2 {
		t.Errorf("%d deliveries at once, want 2", n)
	}
}

func TestTelegramRetriesAtOnceAndThenSlower(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale = 0.05 })
	h := newHook(t, func(n int, rw http.ResponseWriter) {
		if n < 4 {
			rw.WriteHeader(500)
		}
	})
	w.hooked(t, h, nil)
	p := w.says(t, "77", "hello")
	got := h.wait(t, 5)
	for i, least := range []time.Duration{0, 100, 200, 400} {
		if gap := got[i+1].at.Sub(got[i].at); gap < least*time.Millisecond || i == 0 && gap > 90*time.Millisecond {
			t.Errorf("attempt %d came after %v, want at least %v", i+2, gap, least*time.Millisecond)
		}
	}
	info := result(t, w.bot(t, "getWebhookInfo", nil))
	if info["last_error_message"] != "Wrong response from the webhook: 500 Internal Server Error" || info["last_error_date"] == nil {
		t.Errorf("getWebhookInfo = %v", info)
	}
	eventually(t, "the bubble", func() bool { return w.Chat(p.ChatRef)[0].Attempts == 5 })
}

func TestTelegramHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale = 0.1 })
	h := newHook(t, func(n int, rw http.ResponseWriter) {
		if n == 0 {
			rw.Header().Set("Retry-After", "3")
			rw.WriteHeader(503)
		}
	})
	w.hooked(t, h, nil)
	w.says(t, "77", "hello")
	if got := h.wait(t, 2); got[1].at.Sub(got[0].at) < 300*time.Millisecond {
		t.Errorf("retried after %v, want three scaled seconds", got[1].at.Sub(got[0].at))
	}
}
