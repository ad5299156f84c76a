package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// deletable is how long a message can be deleted.
const deletable = 48 * time.Hour

func (t *telegram) editMessageText(b *bot, c *call) answer {
	f, refusal, ok := formatted(c, "text", "entities")
	if !ok {
		return refusal
	}
	ch, m, refusal, ok := t.own(b, c, "edit")
	if !ok {
		return refusal
	}
	markup, reason := checkMarkup(c.args["reply_markup"])
	switch {
	case reason != "":
		return badRequest(reason)
	case strings.TrimSpace(f.text) == "":
		return badRequest("message text is empty")
	case units(f.text) > maxTextUnits:
		return badRequest("message is too long")
	case f.text == m.Text && slices.Equal(f.entities, m.Entities) && string(markup) == string(m.Markup):
		return notModified()
	}
	m.Text, m.Entities, m.Markup, m.EditDate = f.text, f.entities, markup, t.sim.cfg.Now().Unix()
	t.changeBubble(b, ch, m, func(bubble *ChatMessage) {
		bubble.Text, bubble.Edited, bubble.Markup = m.Text, true, json.RawMessage(c.args["reply_markup"])
	})
	return tgOK(m)
}

func notModified() answer {
	return badRequest("message is not modified: specified new message content and reply markup are exactly the same " +
		"as a current content and reply markup of the message")
}

func (t *telegram) editMessageReplyMarkup(b *bot, c *call) answer {
	ch, m, refusal, ok := t.own(b, c, "edit")
	if !ok {
		return refusal
	}
	markup, reason := checkMarkup(c.args["reply_markup"])
	switch {
	case reason != "":
		return badRequest(reason)
	case string(markup) == string(m.Markup):
		return notModified()
	}
	m.Markup = markup
	t.changeBubble(b, ch, m, func(bubble *ChatMessage) { bubble.Markup = markup })
	return tgOK(m)
}

func (t *telegram) deleteMessage(b *bot, c *call) answer {
	ch, refusal, ok := t.chat(b, c)
	if !ok {
		return refusal
	}
	id, _ := strconv.ParseInt(c.args["message_id"], 10, 64)
	m, found := ch.messages[id]
	switch {
	case !found:
		return badRequest("message to delete not found")
	case t.sim.cfg.Now().Sub(time.Unix(m.Date, 0)) > deletable:
		return badRequest("message can't be deleted for everyone")
	}
	delete(ch.messages, id)
	t.changeBubble(b, ch, m, func(bubble *ChatMessage) { bubble.Deleted, bubble.Text = true, "" })
	return tgOK(true)
}

// own returns a message of the bot itself.
func (t *telegram) own(b *bot, c *call, verb string) (*tgChat, *tgMessage, answer, bool) {
	ch, refusal, ok := t.chat(b, c)
	if !ok {
		return nil, nil, refusal, false
	}
	id, _ := strconv.ParseInt(c.args["message_id"], 10, 64)
	m, found := ch.messages[id]
	switch {
	case id == 0:
		return nil, nil, badRequest("message identifier is not specified"), false
	case !found:
		return nil, nil, badRequest("message to " + verb + " not found"), false
	case m.From == nil || m.From.ID != b.id:
		return nil, nil, badRequest("message can't be edited"), false
	}
	return ch, m, answer{}, true
}

func (t *telegram) changeBubble(b *bot, ch *tgChat, m *tgMessage, f func(*ChatMessage)) {
	ref := ChatRef{Telegram, b.account(), strconv.FormatInt(ch.info.ID, 10)}
	id := strconv.FormatInt(m.MessageID, 10)
	t.sim.chats.changeWhere(ref, func(bubble *ChatMessage) bool { return bubble.ID == id }, f)
}

func (t *telegram) answerCallbackQuery(b *bot, c *call) answer {
	asked, known := b.callbacks[c.args["callback_query_id"]]
	if !known || time.Since(asked) > t.sim.cfg.scaled(callbackLifetime) {
		return badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if units(c.args["text"]) > 200 {
		return badRequest("MESSAGE_TOO_LONG")
	}
	return tgOK(true)
}
