package onsend

import (
	"strings"

	"sembang/internal/channel/loose"
)

// kinds maps the types of gateways to ours. Empty means that the word names an
// event and tells no kind.
var kinds = map[string]string{
	"text": "text", "chat": "text", "conversation": "text", "extendedtextmessage": "text",
	"image": "image", "photo": "image", "picture": "image", "imagemessage": "image",
	"video": "video", "gif": "video", "ptv": "video", "videomessage": "video",
	"audio": "audio", "ptt": "audio", "voice": "audio", "audiomessage": "audio",
	"document": "document", "file": "document", "documentmessage": "document",
	"sticker": "sticker", "stickermessage": "sticker",
	"location": "location", "locationmessage": "location",
	"contact": "contact", "contacts": "contact", "vcard": "contact", "multi_vcard": "contact",
	"contactmessage": "contact",
	"message":        "", "messages": "", "incoming": "", "inbound": "", "received": "", "notify": "", "append": "",
	"message.received": "", "message_received": "", "incoming_message": "", "message_create": "",
	"messages.upsert": "", "media": "",
}

// objectKinds are the keys of WhatsApp's own message objects.
var objectKinds = [...]struct{ key, kind string }{
	{"imageMessage", "image"},
	{"videoMessage", "video"},
	{"ptvMessage", "video"},
	{"audioMessage", "audio"},
	{"documentMessage", "document"},
	{"documentWithCaptionMessage", "document"},
	{"stickerMessage", "sticker"},
	{"locationMessage", "location"},
	{"liveLocationMessage", "location"},
	{"contactMessage", "contact"},
	{"contactsArrayMessage", "contact"},
}

// about are words in the name of an event that is about an earlier message,
// whose text may come along.
var about = words("ack acks receipt receipts read delivered presence typing reaction revoke revoked")

// notices are words in the name of an event that is no message when no text
// comes with it. Answering one as if it were would make a loop: our answer
// causes the next.
var notices = words(`status state update updated upsert change changed sync session device connection
	connected disconnected qr call notification delete deleted edit edited delivery sent pending failed
	login logout ready protocol`)

// outgoing are words in the name of an event about a message of our own.
var outgoing = words("sent outgoing outbound")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// content is what a message consists of. Kind is empty when nothing tells one.
type content struct{ kind, text, media string }

func contentOf(doc loose.Value, f Fields) content {
	c := content{kind: kindOf(doc, f), text: text(doc, f.Text), media: text(doc, f.Media)}
	if c.text == "" {
		c.text = text(doc, f.Caption)
	}
	switch {
	case c.kind == "text" && c.text == "":
		c.kind = ""
	case c.kind == "" && c.media == "" && c.text != "":
		c.kind = "text"
	}
	return c
}

func kindOf(doc loose.Value, f Fields) string {
	for _, path := range f.Content {
		for _, object := range objectKinds {
			if doc.At(path + "." + object.key).Exists() {
				return object.kind
			}
		}
	}
	for _, path := range f.Type {
		if kind := kinds[strings.ToLower(doc.At(path).Text())]; kind != "" {
			return kind
		}
	}
	return ""
}

// isNotice tells whether a call is about something else than a new message: a
// receipt, a presence, the session.
func isNotice(doc loose.Value, f Fields, c content) bool {
	if named(doc, f, about) {
		return true
	}
	if c.text != "" || c.media != "" || c.kind != "" {
		return false
	}
	return exists(doc, f.Receipt) || named(doc, f, notices)
}

// named tells whether the name of the event has one of the words.
func named(doc loose.Value, f Fields, set map[string]bool) bool {
	for _, path := range f.Event {
		for word := range strings.FieldsFuncSeq(strings.ToLower(doc.At(path).Text()), notLetter) {
			if set[word] {
				return true
			}
		}
	}
	return false
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }
