package sim

import (
	"container/list"
	"encoding/json"
	"sync"
	"time"
)

// ChatRef names a chat: what one customer and one account say to each other.
type ChatRef struct {
	Vendor   string `json:"vendor"`
	Account  string `json:"account"`
	Customer string `json:"customer"` // phone number or chat id
}

// The authors of a ChatMessage.
const (
	AuthorCustomer = "customer"
	AuthorBusiness = "business" // sent through the vendor's API
	AuthorOwner    = "owner"    // typed on the business's own phone
)

// The delivery states of a ChatMessage.
const (
	StateQueued    = "queued"
	StateDelivered = "delivered"
	StateRetrying  = "retrying"
	StateDropped   = "dropped"
)

// ChatMessage is a bubble on a customer's phone.
type ChatMessage struct {
	ChatRef
	Seq    uint64    `json:"seq"`
	ID     string    `json:"id"` // the vendor's message id
	Author string    `json:"author"`
	Name   string    `json:"name,omitempty"`
	Text   string    `json:"text"`
	Kind   string    `json:"kind"` // text, or what else was sent
	URL    string    `json:"url,omitempty"`
	At     time.Time `json:"at"`
	// State tells whether the business's webhook took the message; Detail why not.
	State    string          `json:"state"`
	Detail   string          `json:"detail,omitempty"`
	Attempts int             `json:"attempts"`
	Copies   int             `json:"copies"` // deliveries the webhook took, repetitions included
	Entities json.RawMessage `json:"entities,omitempty"`
	Markup   json.RawMessage `json:"markup,omitempty"`
	Edited   bool            `json:"edited,omitempty"`
	Deleted  bool            `json:"deleted,omitempty"`
}

// Bounds of what a transcript keeps.
const (
	maxChats           = 50_000
	maxMessagesPerChat = 1_000
)

type chat struct {
	ref      ChatRef
	messages []*ChatMessage
	used     *list.Element
}

// transcript keeps the newest messages of the most recently used chats.
type transcript struct {
	mu     sync.Mutex
	seq    uint64
	chats  map[ChatRef]*chat
	recent *list.List // of *chat, most recent first
	hub    *hub
	now    func() time.Time
}

func newTranscript(h *hub, now func() time.Time) *transcript {
	return &transcript{chats: map[ChatRef]*chat{}, recent: list.New(), hub: h, now: now}
}

// add stores a message and returns the number by which it can be changed.
func (t *transcript) add(m ChatMessage) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq++
	m.Seq = t.seq
	if m.At.IsZero() {
		m.At = t.now()
	}
	if m.Kind == "" {
		m.Kind = "text"
	}
	c := t.chat(m.ChatRef)
	c.messages = append(c.messages, &m)
	if len(c.messages) > maxMessagesPerChat {
		c.messages = append(c.messages[:0:0], c.messages[maxMessagesPerChat/10:]...)
	}
	t.publish(&m)
	return m.Seq
}

func (t *transcript) chat(ref ChatRef) *chat {
	if c, known := t.chats[ref]; known {
		t.recent.MoveToFront(c.used)
		return c
	}
	c := &chat{ref: ref}
	c.used = t.recent.PushFront(c)
	t.chats[ref] = c
	if t.recent.Len() > maxChats {
		oldest := t.recent.Remove(t.recent.Back()).(*chat)
		delete(t.chats, oldest.ref)
	}
	return c
}

// change applies f to a message that is still kept.
func (t *transcript) change(ref ChatRef, seq uint64, f func(*ChatMessage)) {
	t.changeWhere(ref, func(m *ChatMessage) bool { return m.Seq == seq }, f)
}

func (t *transcript) changeWhere(ref ChatRef, match func(*ChatMessage) bool, f func(*ChatMessage)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, known := t.chats[ref]
	if !known {
		return
	}
	for i := len(c.messages) - 1; i >= 0; i-- {
		if match(c.messages[i]) {
			f(c.messages[i])
			t.publish(c.messages[i])
			return
		}
	}
}

func (t *transcript) publish(m *ChatMessage) {
	c := *m
	t.hub.publish(Event{Kind: "message", Message: &c, Chat: m.ChatRef})
}

// Chat returns what a customer and an account said, oldest first. It keeps
// the newest thousand messages.
func (s *Sim) Chat(ref ChatRef) []ChatMessage {
	t := s.chats
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]ChatMessage, 0, 16)
	if c, known := t.chats[ref]; known {
		for _, m := range c.messages {
			all = append(all, *m)
		}
	}
	return all
}

// Chats returns the chats that hold a message, most recently used first.
func (s *Sim) Chats() []ChatRef {
	t := s.chats
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]ChatRef, 0, t.recent.Len())
	for e := t.recent.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*chat).ref)
	}
	return all
}
