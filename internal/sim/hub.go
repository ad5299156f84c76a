package sim

import "sync"

// Event is what the phone page hears of: a message that is new or has changed,
// or a business that is typing.
type Event struct {
	Kind    string       `json:"kind"` // message, typing
	Message *ChatMessage `json:"message,omitempty"`
	Chat    ChatRef      `json:"chat"`
}

// eventBuffer is how far a listener may fall behind before it loses events.
const eventBuffer = 256

// hub spreads events to whoever listens. A slow listener loses events and is
// told so by a closed channel, so that it reads everything anew.
type hub struct {
	mu        sync.Mutex
	listeners map[chan Event]struct{}
	closed    bool
}

func newHub() *hub { return &hub{listeners: map[chan Event]struct{}{}} }

// listen returns a channel of events; it is closed when the hub is, or when
// the listener fell behind. leave must be called in any case.
func (h *hub) listen() (events <-chan Event, leave func()) {
	ch := make(chan Event, eventBuffer)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(ch)
		return ch, func() {}
	}
	h.listeners[ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(ch)
	}
}

func (h *hub) publish(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.listeners {
		select {
		case ch <- e:
		default:
			h.drop(ch)
		}
	}
}

func (h *hub) drop(ch chan Event) {
	if _, listening := h.listeners[ch]; listening {
		delete(h.listeners, ch)
		close(ch)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for ch := range h.listeners {
		h.drop(ch)
	}
}
