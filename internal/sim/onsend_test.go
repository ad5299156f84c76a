package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/sim"
)

func TestOnSendTellsTheStateOfTheDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, status := range []string{"connected", "not_connected", "connecting", "disabled", "disconnected", "logged_out"} {
		w.device(t, sim.Device{ID: "shop", Token: deviceToken, Name: "Shop phone", Phone: "60100000000", Status: status})
		a := w.call(t, http.MethodGet, "/onsend/api/v1/status", "", "", bearer(deviceToken))
		want := map[string]any{"name": "Shop phone", "phone_number": "60100000000", "status": status}
		if diff := cmp.Diff(want, a.json(t)); a.status != 200 || diff != "" {
			t.Errorf("status answered %d: %s", a.status, diff)
		}
	}
}

func TestOnSendRefusesAnUnknownToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, header := range []http.Header{nil, bearer("wrong"), {"Authorization": {deviceToken}}} {
		a := w.call(t, http.MethodPost, "/onsend/api/v1/send", "application/json", `{}`, header)
		if a.status != 401 || a.body != `{"message":"Unauthenticated."}` {
			t.Errorf("send with %v answered %d %s", header, a.status, a.body)
		}
	}
}

func TestOnSendTakesEveryEncoding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bodies := map[string]string{
		"application/json":                  `{"phone_number":"60123456789","type":"text","message":"hello"}`,
		"application/x-www-form-urlencoded": "phone_number=60123456789&type=text&message=hello",
		"multipart/form-data; boundary=b": "--b\r\nContent-Disposition: form-data; name=\"phone_number\"\r\n\r\n60123456789\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nhello\r\n--b--\r\n",
	}
	for contentType, body := range bodies {
		a := w.call(t, http.MethodPost, "/onsend/api/v1/send", contentType, body, bearer(deviceToken))
		if a.status != 200 || a.body != `{"success":true,"message":"Message sent."}` {
			t.Errorf("%s answered %d %s", contentType, a.status, a.body)
		}
	}
	chat := w.Chat(sim.ChatRef{Vendor: sim.OnSend, Account: "shop", Customer: phone})
	if len(chat) != 3 || chat[0].Text != "hello" || chat[0].Author != sim.AuthorBusiness {
		t.Errorf("the customer received %v, want hello three times", chat)
	}
}

func TestOnSendValidatesWhatIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cases := map[string]struct{ body, field string }{
		"no phone":         {`{"type":"text","message":"x"}`, "phone_number"},
		"a phone with +":   {`{"phone_number":"+60123456789","message":"x"}`, "phone_number"},
		"a short phone":    {`{"phone_number":"1234567","message":"x"}`, "phone_number"},
		"a long phone":     {`{"phone_number":"1234567890123456","message":"x"}`, "phone_number"},
		"no message":       {`{"phone_number":"60123456789","type":"text"}`, "message"},
		"an unknown type":  {`{"phone_number":"60123456789","type":"audio","message":"x"}`, "type"},
		"media without":    {`{"phone_number":"60123456789","type":"image"}`, "url"},
		"a file address":   {`{"phone_number":"60123456789","type":"video","url":"file:///a"}`, "url"},
		"no mimetype":      {`{"phone_number":"60123456789","type":"document","url":"https://a.my/b"}`, "mimetype"},
		"no filename":      {`{"phone_number":"60123456789","type":"document","url":"https://a.my/b"}`, "filename"},
		"not even an JSON": {`{`, "phone_number"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.onsend(t, c.body)
			got := a.json(t)
			if a.status != 422 || got["message"] != "The given data was invalid." {
				t.Fatalf("answered %d %s", a.status, a.body)
			}
			if errs, _ := got["errors"].(map[string]any); errs[c.field] == nil {
				t.Errorf("errors = %v, want one for %s", got["errors"], c.field)
			}
		})
	}
}

func TestOnSendLimitsCallsPerMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale = 1 })
	w.device(t, sim.Device{ID: "slow", Token: "slow-token", Phone: "60100000001", PerMinute: 2})
	for i, left := range []string{"1", "0"} {
		a := w.call(t, http.MethodGet, "/onsend/api/v1/status", "", "", bearer("slow-token"))
		if a.status != 200 || a.header.Get("X-RateLimit-Limit") != "2" || a.header.Get("X-RateLimit-Remaining") != left {
			t.Errorf("call %d answered %d %v", i, a.status, a.header)
		}
	}
	a := w.call(t, http.MethodGet, "/onsend/api/v1/status", "", "", bearer("slow-token"))
	if a.status != 429 || a.body != `{"message":"Too Many Attempts."}` || a.header.Get("Retry-After") == "" {
		t.Errorf("third call answered %d %s %v", a.status, a.body, a.header)
	}
}

func TestOnSendLimitsMessagesPerDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *sim.Config) { c.TimeScale = 1 })
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", PerDay: 1})
	text := `{"phone_number":"60123456789","message":"x"}`
	if a := w.onsend(t, text); a.status != 200 {
		t.Errorf("first send answered %d", a.status)
	}
	if a := w.onsend(t, text); a.status != 429 || !strings.Contains(a.body, "daily") || a.header.Get("X-RateLimit-Remaining") == "0" {
		t.Errorf("second send answered %d %s %v", a.status, a.body, a.header)
	}
}

func TestOnSendAnswersWithoutSuccessWhenTheDeviceIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := `{"phone_number":"60123456789","message":"x"}`
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", Status: sim.DeviceLoggedOut})
	if a := w.onsend(t, text); a.status != 200 || a.body != `{"success":false,"message":"Device is not connected."}` {
		t.Errorf("send answered %d %s", a.status, a.body)
	}
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", Status: sim.DeviceConnecting, OfflineStatus: 409})
	if a := w.onsend(t, text); a.status != 409 {
		t.Errorf("send answered %d, want the chosen 409", a.status)
	}
}

func TestOnSendGivesAMessageIDWhenAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WithMessageID: true})
	got := w.onsend(t, `{"phone_number":"60123456789","message":"x"}`).json(t)
	chat := w.Chat(sim.ChatRef{Vendor: sim.OnSend, Account: "shop", Customer: phone})
	if got["message_id"] == nil || got["message_id"] != chat[0].ID {
		t.Errorf("message_id = %v, the customer has %v", got["message_id"], chat[0].ID)
	}
}

func TestOnSendReportsInThreeForms(t *testing.T) {
	t.Parallel()
	at := time.Unix(1761800000, 0)
	want := map[string]string{
		sim.FormFlat: `{"message_id":"M1","device":"shop","from":"60123456789","name":"Ali \"B\"","timestamp":1761800000,
			"type":"text","message":"hi 😀 <b> \"x\""}`,
		sim.FormEvent: `{"event":"message","sessionId":"shop","timestamp":1761800000,"data":{"id":"M1","from":"60123456789@c.us",
			"to":"60100000000@c.us","fromMe":false,"notifyName":"Ali \"B\"","timestamp":1761800000,"type":"chat","hasMedia":false,"body":"hi 😀 <b> \"x\""}}`,
		sim.FormBaileys: `{"key":{"remoteJid":"60123456789@s.whatsapp.net","fromMe":false,"id":"M1"},"messageTimestamp":1761800000,
			"pushName":"Ali \"B\"","message":{"conversation":"hi 😀 <b> \"x\""}}`,
	}
	for form, body := range want {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			w, h := newWorld(t), newHook(t, nil)
			w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WebhookURL: h.url})
			w.write(t, sim.Letter{
				Vendor: sim.OnSend, Account: "shop", Customer: phone, Name: `Ali "B"`, Text: `hi 😀 <b> "x"`,
				Form: form, MessageID: "M1", At: at,
			})
			sameJSON(t, h.wait(t, 1)[0].body, body)
		})
	}
}

func TestOnSendReportsGroupsAndOwnMessages(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		form        string
		group, echo string // what the payload must hold
	}{
		"flat":    {sim.FormFlat, `"isGroup":true`, `"fromMe":true`},
		"event":   {sim.FormEvent, `"from":"120363@g.us"`, `"to":"60123456789@c.us"`},
		"baileys": {sim.FormBaileys, `"remoteJid":"120363@g.us"`, `"fromMe":true`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, h := newWorld(t), newHook(t, nil)
			w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WebhookURL: h.url, Form: c.form})
			letter := sim.Letter{Vendor: sim.OnSend, Account: "shop", Customer: phone, Text: "hi", Group: "120363"}
			w.write(t, letter)
			if body := h.wait(t, 1)[0].body; !strings.Contains(body, c.group) || !strings.Contains(body, phone) {
				t.Errorf("group webhook %s lacks %s", body, c.group)
			}
			letter.Group = ""
			if _, err := w.Echo(letter); err != nil {
				t.Fatal(err)
			}
			if body := h.wait(t, 2)[1].body; !strings.Contains(body, c.echo) {
				t.Errorf("echo webhook %s lacks %s", body, c.echo)
			}
		})
	}
}

func TestOnSendLeavesOutIDAndTime(t *testing.T) {
	t.Parallel()
	for _, form := range []string{sim.FormFlat, sim.FormEvent, sim.FormBaileys} {
		w, h := newWorld(t), newHook(t, nil)
		w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WebhookURL: h.url, Form: form})
		w.write(t, sim.Letter{Vendor: sim.OnSend, Account: "shop", Customer: phone, Text: "hi", WithoutID: true, WithoutTime: true})
		body := h.wait(t, 1)[0].body
		if !json.Valid([]byte(body)) || strings.Contains(body, "imestamp") || strings.Contains(body, `"id"`) || strings.Contains(body, "message_id") {
			t.Errorf("%s webhook is %s", form, body)
		}
	}
}

func TestOnSendRepeatsWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := newHook(t, func(n int, rw http.ResponseWriter) {
		if n < 2 {
			rw.WriteHeader(500)
		}
	})
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Phone: "60100000000", WebhookURL: h.url, EchoSends: true})
	p := w.write(t, sim.Letter{Vendor: sim.OnSend, Account: "shop", Customer: phone, Text: "one", Copies: 2})
	got := h.wait(t, 4)
	for _, d := range got {
		if d.body != got[0].body {
			t.Errorf("a repetition differs: %s", d.body)
		}
	}
	eventually(t, "the bubble", func() bool { return w.Chat(p.ChatRef)[0].Copies == 2 })
	if m := w.Chat(p.ChatRef)[0]; m.State != sim.StateDelivered || m.Attempts != 3 {
		t.Errorf("bubble = %+v, want delivered after three attempts", m)
	}
	w.onsend(t, fmt.Sprintf(`{"phone_number":%q,"message":"answer"}`, phone))
	if body := h.wait(t, 5)[4].body; !strings.Contains(body, `"fromMe":true`) || !strings.Contains(body, "answer") {
		t.Errorf("echo of a send is %s", body)
	}
	if n, err := w.Replay("shop", 1); n != 1 || err != nil {
		t.Errorf("Replay() = %d, %v", n, err)
	}
	if d := h.wait(t, 6); d[5].body != d[4].body {
		t.Errorf("replay sent %s, want %s", d[5].body, d[4].body)
	}
}

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%s is no JSON: %v", got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("body differs:\n%s", diff)
	}
}
