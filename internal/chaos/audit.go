package chaos

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Kind is the rule a violation breaks.
type Kind string

// The kinds. The words are those of docs/data.md, "Kill-test words", and the
// invariants of the reliability rules.
const (
	Lost        Kind = "lost"        // acknowledged, and neither a message nor poison
	Doubled     Kind = "doubled"     // stored, answered or accepted twice
	Reordered   Kind = "reordered"   // stored or sent out of order
	Unresolved  Kind = "unresolved"  // neither sent, failed nor flagged unknown
	Uncovered   Kind = "uncovered"   // stored, and nobody answered or took it
	Backwards   Kind = "backwards"   // a state that went back
	Misreported Kind = "misreported" // database and vendor disagree
	Broken      Kind = "broken"      // what else must not happen
)

// Violation is one broken rule and where.
type Violation struct {
	Kind   Kind
	Where  string
	Detail string
}

// String is the violation as one line.
func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Kind, v.Where, v.Detail) }

// verdict is what the audit found.
type verdict struct {
	Violations []Violation
	// Waits is how long each answered message took to be answered, the longest
	// last.
	Waits      []wait
	States     map[string]int // of parts
	Carried    int            // accepted by the vendors
	HandedOver int
}

// wait is how one message was answered.
type wait struct {
	Chat     string
	Token    string
	Took     time.Duration
	Acked    time.Time
	Decided  time.Time // the reply was committed
	Carried  time.Time // the vendor accepted its first part
	Source   string
	Attempts int
}

// String is the wait as one line.
func (w wait) String() string {
	return fmt.Sprintf("%s waited %s: acknowledged %s, decided (%s) after %s, carried at attempt %d after %s more", w.Token, w.Took.Round(time.Millisecond),
		w.Acked.Format("15:04:05.000"), w.Source, w.Decided.Sub(w.Acked).Round(time.Millisecond), w.Attempts, w.Carried.Sub(w.Decided).Round(time.Millisecond))
}

// auditor holds the evidence by what it is looked up with.
type auditor struct {
	evidence
	verdict
	boxes    map[string][]mailbox    // by chat
	chats    map[uuid.UUID]string    // by conversation
	inbound  map[uuid.UUID][]message // by conversation, in order of seq
	messages map[uuid.UUID]message
	replies  map[uuid.UUID][]reply  // by conversation, in order of from
	carried  map[partKey]acceptance // the vendor's record of a part
}

// audit holds the evidence against the rules. It is pure.
func audit(e evidence) verdict {
	a := &auditor{
		evidence: e, boxes: map[string][]mailbox{}, chats: map[uuid.UUID]string{}, inbound: map[uuid.UUID][]message{},
		messages: map[uuid.UUID]message{}, replies: map[uuid.UUID][]reply{}, carried: map[partKey]acceptance{},
	}
	a.States = map[string]int{}
	a.arrange()
	a.checkStored()
	a.checkRanges()
	a.checkParts()
	a.checkCarried()
	a.checkSendOrder()
	a.checkAnswers()
	slices.SortStableFunc(a.Waits, func(x, y wait) int { return cmp.Compare(x.Took, y.Took) })
	return a.verdict
}

func (a *auditor) found(k Kind, where, format string, args ...any) {
	a.Violations = append(a.Violations, Violation{k, where, fmt.Sprintf(format, args...)})
}

func (a *auditor) arrange() {
	for _, b := range a.Boxes {
		a.boxes[b.Chat] = append(a.boxes[b.Chat], b)
		a.chats[b.Conversation] = b.Chat
		if b.BotState == "handed_over" {
			a.HandedOver++
		}
	}
	slices.SortStableFunc(a.Messages, func(x, y message) int { return cmp.Compare(x.Seq, y.Seq) })
	for _, m := range a.Messages {
		a.messages[m.ID] = m
		if m.Direction == "in" {
			a.inbound[m.Conversation] = append(a.inbound[m.Conversation], m)
		}
	}
	slices.SortStableFunc(a.Replies, func(x, y reply) int { return cmp.Compare(x.From, y.From) })
	for _, r := range a.Replies {
		a.replies[r.Conversation] = append(a.replies[r.Conversation], r)
	}
	slices.SortStableFunc(a.Parts, func(x, y part) int { return cmp.Or(cmp.Compare(x.Seq, y.Seq), cmp.Compare(x.Part, y.Part)) })
	slices.SortStableFunc(a.Accepted, func(x, y acceptance) int { return cmp.Compare(x.Order, y.Order) })
	a.Carried = len(a.Accepted)
}

// checkStored matches each acknowledged webhook with the one message it became,
// or with the poison it was kept as. Sequence must follow acknowledgement.
func (a *auditor) checkStored() {
	taken := map[uuid.UUID]bool{}
	last := map[string]message{}
	for _, k := range a.Acks {
		if k.Subject == spoilt {
			a.checkPoison(k)
			continue
		}
		m, copies := a.messageOf(k, taken)
		switch {
		case copies == 0:
			a.found(Lost, k.Chat, "%s (vendor's id %q) was acknowledged at %s and is not stored", k.Token, k.VendorID, k.At.Format(time.TimeOnly))
			continue
		case copies > 1:
			a.found(Doubled, k.Chat, "%s is stored %d times", k.Token, copies)
		case m.Text != k.Text:
			a.found(Misreported, k.Chat, "%s is stored as %q", k.Token, m.Text)
		}
		if before, any := last[k.Chat]; any && m.Seq < before.Seq {
			a.found(Reordered, k.Chat, "%s (seq %d) was acknowledged after %q (seq %d)", k.Token, m.Seq, before.Text, before.Seq)
		}
		last[k.Chat] = m
	}
	for chat, list := range a.boxes {
		if len(list) > 1 {
			a.found(Doubled, chat, "has %d open conversations", len(list))
		}
	}
	for conversation, list := range a.inbound {
		for _, m := range list {
			if !taken[m.ID] {
				a.found(Doubled, a.chats[conversation], "message %s (seq %d, vendor's id %q, %q) is stored beyond what was acknowledged", m.ID, m.Seq, m.VendorID, m.Text)
			}
		}
	}
}

// messageOf finds what a webhook became and how often: by the vendor's id, or by
// the text where the product made the id up. One message counts for one webhook.
func (a *auditor) messageOf(k ack, taken map[uuid.UUID]bool) (message, int) {
	var first message
	copies := 0
	for _, b := range a.boxes[k.Chat] {
		for _, m := range a.inbound[b.Conversation] {
			if taken[m.ID] || k.VendorID != "" && m.VendorID != k.VendorID || k.VendorID == "" && m.Text != k.Text {
				continue
			}
			if copies++; copies == 1 {
				first = m
			}
			taken[m.ID] = true
		}
	}
	return first, copies
}

func (a *auditor) checkPoison(k ack) {
	for _, d := range a.Kept {
		if d.State == "poison" && bytes.Contains(d.Body, []byte(k.Token)) {
			return
		}
	}
	a.found(Lost, k.Chat, "%s was acknowledged and is not kept as poison", k.Token)
}

// checkRanges holds that no message is answered twice and none by nobody.
func (a *auditor) checkRanges() {
	for _, d := range a.Kept {
		if d.State != "poison" {
			a.found(Unresolved, "delivery", "%s is still %s", bytes.ToValidUTF8(d.Body[:min(len(d.Body), 200)], nil), d.State)
		}
	}
	for _, b := range a.Boxes {
		var reached int64
		for _, r := range a.replies[b.Conversation] {
			if r.From <= reached || r.To < r.From {
				a.found(Doubled, b.Chat, "reply %s answers %d to %d, after another answered up to %d", r.Message, r.From, r.To, reached)
			}
			reached = max(reached, r.To)
		}
		for _, m := range a.inbound[b.Conversation] {
			_, answered := a.replyTo(m)
			// Once it is handed over, what comes after is a person's.
			if !answered && (b.BotState != "handed_over" || m.Seq <= reached) {
				a.found(Uncovered, b.Chat, "%q (seq %d, processed %d, bot %s) has no reply", m.Text, m.Seq, b.Processed, b.BotState)
			}
		}
	}
}

// replyTo returns the reply whose range holds an inbound message.
func (a *auditor) replyTo(m message) (reply, bool) {
	for _, r := range a.replies[m.Conversation] {
		if r.From <= m.Seq && m.Seq <= r.To {
			return r, true
		}
	}
	return reply{}, false
}

// checkParts holds that every part came to an end, that its message says so, and
// that nothing is in a thread which nobody wrote.
func (a *auditor) checkParts() {
	states := map[uuid.UUID][]string{}
	for _, p := range a.Parts {
		a.States[p.State]++
		states[p.Message] = append(states[p.Message], p.State)
		if p.State == "queued" || p.State == "sending" {
			a.found(Unresolved, a.chats[p.Conversation], "part %s.%d (seq %d) is still %s, error %q", p.Message, p.Part, p.Seq, p.State, p.Error)
		}
	}
	for _, m := range a.Messages {
		switch {
		case m.Author == "phone" || m.Author == "agent":
			a.found(Broken, a.chats[m.Conversation], "%q (seq %d) counts as written by %s, who wrote nothing", m.Text, m.Seq, m.Author)
		case m.Direction == "out" && m.State != worst(states[m.ID]):
			a.found(Misreported, a.chats[m.Conversation], "message %s (seq %d) is %s, its parts are %v", m.ID, m.Seq, m.State, states[m.ID])
		}
	}
}

// worst is the state of a message with parts in these states.
func worst(parts []string) string {
	for _, state := range []string{"failed", "unknown", "sending", "queued"} {
		if slices.Contains(parts, state) {
			return state
		}
	}
	return "sent"
}
