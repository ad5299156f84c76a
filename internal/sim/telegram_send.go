package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Telegram's limits of what a bot sends.
const (
	maxTextUnits    = 4096 // UTF-16, after parsing
	maxTextBytes    = 32768
	maxCaptionUnits = 1024
	maxCallbackData = 64
	groupPerMinute  = 20
)

func (t *telegram) sendMessage(b *bot, c *call) answer {
	f, refusal, ok := formatted(c, "text", "entities")
	if !ok {
		return refusal
	}
	ch, refusal, ok := t.target(b, c)
	if !ok {
		return refusal
	}
	if strings.TrimSpace(f.text) == "" {
		return badRequest("message text is empty")
	}
	if units(f.text) > maxTextUnits {
		return badRequest("message is too long")
	}
	return t.post(b, ch, c, &tgMessage{Text: f.text, Entities: f.entities}, "text")
}

// target is the chat of a send that its rate limits allow.
func (t *telegram) target(b *bot, c *call) (*tgChat, answer, bool) {
	ch, refusal, ok := t.chat(b, c)
	if !ok {
		return nil, refusal, false
	}
	now, scale := time.Now(), t.sim.cfg.TimeScale
	if b.PerSecond > 0 {
		if wait, allowed := b.all.take(now, b.PerSecond/scale, b.PerSecond); !allowed {
			return nil, tooManyRequests(seconds(wait)), false
		}
	}
	rate, burst := b.ChatPerSecond, b.ChatBurst
	if ch.info.Type != "private" {
		rate, burst = min(rate, groupPerMinute/60.0), groupPerMinute
	}
	if rate > 0 {
		if wait, allowed := ch.rate.take(now, rate/scale, burst); !allowed {
			return nil, tooManyRequests(seconds(wait)), false
		}
	}
	return ch, answer{}, true
}

// post adds what a bot sends to the chat.
func (t *telegram) post(b *bot, ch *tgChat, c *call, m *tgMessage, kind string) answer {
	markup, reason := checkMarkup(c.args["reply_markup"])
	if reason != "" {
		return badRequest(reason)
	}
	reply, allowed := ch.replied(c)
	if !allowed {
		return badRequest("message to be replied not found")
	}
	m.From, m.ReplyTo, m.Date, m.Markup = b.user(), reply, t.sim.cfg.Now().Unix(), markup
	ch.add(m)
	text, address := m.Text+m.Caption, c.args[kind]
	if kind == "text" {
		address = ""
	}
	entities, _ := json.Marshal(slices.Concat(m.Entities, m.CaptionEs))
	t.sim.chats.add(ChatMessage{
		ChatRef: ChatRef{Telegram, b.account(), c.args["chat_id"]}, ID: strconv.FormatInt(m.MessageID, 10),
		Author: AuthorBusiness, Name: b.Name, Text: text, Kind: kind, URL: address, State: StateDelivered,
		Entities: entities, Markup: json.RawMessage(c.args["reply_markup"]),
	})
	return tgOK(m)
}

// replied returns the message that a call replies to, if any.
func (ch *tgChat) replied(c *call) (*tgMessage, bool) {
	var to struct {
		MessageID int64 `json:"message_id"`
		Without   bool  `json:"allow_sending_without_reply"`
	}
	if raw := c.args["reply_parameters"]; raw != "" {
		_ = json.Unmarshal([]byte(raw), &to) // an unreadable one replies to nothing
	} else {
		to.MessageID, _ = strconv.ParseInt(c.args["reply_to_message_id"], 10, 64)
		to.Without = c.args["allow_sending_without_reply"] == "true"
	}
	if to.MessageID == 0 {
		return nil, true
	}
	m, found := ch.messages[to.MessageID]
	if !found {
		return nil, to.Without
	}
	copied := *m
	copied.ReplyTo = nil // one level deep, as in the real service
	return &copied, true
}

// checkMarkup returns an inline keyboard, the only markup a Message shows, or
// why the markup is refused.
func checkMarkup(raw string) (json.RawMessage, string) {
	if raw == "" {
		return nil, ""
	}
	var markup struct {
		Inline [][]struct {
			Text string  `json:"text"`
			Data *string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(raw), &markup) != nil {
		return nil, "object expected as reply markup"
	}
	for _, row := range markup.Inline {
		for _, button := range row {
			if button.Text == "" {
				return nil, "can't parse inline keyboard button: Text buttons must be non-empty"
			}
			if button.Data != nil && (*button.Data == "" || len(*button.Data) > maxCallbackData) {
				return nil, "BUTTON_DATA_INVALID"
			}
		}
	}
	if markup.Inline == nil {
		return nil, ""
	}
	return json.RawMessage(raw), ""
}

func (t *telegram) sendChatAction(b *bot, c *call) answer {
	ch, refusal, ok := t.chat(b, c)
	if !ok {
		return refusal
	}
	actions := []string{
		"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note",
	}
	if !slices.Contains(actions, c.args["action"]) {
		return badRequest("wrong parameter action in request")
	}
	t.sim.hub.publish(Event{Kind: "typing", Chat: ChatRef{Telegram, b.account(), strconv.FormatInt(ch.info.ID, 10)}})
	return tgOK(true)
}

// sendMedia returns the method that sends a file by upload or address.
func (t *telegram) sendMedia(kind string) tgMethod {
	return func(b *bot, c *call) answer {
		f, refusal, ok := formatted(c, "caption", "caption_entities")
		if !ok && c.args["caption"] != "" {
			return refusal
		}
		if units(f.text) > maxCaptionUnits {
			return badRequest("message caption is too long")
		}
		upload, uploaded := c.files[kind]
		switch {
		case !uploaded && c.args[kind] == "":
			return badRequest("there is no " + kind + " in the request")
		case !uploaded && !isWebURL(c.args[kind]):
			return badRequest("wrong file identifier/HTTP URL specified")
		}
		ch, refusal, ok := t.target(b, c)
		if !ok {
			return refusal
		}
		sent := &tgFile{
			FileID: "BQAC" + t.sim.ids.hex(24), UniqueID: "AQAD" + t.sim.ids.hex(6),
			FileName: upload.name, MimeType: upload.contentType, FileSize: upload.size,
		}
		m := &tgMessage{Caption: f.text, CaptionEs: f.entities}
		switch kind {
		case "photo":
			m.Photo = []tgFile{{FileID: sent.FileID, UniqueID: sent.UniqueID, FileSize: sent.FileSize, Width: 1280, Height: 960}}
		case "voice":
			m.Voice = sent
		case "video":
			m.Video = sent
		default:
			m.Document = sent
		}
		return t.post(b, ch, c, m, kind)
	}
}

func (t *telegram) sendLocation(b *bot, c *call) answer {
	latitude, err1 := strconv.ParseFloat(c.args["latitude"], 64)
	longitude, err2 := strconv.ParseFloat(c.args["longitude"], 64)
	if err1 != nil || err2 != nil {
		return badRequest("latitude or longitude is invalid")
	}
	ch, refusal, ok := t.target(b, c)
	if !ok {
		return refusal
	}
	return t.post(b, ch, c, &tgMessage{Location: &tgLocation{latitude, longitude}}, "location")
}

// getFile knows no file: customers of the simulator write text.
func (t *telegram) getFile(_ *bot, c *call) answer {
	if c.args["file_id"] == "" {
		return badRequest("file_id not specified")
	}
	return badRequest("wrong file_id or the file is temporarily unavailable")
}

func (t *telegram) setMyCommands(b *bot, c *call) answer {
	var commands []struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	if err := json.Unmarshal([]byte(c.args["commands"]), &commands); err != nil {
		return badRequest("can't parse commands JSON object")
	}
	for _, command := range commands {
		if command.Command == "" || len(command.Command) > 32 || strings.Trim(command.Command, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return badRequest("BOT_COMMAND_INVALID")
		}
		if command.Description == "" {
			return badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	b.commands = json.RawMessage(c.args["commands"])
	return tgOK(true)
}

func (t *telegram) getMyCommands(b *bot, _ *call) answer {
	if b.commands == nil {
		return tgOK([]string{})
	}
	return jsonAnswer(http.StatusOK, tgEnvelope{OK: true, Result: b.commands})
}
