package telegram

import "sembang/internal/channel/loose"

// kinds maps Telegram's keys to ours, the more specific key first: an animation
// comes with a document as well, a venue with a location.
var kinds = [...]struct{ key, content string }{
	{"venue", "location"},
	{"location", "location"},
	{"live_photo", "image"},
	{"photo", "image"},
	{"animation", "video"},
	{"video_note", "video"},
	{"video", "video"},
	{"voice", "audio"},
	{"audio", "audio"},
	{"sticker", "sticker"},
	{"contact", "contact"},
	{"document", "document"},
}

// services are the keys of messages that Telegram writes itself about something
// that happened in the chat; nobody expects an answer to them.
var services = [...]string{
	"pinned_message", "message_auto_delete_timer_changed", "write_access_allowed",
	"chat_background_set", "connected_website", "boost_added", "delete_chat_photo",
	"new_chat_members", "new_chat_title", "new_chat_photo", "left_chat_member",
	"group_chat_created", "supergroup_chat_created", "channel_chat_created",
	"migrate_to_chat_id", "migrate_from_chat_id",
}

// contentOf tells what a message is and what was written with it.
func contentOf(message loose.Value) (content, text string) {
	if text := message.At("text").Text(); text != "" {
		return "text", text
	}
	caption := message.At("caption").Text()
	for _, kind := range kinds {
		if message.At(kind.key).Exists() {
			return kind.content, caption
		}
	}
	return "unsupported", caption
}

func serviceMessage(message loose.Value) bool {
	for _, key := range services {
		if message.At(key).Exists() {
			return true
		}
	}
	return false
}
