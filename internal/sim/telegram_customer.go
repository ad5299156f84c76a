package sim

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (t *telegram) write(l Letter) (Posted, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, err := t.bot(l.Account)
	if err != nil {
		return Posted{}, err
	}
	user, err := customerUser(l)
	if err != nil {
		return Posted{}, err
	}
	ch, err := t.chatOf(b, l, user)
	if err != nil {
		return Posted{}, err
	}
	if ch.state == ChatBlocked || ch.state == ChatNotStarted {
		ch.state = "" // who writes has started the bot
	}
	m := ch.add(&tgMessage{From: user, Date: l.At.Unix(), Text: l.Text, Entities: commandEntity(l.Text)})
	ref := ChatRef{Telegram, b.account(), strconv.FormatInt(ch.info.ID, 10)}
	id := strconv.FormatInt(m.MessageID, 10)
	seq := t.sim.chats.add(ChatMessage{
		ChatRef: ref, ID: id, Author: AuthorCustomer, Name: l.Name, Text: l.Text, At: l.At, State: StateQueued,
	})
	updateID, err := t.send(b, notice{
		kind: "message", payload: m, queue: "message/" + ref.Customer, copies: l.Copies, header: spoiledSecret(l.Secret),
		apart: l.Apart, report: t.sim.tracker(ref, seq),
	})
	if err != nil {
		return Posted{}, err
	}
	return Posted{ChatRef: ref, Seq: seq, MessageID: id, UpdateID: updateID}, nil
}

func customerUser(l Letter) (*tgUser, error) {
	id, err := strconv.ParseInt(l.Customer, 10, 64)
	if err != nil || id <= 0 {
		return nil, fmt.Errorf("%w: a customer of telegram is a positive user id", ErrInvalid)
	}
	first, last, _ := strings.Cut(l.Name, " ")
	if first == "" {
		first = "Customer"
	}
	return &tgUser{ID: id, FirstName: first, LastName: last, Username: l.Username, LanguageCode: l.Language}, nil
}

// chatOf returns the chat a letter is written in: private, or a group.
func (t *telegram) chatOf(b *bot, l Letter, user *tgUser) (*tgChat, error) {
	if l.Group == "" {
		return t.addChat(b, tgChatInfo{
			ID: user.ID, Type: "private", FirstName: user.FirstName, LastName: user.LastName, Username: user.Username,
		})
	}
	id, err := strconv.ParseInt(l.Group, 10, 64)
	if err != nil || id >= 0 {
		return nil, fmt.Errorf("%w: a group of telegram is a negative chat id", ErrInvalid)
	}
	return t.addChat(b, tgChatInfo{ID: id, Type: chatType(id), Title: "Group " + l.Group})
}

// commandEntity marks a command at the start of a text.
func commandEntity(text string) []tgEntity {
	if len(text) < 2 || text[0] != '/' {
		return nil
	}
	command, _, _ := strings.Cut(text, " ")
	return []tgEntity{{Type: "bot_command", Length: units(command)}}
}

func spoiledSecret(secret string) http.Header {
	switch secret {
	case "":
		return nil
	case "-":
		return http.Header{"X-Telegram-Bot-Api-Secret-Token": nil}
	}
	return http.Header{"X-Telegram-Bot-Api-Secret-Token": {secret}}
}

func (t *telegram) setBlocked(ref ChatRef, blocked bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ch, err := t.known(ref)
	if err != nil {
		return err
	}
	before, after := "member", "kicked"
	ch.state = ChatBlocked
	if !blocked {
		before, after = "kicked", "member"
		ch.state = ""
	}
	member := func(status string) map[string]any {
		m := map[string]any{"user": b.user(), "status": status}
		if status == "kicked" {
			m["until_date"] = 0
		}
		return m
	}
	from := tgUser{ID: ch.info.ID, FirstName: ch.info.FirstName, LastName: ch.info.LastName, Username: ch.info.Username}
	_, err = t.send(b, notice{
		kind: "my_chat_member", queue: "member/" + ref.Customer, report: func(attempt) {},
		payload: map[string]any{
			"chat": ch.info, "from": from, "date": t.sim.cfg.Now().Unix(),
			"old_chat_member": member(before), "new_chat_member": member(after),
		},
	})
	return err
}

// known returns a chat that exists.
func (t *telegram) known(ref ChatRef) (*bot, *tgChat, error) {
	b, err := t.bot(ref.Account)
	if err != nil {
		return nil, nil, err
	}
	id, _ := strconv.ParseInt(ref.Customer, 10, 64)
	ch, found := b.chats[id]
	if !found {
		return nil, nil, fmt.Errorf("%w: no such chat", ErrNotFound)
	}
	return b, ch, nil
}

// Press lets a customer press an inline button of a message of the bot and
// returns the id of the callback query.
func (s *Sim) Press(ref ChatRef, messageID, data string) (string, error) {
	t := s.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ch, err := t.known(ref)
	if err != nil {
		return "", err
	}
	id, _ := strconv.ParseInt(messageID, 10, 64)
	m, found := ch.messages[id]
	if !found {
		return "", fmt.Errorf("%w: no such message", ErrNotFound)
	}
	for old, at := range b.callbacks {
		if time.Since(at) > s.cfg.scaled(callbackLifetime) {
			delete(b.callbacks, old)
		}
	}
	if len(b.callbacks) >= s.cfg.QueueCap {
		return "", fmt.Errorf("%w: too many callback queries", ErrFull)
	}
	query := strconv.FormatUint(binary.BigEndian.Uint64(s.ids.bytes(8)), 10)
	b.callbacks[query] = time.Now()
	_, err = t.send(b, notice{
		kind: "callback_query", queue: "callback/" + ref.Customer, report: func(attempt) {},
		payload: map[string]any{
			"id": query, "from": tgUser{ID: ch.info.ID, FirstName: ch.info.FirstName, LastName: ch.info.LastName},
			"chat_instance": strconv.FormatInt(-ch.info.ID, 10), "data": data, "message": m,
		},
	})
	return query, err
}

// Edit lets a customer change a message that was written before.
func (s *Sim) Edit(ref ChatRef, messageID, text string) error {
	t := s.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ch, err := t.known(ref)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(messageID, 10, 64)
	m, found := ch.messages[id]
	if !found || m.From == nil || m.From.IsBot {
		return fmt.Errorf("%w: no such message of the customer", ErrNotFound)
	}
	m.Text, m.Entities, m.EditDate = text, commandEntity(text), s.cfg.Now().Unix()
	t.changeBubble(b, ch, m, func(bubble *ChatMessage) { bubble.Text, bubble.Edited = text, true })
	_, err = t.send(b, notice{
		kind: "edited_message", payload: m, queue: "message/" + ref.Customer, report: func(attempt) {},
	})
	return err
}
