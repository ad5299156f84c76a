package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The states of a Telegram chat that refuse what the bot sends.
const (
	ChatBlocked     = "blocked"
	ChatDeactivated = "deactivated"
	ChatNotStarted  = "not_started"
	ChatKicked      = "kicked"
	ChatDeleted     = "deleted"
)

// tgChat is a chat the bot knows of.
type tgChat struct {
	info        tgChatInfo
	state       string
	migratedTo  int64
	rate        bucket
	nextMessage int64
	messages    map[int64]*tgMessage
}

// maxKeptMessages is how many messages of a chat can be edited or replied to.
const maxKeptMessages = 500

func (t *telegram) addChat(b *bot, info tgChatInfo) (*tgChat, error) {
	if ch, known := b.chats[info.ID]; known {
		if info.FirstName != "" {
			ch.info.FirstName, ch.info.LastName, ch.info.Username = info.FirstName, info.LastName, info.Username
		}
		return ch, nil
	}
	if len(b.chats) >= maxChats {
		return nil, fmt.Errorf("%w: too many chats", ErrFull)
	}
	ch := &tgChat{info: info, nextMessage: t.sim.ids.first, messages: map[int64]*tgMessage{}}
	b.chats[info.ID] = ch
	return ch, nil
}

// add gives a message its id and keeps it.
func (ch *tgChat) add(m *tgMessage) *tgMessage {
	m.MessageID, m.Chat = ch.nextMessage, ch.info
	ch.nextMessage++
	ch.messages[m.MessageID] = m
	delete(ch.messages, m.MessageID-maxKeptMessages)
	return m
}

// SetChat puts a Telegram chat into a state of the Chat constants, "" for a
// normal one. A chat that nobody wrote in yet becomes known by it.
func (s *Sim) SetChat(account, chatID, state string, migratedTo int64) error {
	switch state {
	case "", ChatBlocked, ChatDeactivated, ChatNotStarted, ChatKicked, ChatDeleted:
	default:
		return fmt.Errorf("%w: unknown chat state", ErrInvalid)
	}
	id, err := strconv.ParseInt(chatID, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: a chat id is a number", ErrInvalid)
	}
	t := s.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	b, err := t.bot(account)
	if err != nil {
		return err
	}
	ch, err := t.addChat(b, tgChatInfo{ID: id, Type: chatType(id)})
	if err != nil {
		return err
	}
	ch.state, ch.migratedTo = state, migratedTo
	return nil
}

func chatType(id int64) string {
	switch {
	case id > 0:
		return "private"
	case strings.HasPrefix(strconv.FormatInt(id, 10), "-100"):
		return "supergroup"
	}
	return "group"
}

// chat returns the chat of a call, or the answer that refuses it.
func (t *telegram) chat(b *bot, c *call) (*tgChat, answer, bool) {
	if c.args["chat_id"] == "" {
		return nil, badRequest("chat_id is empty"), false
	}
	id, _ := strconv.ParseInt(c.args["chat_id"], 10, 64)
	ch, known := b.chats[id]
	if !known {
		if b.StrictChats || id <= 0 {
			return nil, badRequest("chat not found"), false
		}
		var err error
		if ch, err = t.addChat(b, tgChatInfo{ID: id, Type: chatType(id)}); err != nil {
			return nil, badRequest("chat not found"), false
		}
	}
	kind := ch.info.Type
	if kind == "group" {
		kind = "group chat"
	} else {
		kind += " chat"
	}
	reason := map[string]string{
		ChatBlocked: "bot was blocked by the user", ChatDeactivated: "user is deactivated",
		ChatNotStarted: "bot can't initiate conversation with a user", ChatKicked: "bot was kicked from the " + kind,
		ChatDeleted: "the group chat was deleted",
	}[ch.state]
	switch {
	case reason != "":
		return nil, tgError(http.StatusForbidden, "Forbidden: "+reason), false
	case ch.migratedTo != 0:
		return nil, jsonAnswer(http.StatusBadRequest, tgEnvelope{
			ErrorCode:   http.StatusBadRequest,
			Description: "Bad Request: group chat was upgraded to a supergroup chat",
			Parameters:  &tgParameters{MigrateTo: ch.migratedTo},
		}), false
	}
	return ch, answer{}, true
}

func (t *telegram) getChat(b *bot, c *call) answer {
	ch, refusal, found := t.chat(b, c)
	if !found {
		return refusal
	}
	return tgOK(struct {
		tgChatInfo
		AccentColor  int `json:"accent_color_id"`
		MaxReactions int `json:"max_reaction_count"`
	}{ch.info, 0, 11})
}

func (t *telegram) leaveChat(b *bot, c *call) answer {
	ch, refusal, found := t.chat(b, c)
	if !found {
		return refusal
	}
	if ch.info.Type == "private" {
		return badRequest("chat member status can't be changed in private chats")
	}
	ch.state = ChatKicked
	return tgOK(true)
}

func (t *telegram) getMe(b *bot, _ *call) answer {
	return tgOK(struct {
		tgUser
		JoinGroups bool `json:"can_join_groups"`
		ReadAll    bool `json:"can_read_all_group_messages"`
		Inline     bool `json:"supports_inline_queries"`
		Business   bool `json:"can_connect_to_business"`
		WebApp     bool `json:"has_main_web_app"`
	}{tgUser: *b.user(), JoinGroups: true})
}
