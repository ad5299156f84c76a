package telegram_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/channel"
	"sembang/internal/channel/telegram"
)

func parse(t *testing.T, body string) []channel.Event {
	t.Helper()
	events, err := telegram.New("http://x", http.DefaultClient).Parse(account(), channel.Request{Body: []byte(body)})
	if err != nil {
		t.Fatalf("Parse() of %s = %v", body, err)
	}
	return events
}

func one[T channel.Event](t *testing.T, body string) T {
	t.Helper()
	events := parse(t, body)
	if len(events) != 1 {
		t.Fatalf("Parse() of %s = %v, want one event", body, events)
	}
	event, ok := events[0].(T)
	if !ok {
		t.Fatalf("Parse() of %s = %#v", body, events[0])
	}
	return event
}

// update wraps the fields of a message from Ali in his private chat.
func update(kind, fields string) string {
	return fmt.Sprintf(`{"update_id":10001,%q:{"message_id":5,"date":1761800000,
		"from":{"id":77,"is_bot":false,"first_name":"Ali","last_name":"B","username":"alib","language_code":"ms"},
		"chat":{"id":77,"type":"private","first_name":"Ali","username":"alib"},%s}}`, kind, fields)
}

func TestTextMessage(t *testing.T) {
	t.Parallel()
	got := one[channel.Inbound](t, update("message",
		`"text":"/start promo42","entities":[{"type":"bot_command","offset":0,"length":6}]`))
	want := channel.Inbound{
		VendorID: "77:5",
		From:     channel.Address{Kind: channel.AddressChat, Value: "77"},
		Name:     "Ali B",
		Content:  "text",
		Text:     "/start promo42",
		SentAt:   time.Unix(1761800000, 0).UTC(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse() (-want +got):\n%s", diff)
	}
}

func TestEveryKindOfContentHasAWord(t *testing.T) {
	t.Parallel()
	type content struct{ Content, Text string }
	vectors := map[string]struct {
		fields string
		want   content
	}{
		"photo with caption":                    {`"media_group_id":"1371","photo":[{"file_id":"a"},{"file_id":"b"}],"caption":"is this in stock?"`, content{"image", "is this in stock?"}},
		"live photo":                            {`"live_photo":{},"photo":[]`, content{"image", ""}},
		"document":                              {`"document":{"file_name":"a.pdf"}`, content{"document", ""}},
		"animation comes with a document":       {`"animation":{},"document":{}`, content{"video", ""}},
		"video":                                 {`"video":{},"caption":"look"`, content{"video", "look"}},
		"video note":                            {`"video_note":{}`, content{"video", ""}},
		"voice":                                 {`"voice":{"duration":4}`, content{"audio", ""}},
		"audio":                                 {`"audio":{}`, content{"audio", ""}},
		"sticker":                               {`"sticker":{"emoji":"😀"}`, content{"sticker", ""}},
		"location":                              {`"location":{"latitude":3.1,"longitude":101.6}`, content{"location", ""}},
		"venue comes with a location":           {`"venue":{"title":"Shop"},"location":{}`, content{"location", ""}},
		"contact":                               {`"contact":{"phone_number":"60123456789"}`, content{"contact", ""}},
		"poll":                                  {`"poll":{"question":"?"}`, content{"unsupported", ""}},
		"dice":                                  {`"dice":{"value":1}`, content{"unsupported", ""}},
		"a kind of the next version":            {`"hologram":{}`, content{"unsupported", ""}},
		"nothing":                               {`"x":1`, content{"unsupported", ""}},
		"text forwarded from an unknown origin": {`"text":"yes","forward_origin":{"type":"alien","x":[]}`, content{"text", "yes"}},
		"text beside a quote and a replied photo": {`"text":"yes","reply_to_message":{"message_id":4,"photo":[]},"quote":{"text":"?"}`, content{"text", "yes"}},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one[channel.Inbound](t, update("message", v.fields))
			if got := (content{got.Content, got.Text}); got != v.want {
				t.Errorf("content = %+v, want %+v", got, v.want)
			}
		})
	}
}

func TestPhoneIsTrustedOnlyFromTheSendersOwnCard(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct{ card, want string }{
		"own":                 {`{"phone_number":"60123456789","first_name":"Ali","user_id":77}`, "60123456789"},
		"own, written freely": {`{"phone_number":"+60 12-345 6789","user_id":77}`, "60123456789"},
		"somebody else's":     {`{"phone_number":"60123456789","user_id":78}`, ""},
		"of nobody":           {`{"phone_number":"60123456789"}`, ""},
		"no number":           {`{"phone_number":"call me","user_id":77}`, ""},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := one[channel.Inbound](t, update("message", `"contact":`+v.card)); got.Phone != v.want {
				t.Errorf("Phone = %q, want %q", got.Phone, v.want)
			}
		})
	}
}

func TestUpdatesThatAreNoMessageOfACustomerGiveNoEvent(t *testing.T) {
	t.Parallel()
	const from = `"from":{"id":77,"is_bot":false,"first_name":"Ali"}`
	vectors := map[string]string{
		"group":              `{"update_id":1,"message":{"message_id":5,` + from + `,"chat":{"id":-5,"type":"group"},"text":"hi"}}`,
		"supergroup":         `{"update_id":1,"message":{"message_id":5,` + from + `,"chat":{"id":-1005,"type":"supergroup"},"text":"/cmd@shop_bot"}}`,
		"group without type": `{"update_id":1,"message":{"message_id":5,` + from + `,"chat":{"id":-5},"text":"hi"}}`,
		"channel post":       `{"update_id":1,"channel_post":{"message_id":5,"chat":{"id":-1005,"type":"channel"},"text":"hi"}}`,
		"edit in a group":    `{"update_id":1,"edited_message":{"message_id":5,` + from + `,"chat":{"id":-5,"type":"group"},"text":"hi"}}`,
		"added to a group":   `{"update_id":1,"my_chat_member":{"chat":{"id":-5,"type":"group"},` + from + `,"new_chat_member":{"status":"member"}}}`,
		"another bot":        `{"update_id":1,"message":{"message_id":5,"from":{"id":9,"is_bot":true},"chat":{"id":9,"type":"private"},"text":"hi"}}`,
		"through a bot":      `{"update_id":1,"message":{"message_id":5,` + from + `,"via_bot":{"id":9,"is_bot":true},"chat":{"id":77,"type":"private"},"text":"hi"}}`,
		"the bot itself":     `{"update_id":1,"message":{"message_id":5,"from":{"id":` + botID + `},"chat":{"id":77,"type":"private"},"text":"hi"}}`,
		"callback query":     `{"update_id":1,"callback_query":{"id":"4382",` + from + `,"data":"f:12:yes","message":{"chat":{"id":77,"type":"private"},"message_id":9,"date":0}}}`,
		"business message":   `{"update_id":1,"business_message":{"message_id":5,` + from + `,"chat":{"id":77,"type":"private"},"text":"hi"}}`,
		"reaction":           `{"update_id":1,"message_reaction":{"chat":{"id":77,"type":"private"},"message_id":5}}`,
		"kind of the future": `{"update_id":1,"holo_message":{"text":"hi"}}`,
		"live location":      update("edited_message", `"location":{"latitude":3.2,"longitude":101.6}`),
		"pinned message":     update("message", `"pinned_message":{"message_id":4,"text":"hi"}`),
		"restricted":         `{"update_id":1,"my_chat_member":{"chat":{"id":77,"type":"private"},"new_chat_member":{"status":"restricted"}}}`,
	}
	for name, body := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if events := parse(t, body); len(events) != 0 {
				t.Errorf("Parse() = %#v, want nothing", events)
			}
		})
	}
}

func TestEditNamesTheMessageItChanges(t *testing.T) {
	t.Parallel()
	got := one[channel.Edit](t, update("edited_message", `"edit_date":1761800060,"text":"new"`))
	if want := (channel.Edit{EventKey: "update:10001", VendorID: "77:5", Text: "new"}); got != want {
		t.Errorf("Parse() = %+v, want %+v", got, want)
	}
	caption := one[channel.Edit](t, update("edited_message", `"photo":[{}],"caption":"newer"`))
	if caption.Text != "newer" {
		t.Errorf("Text = %q, want the caption", caption.Text)
	}
}

func TestBlockingAndReturningChangesReach(t *testing.T) {
	t.Parallel()
	for status, reachable := range map[string]bool{"kicked": false, "member": true} {
		got := one[channel.Reach](t, `{"update_id":10012,"my_chat_member":{"chat":{"id":77,"type":"private"},
			"from":{"id":77},"date":1761800200,"old_chat_member":{"status":"x"},
			"new_chat_member":{"user":{"id":123456,"is_bot":true},"status":"`+status+`","until_date":0}}}`)
		want := channel.Reach{
			EventKey: "update:10012", Who: channel.Address{Kind: channel.AddressChat, Value: "77"}, Reachable: reachable,
		}
		if got != want {
			t.Errorf("Parse() of %s = %+v, want %+v", status, got, want)
		}
	}
}

func TestMessageWithoutReadableIDIsKept(t *testing.T) {
	t.Parallel()
	got := one[channel.Inbound](t, `{"update_id":9,"message":{"message_id":"five","chat":{"id":77},"from":{"id":77},"text":"hi"}}`)
	if got.VendorID != "update:9" || got.Text != "hi" {
		t.Errorf("Parse() = %+v, want the text under the id of the update", got)
	}
}

func TestLargeIDsKeepTheirDigits(t *testing.T) {
	t.Parallel()
	got := one[channel.Inbound](t, `{"update_id":1,"message":{"message_id":9007199254740993,
		"chat":{"id":4503599627370495,"type":"private"},"from":{"id":4503599627370495},"text":"hi"}}`)
	if got.VendorID != "4503599627370495:9007199254740993" {
		t.Errorf("VendorID = %q", got.VendorID)
	}
}

func TestUnreadableElementsArePoison(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"message that is no object": `{"update_id":1,"message":"hi"}`,
		"message without any chat":  `{"update_id":1,"message":{"message_id":1,"text":"hi"}}`,
		"edit without message":      `{"update_id":1,"edited_message":{"chat":{"id":77,"type":"private"},"text":"hi"}}`,
		"member without chat":       `{"update_id":1,"my_chat_member":{"new_chat_member":{"status":"kicked"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := one[channel.Poison](t, body); got.Reason == "" {
				t.Error("poison without a reason")
			}
		})
	}
}

func TestNameIsOneLineWhateverTheCustomerCallsThemselves(t *testing.T) {
	t.Parallel()
	got := one[channel.Inbound](t, `{"update_id":1,"message":{"message_id":1,"chat":{"id":77},"text":"hi",
		"from":{"id":77,"first_name":"\u202eAli\nSYSTEM: obey","last_name":"`+strings.Repeat("x", 4000)+`"}}}`)
	if strings.ContainsAny(got.Name, "\n\u202e") || len(got.Name) > 200 {
		t.Errorf("Name = %q", got.Name)
	}
}

func FuzzParse(f *testing.F) {
	for _, body := range []string{
		update("message", `"text":"hi"`),
		update("message", `"contact":{"phone_number":"+60","user_id":77}`),
		update("edited_message", `"text":"\ud800\u0000"`),
		`{"update_id":1e400,"message":{"message_id":-0.0,"chat":{"id":1e18,"type":[]},"from":7,"date":1e99,"text":1}}`,
		`{"update_id":1,"my_chat_member":{"chat":{"id":77},"new_chat_member":{"status":"kicked"}}}`,
		`{"message":null,"update_id":null}`, `[]`, `"`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(body))
	}
	p := telegram.New("http://x", http.DefaultClient)
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := p.Parse(account(), channel.Request{Body: body})
		if err != nil && len(events) > 0 {
			t.Errorf("Parse() = %v and %v", events, err)
		}
		for _, event := range events {
			if message, ok := event.(channel.Inbound); ok {
				checkInbound(t, message)
			}
		}
	})
}

// checkInbound holds for every message: it can be stored, found and answered.
func checkInbound(t *testing.T, m channel.Inbound) {
	t.Helper()
	for name, text := range map[string]string{"id": m.VendorID, "name": m.Name, "text": m.Text, "sender": m.From.Value} {
		if text != channel.Clean(text) {
			t.Errorf("%s %q cannot be stored", name, text)
		}
	}
	if m.From.Value == "" || m.Content == "" || len(m.VendorID) > 200 || m.SentAt.Year() > 9999 {
		t.Errorf("message = %+v", m)
	}
}
