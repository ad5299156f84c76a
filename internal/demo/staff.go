package demo

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sembang/internal/channel"
	"sembang/internal/id"
)

// post is what inbox.Post does with an agent's message.
func (t *thread) post(name, text string) error {
	agent, err := t.person(name)
	if err != nil || text == "" {
		return errors.Join(err, errors.New("want an agent and a text"))
	}
	t.send("agent", &agent, text)
	t.said("agent", text)
	t.answered()
	t.active()
	t.talk.Unread = 0
	if t.talk.Assignee == nil {
		t.talk.Assignee = &agent
	}
	if t.box.BotState != "handed_over" {
		t.box.BotState, t.box.PausedUntil = "paused", pointer(t.at.Add(takeoverPause))
	}
	return nil
}

// phone is what inbox.ApplyEcho does with what the owner typed on the phone.
func (t *thread) phone(text string) error {
	if t.identity.Kind != string(channel.AddressPhone) {
		return errors.New("this channel has no phone")
	}
	m := t.add("out", "phone", text)
	m.State, m.VendorID, m.SentAt = "sent", t.vendorID(), pointer(t.at.Truncate(time.Second))
	t.said("phone", text)
	t.answered()
	until := pointer(t.at.Add(takeoverPause))
	if t.box.BotState == "handed_over" {
		until = nil
	}
	t.box.BotState, t.box.BotReason, t.box.PausedUntil = "paused", pointer("phone"), until
	return nil
}

// happen is what a person does to a conversation: taken_over NAME, resumed NAME,
// assigned NAME TO, completed NAME OUTCOME.
func (t *thread) happen(words []string) error {
	if len(words) < 2 {
		return errors.New("want what happened, and who did it")
	}
	by, err := t.person(words[1])
	if err != nil {
		return err
	}
	switch {
	case words[0] == "taken_over":
		t.event("taken_over", "", &by)
		t.box.BotState, t.box.BotReason, t.box.PausedUntil = "paused", nil, pointer(t.at.Add(takeoverPause))
		t.talk.Assignee, t.talk.LastAt = &by, t.at
	case words[0] == "resumed":
		t.event("resumed", "", &by)
		t.box.BotState, t.box.BotReason, t.box.PausedUntil = "on", nil, nil
	case words[0] == "assigned" && len(words) == 3:
		to, err := t.person(words[2])
		if err != nil {
			return err
		}
		t.event("assigned", nameOf(words[2]), &by)
		t.talk.Assignee = &to
	case words[0] == "completed" && len(words) == 3 && slices.Contains([]string{"won", "lost", "appointment", "none"}, words[2]):
		t.event("completed", words[2], &by)
		t.answered()
		t.box.Closed = true
		t.talk.Status, t.talk.Outcome, t.talk.Unread = "resolved", &words[2], 0
	default:
		return fmt.Errorf("%q is nothing that happens", strings.Join(words, " "))
	}
	return nil
}

func nameOf(name string) string {
	for _, p := range People {
		if strings.HasPrefix(p.Email, name+"@") {
			return p.Name
		}
	}
	return ""
}

// fail makes the newest outgoing message one that was refused, or of which nobody
// knows: failed CODE, unknown CODE.
func (t *thread) fail(words []string) error {
	if t.sent == nil || len(words) != 2 || (words[0] != "failed" && words[0] != "unknown") {
		return errors.New("want failed or unknown, a code, and a message before it")
	}
	m := t.messages[slices.IndexFunc(t.messages, func(m *messageRow) bool { return m.ID == t.sent.Message })]
	m.State, m.Error = words[0], &words[1]
	t.sent.State, t.sent.Error, t.sent.VendorID = words[0], &words[1], nil
	if words[1] == "blocked" {
		t.identity.Reachable = false
	}
	return nil
}

// vendorID names a message as the simulated vendors do. Telegram counts within a
// chat: what the simulator counts later starts far above.
func (t *thread) vendorID() *string {
	if t.identity.Kind == string(channel.AddressChat) {
		return pointer(fmt.Sprintf("%s:%d", t.identity.External, t.box.LastSeq+100*int64(len(t.conversations))))
	}
	key := uuid.New()
	return pointer("3A" + strings.ToUpper(hex.EncodeToString(key[:9])))
}

// brokenDelivery is a webhook that was cut on its way.
const (
	brokenDelivery = `{"device":"shop","event":"message","from":"60115550377@c.us","pushname":"Farid","message":"Salam, kek untuk esok da`
	brokenReason   = "body is not json"
)

// poison is one delivery that cannot be read, so that the page of them has one.
func (s stage) poison() []*deliveryRow {
	return []*deliveryRow{{
		ReceivedAt: s.now.Add(-3*time.Hour - 12*time.Minute), ID: id.New(), Integration: uuid.UUID(s.accounts[channel.OnSend]),
		ContentType: "application/json", Headers: json.RawMessage(`{"User-Agent":["OnSend-Webhook/1.0"]}`),
		Body: `\x` + hex.EncodeToString([]byte(brokenDelivery)), State: "poison", Reason: brokenReason,
	}}
}
