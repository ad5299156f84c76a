package telegram

import (
	"errors"
	"strconv"
	"time"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

var errNotUpdate = errors.New("not an update")

// Parse reads one update. Kinds of update that do not concern a conversation
// with one customer give no event.
func (p *Provider) Parse(account channel.Account, r channel.Request) ([]channel.Event, error) {
	update, err := loose.Decode(r.Body)
	if err != nil {
		return nil, err
	}
	if !update.IsObject() {
		return nil, errNotUpdate
	}
	var event channel.Event
	switch {
	case update.At("message").Exists():
		event = inbound(account, update, update.At("message"))
	case update.At("edited_message").Exists():
		event = edit(account, update, update.At("edited_message"))
	case update.At("my_chat_member").Exists():
		event = reach(update, update.At("my_chat_member"))
	case !update.At("update_id").Exists():
		return nil, errNotUpdate
	}
	if event == nil {
		return nil, nil
	}
	return []channel.Event{event}, nil
}

func inbound(account channel.Account, update, message loose.Value) channel.Event {
	if !message.IsObject() {
		return channel.Poison{Reason: "message is not an object"}
	}
	if !fromCustomer(account, message) || serviceMessage(message) {
		return nil
	}
	chat, ok := chatOf(message)
	if !ok {
		return channel.Poison{Reason: "message without chat"}
	}
	content, text := contentOf(message)
	return channel.Inbound{
		VendorID: vendorID(chat, update, message),
		From:     channel.Address{Kind: channel.AddressChat, Value: chat},
		Name:     channel.CleanName(message.At("from.first_name").Text() + " " + message.At("from.last_name").Text()),
		Phone:    ownPhone(account, message),
		Content:  content,
		Text:     text,
		SentAt:   dateOf(message.At("date")),
	}
}

// edit returns nil for edits that change no text, such as a live location that
// moves.
func edit(account channel.Account, update, message loose.Value) channel.Event {
	if !message.IsObject() {
		return channel.Poison{Reason: "edited message is not an object"}
	}
	_, text := contentOf(message)
	if !fromCustomer(account, message) || text == "" {
		return nil
	}
	chat, hasChat := chatOf(message)
	id, hasID := message.At("message_id").Int()
	if !hasChat || !hasID {
		return channel.Poison{Reason: "edited message without chat or id"}
	}
	original := messageKey(chat, id)
	return channel.Edit{
		EventKey: eventKey(update, "edit:"+original+":"+message.At("edit_date").Text()),
		VendorID: original,
		Text:     text,
	}
}

// reach reads what Telegram posts when a customer blocks the bot or starts it
// again.
func reach(update, change loose.Value) channel.Event {
	if !private(change) {
		return nil
	}
	chat, ok := chatOf(change)
	if !ok {
		return channel.Poison{Reason: "chat member without chat"}
	}
	status := change.At("new_chat_member.status").Text()
	if status != "member" && status != "kicked" {
		return nil
	}
	return channel.Reach{
		EventKey:  eventKey(update, "reach:"+chat+":"+change.At("date").Text()+":"+status),
		Who:       channel.Address{Kind: channel.AddressChat, Value: chat},
		Reachable: status == "member",
	}
}

// fromCustomer is false for groups, channels, other bots and the bot itself:
// answering those makes loops.
func fromCustomer(account channel.Account, message loose.Value) bool {
	from := message.At("from")
	return private(message) &&
		!from.At("is_bot").True() &&
		!message.At("via_bot").Exists() &&
		(account.ID == "" || from.At("id").Text() != account.ID)
}

// private goes by the sign of the id when the type of the chat is none that is
// known: only groups and channels have negative ones.
func private(message loose.Value) bool {
	switch message.At("chat.type").Text() {
	case "private":
		return true
	case "group", "supergroup", "channel":
		return false
	}
	id, ok := message.At("chat.id").Int()
	return !ok || id > 0
}

// chatOf returns the chat; a private one has the id of the customer.
func chatOf(message loose.Value) (chat string, ok bool) {
	id, ok := message.At("chat.id").Int()
	if !ok {
		id, ok = message.At("from.id").Int()
	}
	return strconv.FormatInt(id, 10), ok && id != 0
}

func vendorID(chat string, update, message loose.Value) string {
	if id, ok := message.At("message_id").Int(); ok {
		return messageKey(chat, id)
	}
	return eventKey(update, "")
}

func messageKey(chat string, id int64) string { return chat + ":" + strconv.FormatInt(id, 10) }

// eventKey names an update; fallback is for one whose id cannot be read.
func eventKey(update loose.Value, fallback string) string {
	if id, ok := update.At("update_id").Int(); ok {
		return "update:" + strconv.FormatInt(id, 10)
	}
	return channel.Key(fallback)
}

// ownPhone returns the number of a contact card only if it is the sender's own:
// anybody's card can be shared.
func ownPhone(account channel.Account, message loose.Value) string {
	owner, ok := message.At("contact.user_id").Int()
	sender, known := message.At("from.id").Int()
	if !ok || !known || owner != sender {
		return ""
	}
	phone, _ := channel.Phone(message.At("contact.phone_number").Text(), account.Country)
	return phone
}

func dateOf(v loose.Value) time.Time {
	seconds, ok := v.Int()
	if !ok || seconds <= 0 || seconds > maxUnixSeconds {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// maxUnixSeconds is the end of the year 9999, the last that RFC 3339 can write.
const maxUnixSeconds = 253402300799
