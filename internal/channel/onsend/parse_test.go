package onsend_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

func parse(t *testing.T, a channel.Account, contentType, body string) []channel.Event {
	t.Helper()
	r := channel.Request{ContentType: contentType, Body: []byte(body)}
	events, err := onsend.New("http://x", http.DefaultClient).Parse(a, r)
	if err != nil {
		t.Fatalf("Parse() of %s = %v", body, err)
	}
	return events
}

func one[T channel.Event](t *testing.T, body string) T {
	t.Helper()
	return oneOf[T](t, account(), jsonType, body)
}

func oneOf[T channel.Event](t *testing.T, a channel.Account, contentType, body string) T {
	t.Helper()
	events := parse(t, a, contentType, body)
	if len(events) != 1 {
		t.Fatalf("Parse() of %s = %v, want one event", body, events)
	}
	event, ok := events[0].(T)
	if !ok {
		t.Fatalf("Parse() of %s = %#v", body, events[0])
	}
	return event
}

func aisyah() channel.Address {
	return channel.Address{Kind: channel.AddressPhone, Value: "60123456789"}
}

func TestTheCandidateFormsMeanTheSame(t *testing.T) {
	t.Parallel()
	want := channel.Inbound{
		VendorID: "3A01", From: aisyah(), Name: "Aisyah", Phone: "60123456789",
		Content: "text", Text: "ada stok?", SentAt: time.Unix(1761800000, 0).UTC(),
	}
	for name, v := range map[string]struct{ contentType, body string }{
		"flat": {jsonType, `{"from":"60123456789","message":"ada stok?","message_id":"3A01","name":"Aisyah","timestamp":1761800000}`},
		"event": {jsonType, `{"event":"message","sessionId":"s","timestamp":1761800000,
			"data":{"id":"3A01","from":"60123456789@c.us","to":"60312345678@c.us","body":"ada stok?","type":"chat","hasMedia":false,"notifyName":"Aisyah"}}`},
		"event, id in parts": {jsonType, `{"event":"message","data":{"id":{"fromMe":false,"_serialized":"3A01"},"timestamp":1761800000,
			"from":"60123456789@c.us","body":"ada stok?","type":"chat","notifyName":"Aisyah"}}`},
		"baileys": {jsonType, `{"key":{"remoteJid":"60123456789@s.whatsapp.net","fromMe":false,"id":"3A01"},
			"messageTimestamp":1761800000,"pushName":"Aisyah","message":{"conversation":"ada stok?"}}`},
		"baileys, disappearing": {jsonType, `{"key":{"remoteJid":"60123456789:12@s.whatsapp.net","fromMe":false,"id":"3A01"},"pushName":"Aisyah",
			"messageTimestamp":{"low":1761800000,"high":0},"message":{"ephemeralMessage":{"message":{"extendedTextMessage":{"text":"ada stok?"}}}}}`},
		"baileys in data": {jsonType, `{"event":"messages.upsert","data":{"key":{"remoteJid":"60123456789@s.whatsapp.net","fromMe":false,"id":"3A01"},
			"pushName":"Aisyah","messageTimestamp":1761800000,"message":{"conversation":"ada stok?"},"messageType":"conversation","status":"DELIVERY_ACK"}}`},
		"list": {jsonType, `{"event":"messages.upsert","data":{"messages":[{"key":{"remoteJid":"60123456789@s.whatsapp.net","id":"3A01"},
			"pushName":"Aisyah","messageTimestamp":"1761800000","message":{"conversation":"ada stok?"}}]}}`},
		"bare list":              {jsonType, `[{"from":"+60 12-345 6789","text":"ada stok?","id":"3A01","name":"Aisyah","timestamp":"2025-10-30T04:53:20Z"}]`},
		"form":                   {formType, `from=0123456789&message=ada+stok%3F&message_id=3A01&name=Aisyah&timestamp=1761800000`},
		"form with brackets":     {formType + "; charset=utf-8", `event=message&data[id]=3A01&data[from]=60123456789%40c.us&data[body]=ada+stok?&data[type]=chat&data[timestamp]=1761800000&data[notifyName]=Aisyah`},
		"json said to be a form": {formType, ` {"from":"60123456789","message":"ada stok?","id":"3A01","pushName":"Aisyah","t":1761800000000}`},
		"json without a type":    {"", "\xef\xbb\xbf" + `{"sender":"60123456789","body":"ada stok?","id":"3A01","name":"Aisyah","t":"1761800000"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := oneOf[channel.Inbound](t, account(), v.contentType, v.body)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Parse() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOneCustomerHoweverTheNumberIsWritten(t *testing.T) {
	t.Parallel()
	for _, sender := range []string{
		"+60 12-345 6789", "012-3456789", "60123456789", "60123456789@c.us", "60123456789@s.whatsapp.net",
		"60123456789:7@s.whatsapp.net", "６０１２３４５６７８９", "０１２３４５６７８９", "+60 (0)12-345 6789", " 60123456789 ",
	} {
		body, err := json.Marshal(map[string]string{"from": sender, "message": "hi"})
		if err != nil {
			t.Fatal(err)
		}
		if got := one[channel.Inbound](t, string(body)); got.From != aisyah() || got.Phone != "60123456789" {
			t.Errorf("sender %q is %v, phone %s", sender, got.From, got.Phone)
		}
	}
}

func TestLeadingZeroIsMalaysianOnlyInMalaysia(t *testing.T) {
	t.Parallel()
	a := account()
	a.Country = "SG"
	oneOf[channel.Poison](t, a, jsonType, `{"from":"0123456789","message":"hi"}`)
	oneOf[channel.Poison](t, account(), jsonType, `{"from":"0123456789@c.us","message":"hi"}`)
}

func TestPrivacyIDIsKeptButIsNoPhone(t *testing.T) {
	t.Parallel()
	got := one[channel.Inbound](t, `{"key":{"remoteJid":"98765432101234@lid","id":"1"},"message":{"conversation":"hi"}}`)
	if want := (channel.Address{Kind: channel.AddressChat, Value: "98765432101234@lid"}); got.From != want || got.Phone != "" {
		t.Errorf("From = %v, phone %q, want %v", got.From, got.Phone, want)
	}
	both := one[channel.Inbound](t, `{"key":{"remoteJid":"98765432101234@lid","senderPn":"60123456789@s.whatsapp.net","id":"1"},"message":{"conversation":"hi"}}`)
	if both.From != aisyah() {
		t.Errorf("From = %v, want the phone that is told as well", both.From)
	}
}

func TestWhatIsNoPrivateMessageGivesNoEvent(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"group by address":      `{"from":"120363025246125486@g.us","participant":"60123456789","message":"hi"}`,
		"group by flag":         `{"from":"60123456789","isGroup":"true","message":"hi"}`,
		"group by id":           `{"from":"60123456789","group_id":"120363025246125486","message":"hi"}`,
		"group by chat":         `{"from":"60123456789@c.us","chatId":"120363025246125486@g.us","body":"hi"}`,
		"own message in group":  `{"data":{"from":"60312345678@c.us","to":"1203630@g.us","fromMe":true,"body":"hi"}}`,
		"status post":           `{"key":{"remoteJid":"status@broadcast","participant":"60123456789@s.whatsapp.net"},"message":{"conversation":"hi"}}`,
		"broadcast list":        `{"from":"1700000000@broadcast","body":"hi"}`,
		"newsletter":            `{"from":"120363@newsletter","body":"hi"}`,
		"delivery receipt":      `{"message_id":"3A01","from":"60123456789","status":"delivered"}`,
		"receipt with ack":      `{"event":"update","data":{"id":"3A01","to":"60123456789@c.us","ack":2}}`,
		"receipt with the text": `{"event":"message_ack","data":{"id":"3A01","from":"60123456789@c.us","body":"hi","ack":3}}`,
		"read receipt":          `{"event":"message.read","data":{"from":"60123456789@c.us"}}`,
		"update list":           `{"event":"messages.update","data":[{"key":{"remoteJid":"60123456789@s.whatsapp.net","fromMe":true,"id":"1"},"update":{"status":3}}]}`,
		"presence":              `{"event":"presence.update","data":{"from":"60123456789@c.us"}}`,
		"typing":                `{"event":"typing","from":"60123456789"}`,
		"reaction":              `{"event":"message.reaction","data":{"from":"60123456789@c.us","text":"👍"}}`,
		"connection":            `{"event":"connection.update","data":{"state":"open"}}`,
		"device":                `{"event":"device","status":"logged_out","phone_number":"60312345678"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if events := parse(t, account(), jsonType, body); len(events) != 0 {
				t.Errorf("Parse() = %#v, want nothing", events)
			}
		})
	}
}

func TestOwnMessagesAreEchoes(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"flat, sender is the chat":       `{"from":"60123456789","fromMe":true,"message":"hi","id":"1","timestamp":1761800000}`,
		"flat, flag is text":             `{"from":"60312345678","to":"60123456789","from_me":"1","message":"hi","id":"1","timestamp":1761800000}`,
		"event":                          `{"event":"message_create","timestamp":1761800000,"data":{"id":"1","from":"60312345678@c.us","to":"60123456789@c.us","fromMe":true,"body":"hi","type":"chat"}}`,
		"baileys":                        `{"key":{"remoteJid":"60123456789@s.whatsapp.net","fromMe":true,"id":"1"},"messageTimestamp":1761800000,"message":{"conversation":"hi"}}`,
		"our number, no flag":            `{"from":"+60 3-1234 5678","to":"60123456789","message":"hi","id":"1","timestamp":1761800000}`,
		"name of the event, no flag":     `{"event":"message.sent","timestamp":1761800000,"data":{"id":"1","from":"60123456789@c.us","body":"hi"}}`,
		"privacy id beside phone number": `{"key":{"remoteJid":"9876543210@lid","remoteJidAlt":"60123456789@s.whatsapp.net","fromMe":true,"id":"1"},"messageTimestamp":1761800000,"message":{"conversation":"hi"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := channel.Echo{VendorID: "1", To: aisyah(), Text: "hi", SentAt: time.Unix(1761800000, 0).UTC()}
			if got := one[channel.Echo](t, body); got != want {
				t.Errorf("Parse() = %+v, want %+v", got, want)
			}
		})
	}
}

// The word of the gateway that a message is not ours counts more than its name.
func TestMessageThatIsSaidNotToBeOursIsNot(t *testing.T) {
	t.Parallel()
	one[channel.Inbound](t, `{"event":"message_sent","data":{"from":"60123456789@c.us","fromMe":false,"body":"hi"}}`)
}

func TestWithoutIDTheKeyIsAHashWithTheTime(t *testing.T) {
	t.Parallel()
	forms := map[string]func(from, text, at string) string{
		"flat": func(from, text, at string) string {
			return `{"from":"` + from + `","message":"` + text + `"` + at + `}`
		},
		"event": func(from, text, at string) string {
			return `{"event":"message","data":{"from":"` + from + `@c.us","body":"` + text + `","type":"chat"` + at + `}}`
		},
		"baileys": func(from, text, at string) string {
			return `{"key":{"remoteJid":"` + from + `@s.whatsapp.net"},"message":{"conversation":"` + text + `"}` +
				strings.Replace(at, "timestamp", "messageTimestamp", 1) + `}`
		},
	}
	const first, second = `,"timestamp":1761800000`, `,"timestamp":1761800001`
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := func(from, text, at string) string {
				return one[channel.Inbound](t, form(from, text, at)).VendorID
			}
			base := key("60123456789", "ok", first)
			if base == "" || base != key("60123456789", "ok", first) {
				t.Errorf("key = %q, want the same for a repeated delivery", base)
			}
			for what, other := range map[string]string{
				"time":   key("60123456789", "ok", second),
				"text":   key("60123456789", "okay", first),
				"sender": key("60123456780", "ok", first),
			} {
				if other == base || other == "" {
					t.Errorf("key with another %s = %q, want another", what, other)
				}
			}
			if got := key("60123456789", "ok", ""); got != "" {
				t.Errorf("key without a time = %q, want none: two equal texts may be two messages", got)
			}
		})
	}
}

func TestPoisonCostsItsSiblingsNothing(t *testing.T) {
	t.Parallel()
	events := parse(t, account(), jsonType, `{"messages":["x",{"message":"from nobody"},{"from":"60123456789","message":"hi"}]}`)
	if len(events) != 3 {
		t.Fatalf("Parse() = %#v, want three events", events)
	}
	for i, event := range events {
		if _, poison := event.(channel.Poison); poison != (i < 2) {
			t.Errorf("event %d = %#v", i, event)
		}
	}
}

func TestFormsThatCannotBeReadAreErrors(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]struct{ contentType, body string }{
		"raw nul":          {formType, "from=60123456789&message=a\x00b"},
		"broken escape":    {formType, "from=60123456789&message=%zz"},
		"empty":            {formType, ""},
		"json type":        {jsonType, "from=60123456789&message=hi"},
		"unreadable type":  {"a/b/c;;", "from=60123456789&message=hi"},
		"multipart":        {"multipart/form-data; boundary=x", "--x--"},
		"half a document":  {formType, `{"from":"60123456789"`},
		"a page of a site": {"text/html", "<html></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := channel.Request{ContentType: v.contentType, Body: []byte(v.body)}
			if events, err := onsend.New("http://x", http.DefaultClient).Parse(account(), r); err == nil {
				t.Errorf("Parse() = %v, want an error", events)
			}
		})
	}
}

func TestEscapedNULInAFormIsReplaced(t *testing.T) {
	t.Parallel()
	got := oneOf[channel.Inbound](t, account(), formType, "from=60123456789&message=a%00b%ff&id=%00")
	if got.Text != "a\uFFFDb\uFFFD" || got.VendorID != "\uFFFD" {
		t.Errorf("Parse() = %+q", got)
	}
}
