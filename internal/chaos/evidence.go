package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

// evidence is what is left of a run: what was acknowledged, what the database
// holds, what the vendors accepted. The audit needs nothing else.
type evidence struct {
	Acks     []ack // per chat in the order of their acknowledgement
	Boxes    []mailbox
	Messages []message
	Parts    []part
	Replies  []reply
	Kept     []delivery // deliveries that are not done
	Accepted []acceptance
	Spans    []span
}

// mailbox is a conversation with the state of its bot. Chat is set by the
// collector, as everywhere below.
type mailbox struct {
	Conversation uuid.UUID `db:"conversation_id"`
	Integration  uuid.UUID `db:"integration_id"`
	Address      string    `db:"external_id"`
	LastIn       int64     `db:"last_in"`
	Processed    int64     `db:"processed"`
	BotState     string    `db:"bot_state"`
	Chat         string    `db:"-"`
}

type message struct {
	ID           uuid.UUID `db:"id"`
	Conversation uuid.UUID `db:"conversation_id"`
	Seq          int64     `db:"seq"`
	Direction    string    `db:"direction"`
	Author       string    `db:"author"`
	Content      string    `db:"content"`
	VendorID     string    `db:"vendor_id"`
	Text         string    `db:"body"`
	State        string    `db:"state"`
	At           time.Time `db:"at"`
}

type part struct {
	Message      uuid.UUID `db:"message_id"`
	Part         int       `db:"part"`
	Conversation uuid.UUID `db:"conversation_id"`
	Seq          int64     `db:"seq"`
	State        string    `db:"state"`
	VendorID     string    `db:"vendor_id"`
	Text         string    `db:"body"`
	Error        string    `db:"error"`
	Attempts     int       `db:"attempts"`
}

type reply struct {
	Message      uuid.UUID `db:"message_id"`
	Conversation uuid.UUID `db:"conversation_id"`
	From         int64     `db:"from_seq"`
	To           int64     `db:"to_seq"`
	Source       string    `db:"source"`
}

type delivery struct {
	State string `db:"state"`
	Body  []byte `db:"body"`
}

// acceptance is a message that a vendor has carried to its customer.
type acceptance struct {
	Chat     string
	VendorID string // as the product writes it
	Text     string
	At       time.Time
	Order    uint64
}

// evidence reads everything once the run is over.
func (w *world) evidence(ctx context.Context, h happened) (e evidence, err error) {
	e.Acks, e.Spans = h.acks, h.spans
	for _, read := range []func() error{
		func() error {
			e.Boxes, err = rowsOf[mailbox](ctx, w.db, `select b.conversation_id, v.integration_id, v.external_id, b.last_in, b.processed, b.bot_state
				from mailbox b join conversation v on v.company_id = b.company_id and v.id = b.conversation_id`)
			return err
		},
		func() error {
			e.Messages, err = rowsOf[message](ctx, w.db, `select id, conversation_id, seq, direction, author, content, coalesce(vendor_id, '') as vendor_id, body, state, at
				from message order by conversation_id, seq`)
			return err
		},
		func() error {
			e.Parts, err = rowsOf[part](ctx, w.db, `select message_id, part, conversation_id, seq, state, coalesce(vendor_id, '') as vendor_id, body, coalesce(error, '') as error, attempts
				from outbox order by conversation_id, seq, part`)
			return err
		},
		func() error {
			e.Replies, err = rowsOf[reply](ctx, w.db, `select r.message_id, m.conversation_id, r.from_seq, r.to_seq, r.source
				from reply r join message m on m.company_id = r.company_id and m.id = r.message_id order by m.conversation_id, r.from_seq`)
			return err
		},
		func() error {
			e.Kept, err = rowsOf[delivery](ctx, w.db, `select state, body from delivery where state in ('raw', 'pending', 'poison')`)
			return err
		},
	} {
		if err := read(); err != nil {
			return e, fmt.Errorf("read tables: %w", err)
		}
	}
	w.nameChats(&e)
	e.Accepted = w.accepted()
	return e, nil
}

func (w *world) nameChats(e *evidence) {
	by := map[uuid.UUID]connected{}
	for _, a := range w.accounts {
		by[uuid.UUID(a.Integration)] = a
	}
	for i := range e.Boxes {
		a := by[e.Boxes[i].Integration]
		e.Boxes[i].Chat = chatKey(a.Channel, a.Name, e.Boxes[i].Address)
	}
}

// accepted is what the vendors carried, in the order in which they did.
func (w *world) accepted() []acceptance {
	var all []acceptance
	for _, ref := range w.sim.Chats() {
		for _, m := range w.sim.Chat(ref) {
			if m.Author != sim.AuthorBusiness {
				continue
			}
			id := m.ID
			if ref.Vendor == sim.Telegram {
				id = ref.Customer + ":" + m.ID
			}
			all = append(all, acceptance{
				Chat: chatKey(channel.Kind(ref.Vendor), ref.Account, ref.Customer), VendorID: id, Text: m.Text, At: m.At, Order: m.Seq,
			})
		}
	}
	return all
}
