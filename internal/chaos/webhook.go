package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"sembang/internal/channel"
)

const (
	firstTelegramID = 1_000_000 // above what the simulator gives the bot's messages
	firstUpdateID   = 50_000_000
	telegramSecret  = "X-Telegram-Bot-Api-Secret-Token" //nolint:gosec // the header's name
)

// webhook is a delivery as the vendor posts it.
type webhook struct {
	path   string
	header http.Header
	body   []byte
}

type object = map[string]any

// vendorID is the key under which the product must store a letter, "" when it has
// to make one up.
func vendorID(a account, v chat, l letter) string {
	switch {
	case l.Nameless:
		return ""
	case a.Channel == channel.Telegram:
		return fmt.Sprintf("%s:%d", v.Address, firstTelegramID+l.Number)
	}
	return "3A" + l.Token
}

// bodyOf writes a letter as its vendor does; at is when the customer wrote it.
func bodyOf(a account, v chat, l letter, at time.Time) ([]byte, error) {
	if l.Subject == spoilt {
		return []byte(`{"spoilt": "` + l.Token + "\x00"), nil
	}
	if a.Channel == channel.Telegram {
		return json.Marshal(telegramUpdate(v, l, at))
	}
	return json.Marshal(onSendEvent(a, v, l, at))
}

func telegramUpdate(v chat, l letter, at time.Time) object {
	id := json.Number(v.Address)
	return object{
		"update_id": firstUpdateID + l.At.Milliseconds(),
		"message": object{
			"message_id": firstTelegramID + l.Number,
			"from":       object{"id": id, "is_bot": false, "first_name": v.Name, "language_code": "en"},
			"chat":       object{"id": id, "type": "private", "first_name": v.Name},
			"date":       at.Unix(), "text": l.Text,
		},
	}
}

// onSendEvent writes one of the three shapes that comparable gateways have.
func onSendEvent(a account, v chat, l letter, at time.Time) object {
	id, key := vendorID(a, v, l), object{}
	name := func(o object, field string) object {
		if id != "" {
			o[field] = id
		}
		return o
	}
	switch a.Form {
	case "flat":
		return name(object{"device": a.Name, "from": v.Address, "name": v.Name, "timestamp": at.Unix(), "type": "text", "message": l.Text}, "message_id")
	case "event":
		return object{"event": "message", "sessionId": a.Name, "timestamp": at.Unix(), "data": name(object{
			"from": v.Address + "@c.us", "fromMe": false, "notifyName": v.Name, "timestamp": at.Unix(), "type": "chat", "hasMedia": false, "body": l.Text,
		}, "id")}
	}
	key["remoteJid"], key["fromMe"] = v.Address+"@s.whatsapp.net", false
	return object{"key": name(key, "id"), "messageTimestamp": at.Unix(), "pushName": v.Name, "message": object{"conversation": l.Text}}
}
