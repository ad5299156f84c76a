package chaos

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// checkCarried matches what the vendors accepted with parts: by the vendor's id
// where the part knows it, else by the text, which no two parts of a chat share
// but by chance. A part may be accepted once, a sent one must be.
func (a *auditor) checkCarried() {
	byChat := map[string][]part{}
	for _, p := range a.Parts {
		chat := a.chats[p.Conversation]
		byChat[chat] = append(byChat[chat], p)
	}
	var unnamed []acceptance
	for _, c := range a.Accepted {
		i := slices.IndexFunc(byChat[c.Chat], func(p part) bool { return p.VendorID != "" && p.VendorID == c.VendorID })
		if i < 0 {
			unnamed = append(unnamed, c)
			continue
		}
		a.carry(byChat[c.Chat][i], c)
	}
	for _, c := range unnamed {
		a.carryByText(byChat[c.Chat], c)
	}
	for _, p := range a.Parts {
		_, carried := a.carried[p.key()]
		switch {
		case p.State == "sent" && !carried:
			a.found(Misreported, a.chats[p.Conversation], "part %s.%d (seq %d) is sent, and the vendor never accepted it", p.Message, p.Part, p.Seq)
		case p.State == "failed" && carried:
			a.found(Misreported, a.chats[p.Conversation], "part %s.%d (seq %d) failed (%s), and the vendor accepted it", p.Message, p.Part, p.Seq, p.Error)
		}
	}
}

func (p part) key() partKey { return partKey{p.Message, p.Part} }

func (a *auditor) carry(p part, c acceptance) {
	if _, twice := a.carried[p.key()]; twice {
		a.found(Doubled, c.Chat, "part %s.%d (seq %d, %s) was accepted again as %s at %s", p.Message, p.Part, p.Seq, p.State, c.VendorID, c.At.Format(time.TimeOnly))
		return
	}
	if !sameText(p.Text, c.Text) {
		a.found(Misreported, c.Chat, "part %s.%d (seq %d) was accepted as %q", p.Message, p.Part, p.Seq, c.Text)
	}
	a.carried[p.key()] = c
}

// carryByText gives an acceptance to the first part with its text that none
// belongs to yet and that does not claim another.
func (a *auditor) carryByText(parts []part, c acceptance) {
	var same *part
	for i, p := range parts {
		if !sameText(p.Text, c.Text) {
			continue
		}
		if _, carried := a.carried[p.key()]; !carried && p.VendorID == "" {
			a.carry(p, c)
			return
		}
		same = &parts[i]
	}
	if same != nil {
		if _, carried := a.carried[same.key()]; !carried {
			a.found(Misreported, c.Chat, "part %s.%d (seq %d) is %q by its own word, the vendor calls it %q", same.Message, same.Part, same.Seq, same.VendorID, c.VendorID)
		}
		a.carry(*same, c)
		return
	}
	a.found(Misreported, c.Chat, "the vendor accepted %q (%s), and no part says that", c.Text, c.VendorID)
}

// sameText compares as vendors do, who cut blanks at the ends.
func sameText(x, y string) bool { return strings.TrimSpace(x) == strings.TrimSpace(y) }

// checkSendOrder holds that a conversation's parts were accepted in their order.
func (a *auditor) checkSendOrder() {
	parts := map[partKey]part{}
	for _, p := range a.Parts {
		parts[p.key()] = p
	}
	type sent struct {
		part part
		at   acceptance
	}
	byConversation := map[uuid.UUID][]sent{}
	for key, c := range a.carried {
		byConversation[parts[key].Conversation] = append(byConversation[parts[key].Conversation], sent{parts[key], c})
	}
	for conversation, list := range byConversation {
		slices.SortFunc(list, func(x, y sent) int { return cmp.Compare(x.at.Order, y.at.Order) })
		for i := 1; i < len(list); i++ {
			before, now := list[i-1].part, list[i].part
			if now.Seq < before.Seq || now.Seq == before.Seq && now.Part < before.Part {
				a.found(Reordered, a.chats[conversation], "part %d.%d was accepted at %s, after part %d.%d", now.Seq, now.Part,
					list[i].at.At.Format(time.TimeOnly), before.Seq, before.Part)
			}
		}
	}
}

// checkAnswers measures the replies, and holds that what the simulated Claude
// said names the last message it was asked about.
func (a *auditor) checkAnswers() {
	first := map[uuid.UUID]wait{}
	for _, p := range a.Parts {
		if c, carried := a.carried[p.key()]; carried && first[p.Message].Carried.IsZero() {
			first[p.Message] = wait{Chat: c.Chat, Carried: c.At, Attempts: p.Attempts, Decided: a.messages[p.Message].At}
		}
	}
	taken := map[uuid.UUID]bool{}
	for _, k := range a.Acks {
		if k.Subject == spoilt {
			continue
		}
		m, copies := a.messageOf(k, taken)
		r, answered := a.replyTo(m)
		if copies == 0 || !answered {
			continue
		}
		if r.Source == "claude" && m.Seq == r.To && strings.Contains(m.Text, k.Token) && !strings.Contains(a.messages[r.Message].Text, k.Token) {
			a.found(Misreported, k.Chat, "reply %s answers up to %s (seq %d) and does not name it: %q", r.Message, k.Token, r.To, a.messages[r.Message].Text)
		}
		if w, carried := first[r.Message]; carried {
			w.Token, w.Source, w.Acked, w.Took = k.Token, r.Source, k.At, waited(k.At, w.Carried, a.Spans)
			a.Waits = append(a.Waits, w)
		}
	}
}

// waited is how long a reply took, from the later of the acknowledgement and the
// end of the last outage or pause before it.
func waited(acked, answered time.Time, spans []span) time.Duration {
	from := acked
	for _, s := range spans {
		if s.To.After(from) && !s.To.After(answered) {
			from = s.To
		}
	}
	return max(answered.Sub(from), 0)
}
