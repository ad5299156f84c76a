package sim

import (
	"fmt"
	"strings"
)

func (o *onsend) write(l Letter) (Posted, error) {
	return o.inbound(l, AuthorCustomer, false)
}

func (o *onsend) echo(l Letter) (Posted, error) {
	return o.inbound(l, AuthorOwner, true)
}

// inbound queues the webhooks of what was written to or on a device.
func (o *onsend) inbound(l Letter, author string, fromMe bool) (Posted, error) {
	if !isPhone(l.Customer) {
		return Posted{}, fmt.Errorf("%w: a customer of onsend is a phone number of 8 to 15 digits", ErrInvalid)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	d, known := o.devices[l.Account]
	if !known {
		return Posted{}, fmt.Errorf("%w: no such device", ErrNotFound)
	}
	if l.Form == "" {
		l.Form = d.Form
	}
	if !knownForm(l.Form) {
		return Posted{}, fmt.Errorf("%w: form must be flat, event or baileys", ErrInvalid)
	}
	if l.MessageID == "" && !l.WithoutID {
		l.MessageID = strings.ToUpper("3A" + o.sim.ids.hex(9))
	}
	ref := ChatRef{OnSend, d.ID, l.Customer}
	seq := o.sim.chats.add(ChatMessage{
		ChatRef: ref, ID: l.MessageID, Author: author, Name: l.Name, Text: l.Text, At: l.At, State: StateQueued,
	})
	m := inbound{
		Customer: l.Customer, Name: l.Name, Text: l.Text, ID: l.MessageID, Group: l.Group, FromMe: fromMe,
		Form: l.Form, At: l.At, NoTime: l.WithoutTime,
	}
	for i := range l.Copies {
		if l.Apart {
			m.queue = fmt.Sprintf("%s/%d/%d", OnSend, seq, i)
		}
		o.deliver(d, m, o.sim.tracker(ref, seq))
	}
	return Posted{ChatRef: ref, Seq: seq, MessageID: l.MessageID}, nil
}

func (o *onsend) setBlocked(ref ChatRef, blocked bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.devices[ref.Account]; !known {
		return fmt.Errorf("%w: no such device", ErrNotFound)
	}
	if !blocked {
		delete(o.blocked, ref)
		return nil
	}
	if len(o.blocked) >= maxChats {
		return fmt.Errorf("%w: too many blocked chats", ErrFull)
	}
	o.blocked[ref] = true
	return nil
}
