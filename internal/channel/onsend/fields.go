package onsend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"sembang/internal/channel/loose"
)

// Fields says where in a webhook's body to look for what. Each is a list of
// paths (keys and list indexes joined by dots); the first that leads to a value
// counts. A list that is left out keeps its default.
type Fields struct {
	Items     []string `json:"items,omitempty"` // a list of messages in one call
	ID        []string `json:"id,omitempty"`
	Sender    []string `json:"sender,omitempty"`
	Recipient []string `json:"recipient,omitempty"` // of our own messages: the chat
	Group     []string `json:"group,omitempty"`     // set when written in a group
	Own       []string `json:"own,omitempty"`       // set on our own messages
	Type      []string `json:"type,omitempty"`
	Text      []string `json:"text,omitempty"`
	Caption   []string `json:"caption,omitempty"`
	Media     []string `json:"media,omitempty"`
	Name      []string `json:"name,omitempty"`
	Time      []string `json:"time,omitempty"`
	Event     []string `json:"event,omitempty"`
	Receipt   []string `json:"receipt,omitempty"` // set, without text, on receipts
	Content   []string `json:"content,omitempty"` // an object named by its kind
}

// settings is the JSON of channel.Account.Settings.
type settings struct {
	Fields Fields `json:"fields"`
}

// ParseSettings returns the fields that an account's settings describe. It is
// how settings are checked before they are stored.
func ParseSettings(raw json.RawMessage) (Fields, error) {
	s := settings{Fields: defaultFields()}
	if len(bytes.TrimSpace(raw)) == 0 {
		return s.Fields, nil
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return Fields{}, fmt.Errorf("read onsend settings: %w", err)
	}
	return s.Fields, nil
}

// defaultFields are the names that comparable gateways use, the flat ones first.
func defaultFields() Fields {
	return Fields{
		Items: []string{"messages", "data.messages", "data"},
		ID: []string{
			"message_id", "messageId", "id", "data.id", "data.message_id", "data.messageId",
			"key.id", "data.key.id", "id._serialized", "data.id._serialized", "data.id.id",
		},
		Sender: []string{
			"from", "sender", "phone_number", "phone", "data.from", "data.sender", "data.phone",
			"key.remoteJid", "data.key.remoteJid",
			"key.senderPn", "data.key.senderPn", "key.remoteJidAlt", "data.key.remoteJidAlt",
		},
		Recipient: []string{
			"to", "data.to", "chat_id", "chatId", "data.chatId", "recipient",
			"key.remoteJid", "data.key.remoteJid", "key.remoteJidAlt", "data.key.remoteJidAlt",
		},
		Group: []string{"isGroup", "is_group", "data.isGroup", "data.is_group", "group_id", "data.group_id"},
		Own:   []string{"fromMe", "from_me", "data.fromMe", "data.from_me", "key.fromMe", "data.key.fromMe"},
		Type:  []string{"type", "data.type", "messageType", "data.messageType"},
		Text: []string{
			"message", "body", "text", "data.body", "data.message", "data.text",
			"message.conversation", "message.extendedTextMessage.text",
			"data.message.conversation", "data.message.extendedTextMessage.text",
			"message.ephemeralMessage.message.conversation",
			"message.ephemeralMessage.message.extendedTextMessage.text",
			"message.text", "message.body", "text.body", "data.message.text",
		},
		Caption: []string{
			"caption", "data.caption",
			"message.imageMessage.caption", "message.videoMessage.caption", "message.documentMessage.caption",
			"data.message.imageMessage.caption", "data.message.videoMessage.caption",
			"data.message.documentMessage.caption",
		},
		Media: []string{"url", "media_url", "mediaUrl", "data.mediaUrl", "data.media_url", "data.url"},
		Name:  []string{"name", "pushName", "notifyName", "data.notifyName", "data.pushName", "contact.name", "data.name"},
		Time: []string{
			"timestamp", "data.timestamp", "t", "data.t", "messageTimestamp", "data.messageTimestamp",
			"messageTimestamp.low", "data.messageTimestamp.low",
		},
		Event:   []string{"event", "type", "data.event", "data.type"},
		Receipt: []string{"status", "ack", "data.status", "data.ack", "update.status"},
		Content: []string{"message", "data.message"},
	}
}

// text returns the first non-empty text among the paths.
func text(doc loose.Value, paths []string) string {
	for _, path := range paths {
		if found := doc.At(path).Text(); found != "" {
			return found
		}
	}
	return ""
}

// exists tells whether any of the paths leads to a value.
func exists(doc loose.Value, paths []string) bool {
	for _, path := range paths {
		if doc.At(path).Exists() {
			return true
		}
	}
	return false
}

// flagged tells whether any of the paths leads to a flag that is set.
func flagged(doc loose.Value, paths []string) bool {
	for _, path := range paths {
		if doc.At(path).True() {
			return true
		}
	}
	return false
}

// identified tells whether any of the paths leads to an id, or to a flag that is set.
func identified(doc loose.Value, paths []string) bool {
	for _, path := range paths {
		switch strings.ToLower(doc.At(path).Text()) {
		case "", "0", "false", "no", "null":
		default:
			return true
		}
	}
	return flagged(doc, paths)
}
