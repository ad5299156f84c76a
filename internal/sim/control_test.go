package sim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sembang/internal/sim"
)

func (w *world) control(t *testing.T, method, path, body string) answered {
	t.Helper()
	return w.call(t, method, "/_sim/"+path, "application/json", body, nil)
}

func TestControlAPIRunsAWholeChat(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	for path, body := range map[string]string{
		"onsend/devices": fmt.Sprintf(`{"id":"d2","token":"t2","name":"Two","phone":"60100000002","webhook_url":%q,"form":"baileys"}`, h.url),
		"telegram/bots":  `{"token":"222:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB","name":"Second"}`,
		"anthropic/keys": `{"key":"sk-2"}`,
		"faults":         `{"vendor":"onsend","recipient":"1","http_status":500}`,
		"scripts":        `{"contains":"magic","text":"word"}`,
	} {
		if a := w.control(t, http.MethodPost, path, body); a.status != 200 {
			t.Errorf("POST %s answered %d %s", path, a.status, a.body)
		}
	}
	a := w.control(t, http.MethodPost, "customers/write", `{"vendor":"onsend","account":"d2","customer":"60123456789","name":"Siti","text":"hai","copies":2}`)
	if posted := a.json(t); a.status != 200 || posted["message_id"] == "" || posted["customer"] != phone {
		t.Errorf("write answered %d %s", a.status, a.body)
	}
	h.wait(t, 2)
	w.call(t, http.MethodPost, "/onsend/api/v1/send", "application/json", greeting, bearer("t2"))
	eventually(t, "both messages delivered", func() bool {
		body := w.control(t, http.MethodGet, "chats?vendor=onsend&account=d2&customer=60123456789", "").body
		return strings.Contains(body, `"author":"business"`) && strings.Contains(body, `"copies":2`) && strings.Contains(body, `"state":"delivered"`)
	})
	if body := w.control(t, http.MethodGet, "requests?vendor=onsend&account=d2&method=send&recipient=60123456789", "").body; !strings.Contains(body, `"phone_number":"60123456789"`) {
		t.Errorf("requests = %s", body)
	}
	if a := w.control(t, http.MethodPatch, "onsend/devices/d2", `{"status":"logged_out"}`); a.json(t)["name"] != "Two" {
		t.Errorf("PATCH answered %s", a.body)
	}
	state := w.control(t, http.MethodGet, "state", "").body
	for _, want := range []string{`"account":"d2"`, `"status":"logged_out"`, `"account":"222"`, `"Aisyah Rahman"`} {
		if !strings.Contains(state, want) {
			t.Errorf("state %s lacks %s", state, want)
		}
	}
	for _, path := range []string{"requests", "faults", "scripts"} {
		w.control(t, http.MethodDelete, path, "")
		if body := w.control(t, http.MethodGet, path, "").body; strings.TrimSpace(body) != "[]" {
			t.Errorf("%s after DELETE = %s", path, body)
		}
	}
}

func TestControlAPIRefusesNonsense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cases := map[string]struct {
		path, body string
		status     int
	}{
		"no JSON":          {"customers/write", `{`, 400},
		"unknown field":    {"customers/write", `{"vendor":"onsend","txt":"x"}`, 400},
		"no text":          {"customers/write", `{"vendor":"onsend","account":"shop","customer":"60123456789"}`, 400},
		"unknown vendor":   {"customers/write", `{"vendor":"fax","text":"x"}`, 400},
		"unknown device":   {"customers/write", `{"vendor":"onsend","account":"none","customer":"60123456789","text":"x"}`, 404},
		"unknown bot":      {"customers/write", `{"vendor":"telegram","account":"9","customer":"77","text":"x"}`, 404},
		"no phone number":  {"customers/write", `{"vendor":"onsend","account":"shop","customer":"ali","text":"x"}`, 400},
		"unknown form":     {"customers/write", `{"vendor":"onsend","account":"shop","customer":"60123456789","text":"x","form":"xml"}`, 400},
		"too many copies":  {"customers/write", `{"vendor":"onsend","account":"shop","customer":"60123456789","text":"x","copies":101}`, 400},
		"echo by a bot":    {"customers/echo", `{"vendor":"telegram","account":"123456","customer":"77","text":"x"}`, 400},
		"block of nobody":  {"customers/block", `{"vendor":"telegram","account":"123456","customer":"77"}`, 404},
		"malformed token":  {"telegram/bots", `{"token":"abc"}`, 400},
		"device, no token": {"onsend/devices", `{"id":"x"}`, 400},
		"token used twice": {"onsend/devices", `{"id":"x","token":"` + deviceToken + `"}`, 400},
		"unknown status":   {"onsend/devices", `{"id":"x","token":"y","status":"asleep"}`, 400},
		"content no list":  {"scripts", `{"content":{}}`, 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := w.control(t, http.MethodPost, c.path, c.body); a.status != c.status || a.json(t)["error"] == "" {
				t.Errorf("answered %d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
}

func TestStreamTellsOfMessagesAndTyping(t *testing.T) {
	t.Parallel()
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/_sim/chats/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan() // the retry line: the listener is in place
	w.bot(t, "sendChatAction", map[string]any{"chat_id": 77, "action": "typing"})
	w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "good morning"})
	var typed bool
	for lines.Scan() {
		typed = typed || lines.Text() == "event: typing"
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		var e sim.Event
		if !isData || json.Unmarshal([]byte(data), &e) != nil || e.Message == nil || e.Message.Text != "good morning" {
			continue
		}
		if !typed || e.Message.Author != sim.AuthorBusiness || e.Chat.Customer != customerID {
			t.Errorf("event %s after typing %v", data, typed)
		}
		return
	}
	t.Fatalf("the stream ended without the message: %v", lines.Err())
}

func TestRecorderKeepsTheNewestRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.RecorderCap = 5 })
	for range 23 {
		w.bot(t, "getMe", nil)
	}
	got := w.Requests(sim.RequestFilter{})
	if len(got) != 5 || got[0].Seq != 19 || got[4].Seq != 23 {
		t.Errorf("kept %d requests: %+v", len(got), got)
	}
	if got := w.Requests(sim.RequestFilter{After: 20, Limit: 2}); len(got) != 2 || got[1].Seq != 23 {
		t.Errorf("filtered %+v", got)
	}
}

func TestQueueOfWebhooksIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.QueueCap = 3 })
	var err error
	for n := range 4 {
		_, err = w.Write(sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: fmt.Sprint(n + 1), Text: "x"})
	}
	if err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("the fourth Write() = %v, want full", err)
	}
}

func TestPhonePageNeedsNothingFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.call(t, http.MethodGet, "/", "", "", nil)
	for _, want := range []string{"composer-input", "send-button", "Simulated Claude"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, path := range []string{"/", "/phone.js", "/phone.css", "/bubble.js", "/samples.js"} {
		a := w.call(t, http.MethodGet, path, "", "", nil)
		if a.status != 200 || strings.Contains(a.body, "https://") {
			t.Errorf("%s answered %d or names an address outside", path, a.status)
		}
	}
}

func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := newHook(t, func(n int, rw http.ResponseWriter) {
		if n%7 == 3 {
			rw.WriteHeader(500)
		}
	})
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WebhookURL: h.url, PerMinute: -1, EchoSends: true})
	w.hooked(t, h, nil)
	w.fault(t, sim.Fault{Probability: 0.05, HTTPStatus: 500})
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			chat := fmt.Sprint(100 + n)
			for i := range 20 {
				_, _ = w.Write(sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: chat, Text: fmt.Sprint("m", i), Copies: 2})
				_, _ = w.Write(sim.Letter{Vendor: sim.OnSend, Account: "shop", Customer: phone, Text: "x", Apart: true})
				_, _ = w.try(t, http.MethodPost, "/telegram/bot"+botToken+"/sendMessage", "application/json", `{"chat_id":`+chat+`,"text":"y"}`, nil)
				_, _ = w.trySend(t)
				_, _ = w.try(t, http.MethodPost, "/anthropic/v1/messages", "application/json", ask("hi"), claudeHeader())
				w.Requests(sim.RequestFilter{Limit: 1})
				w.Accounts()
			}
		})
	}
	all.Wait()
	ref := sim.ChatRef{Vendor: sim.Telegram, Account: "123456", Customer: "100"}
	eventually(t, "every message of a chat", func() bool {
		copies := 0
		for _, m := range w.Chat(ref) {
			copies += m.Copies
		}
		return copies == 40
	})
	var last uint64
	for _, m := range w.Chat(ref) {
		if m.Seq <= last {
			t.Errorf("message %d after %d", m.Seq, last)
		}
		last = m.Seq
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	s := sim.New(sim.Config{Seed: 3})
	if err := s.AddBot(sim.Bot{Token: botToken}); err != nil {
		t.Fatal(err)
	}
	letter := sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: "77", Text: "waits for ever"}
	if _, err := s.Write(letter); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() {
		s.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Fatal("Close() hangs on a webhook that waits")
	}
	if _, err := s.Write(letter); err == nil {
		t.Error("Write() after Close() succeeded")
	}
}
