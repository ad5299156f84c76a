package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"sembang/internal/channel"
	"sembang/internal/id"
	"sembang/internal/language"
)

// takeoverPause is the company's default; see the table company.
const takeoverPause = 30 * time.Minute

// stage is what the scripts are played on.
type stage struct {
	company  id.Company
	people   map[string]id.User // by e-mail
	accounts map[channel.Kind]id.Integration
	own      shelf
	global   shelf
	now      time.Time
}

// thread is a conversation while it is played. Its rows change as package inbox
// would change them.
type thread struct {
	stage
	*week
	contact  *contactRow
	identity *identityRow
	talk     *conversationRow
	box      *mailboxRow
	pending  []*messageRow // what the customer wrote and nobody answered
	sent     *outboxRow    // the newest part
	at       time.Time
}

// play turns scripts into the rows of their conversations. A script that the
// engine would not follow is an error, and so is one that leaves something due.
func play(s stage, scripts []script) (*week, error) {
	w := &week{}
	contacts := map[string]*thread{}
	for _, sc := range scripts {
		t, err := open(s, w, sc, contacts)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", sc.line, err)
		}
		for _, st := range sc.steps {
			if err := t.step(st); err != nil {
				return nil, fmt.Errorf("line %d: %w", st.line, err)
			}
		}
		if len(t.pending) > 0 && t.box.BotState != "handed_over" {
			return nil, fmt.Errorf("line %d: the conversation ends with a turn due", sc.line)
		}
	}
	w.poison = s.poison()
	return w, nil
}

// open starts a conversation with a contact, a new one or one of before.
func open(s stage, w *week, sc script, known map[string]*thread) (*thread, error) {
	integration, ok := s.accounts[channel.Kind(sc.channel)]
	if !ok {
		return nil, fmt.Errorf("no account on %q", sc.channel)
	}
	at := sc.start.before(s.now)
	t := &thread{stage: s, week: w, at: at}
	if before := known[sc.channel+sc.address]; before != nil {
		if !before.box.Closed || before.at.After(at) {
			return nil, fmt.Errorf("%s has a conversation open", sc.name)
		}
		t.contact, t.identity = before.contact, before.identity
	} else {
		t.contact = &contactRow{ID: id.New(), Name: sc.name, CreatedAt: at}
		t.identity = &identityRow{Integration: uuid.UUID(integration), External: sc.address, Kind: string(channel.AddressChat), Contact: t.contact.ID, Reachable: true}
		if sc.channel == string(channel.OnSend) {
			t.identity.Kind, t.contact.Phone = string(channel.AddressPhone), &sc.address
		}
		w.contacts, w.identities = append(w.contacts, t.contact), append(w.identities, t.identity)
	}
	known[sc.channel+sc.address] = t
	t.talk = &conversationRow{
		ID: id.New(), Integration: uuid.UUID(integration), Contact: t.contact.ID, External: sc.address,
		Status: "open", ActiveAt: at, LastAt: at, CreatedAt: at,
	}
	t.box = &mailboxRow{Conversation: t.talk.ID, BotState: "on"}
	w.conversations, w.mailboxes = append(w.conversations, t.talk), append(w.mailboxes, t.box)
	if sc.agent != "" {
		agent, err := s.person(sc.agent)
		if err != nil {
			return nil, err
		}
		t.talk.Assignee = &agent
	}
	return t, nil
}

func (s stage) person(name string) (uuid.UUID, error) {
	for email, user := range s.people {
		if strings.HasPrefix(email, name+"@") {
			return uuid.UUID(user), nil
		}
	}
	return uuid.UUID{}, fmt.Errorf("nobody is called %q", name)
}

func (t *thread) step(st step) error {
	if t.box.LastSeq > 0 {
		t.at = t.at.Add(st.wait)
	}
	if t.at.After(t.now) {
		return fmt.Errorf("%s is still to come", t.at.Format(time.RFC3339))
	}
	if t.box.Closed && st.op != "." {
		return fmt.Errorf("the conversation is completed")
	}
	switch st.op {
	case "<":
		return t.receive(st.text)
	case "T", "C", "H":
		return t.turn(st)
	case "@":
		name, text, _ := strings.Cut(st.text, " ")
		return t.post(name, text)
	case "P":
		return t.phone(st.text)
	case "*":
		return t.happen(strings.Fields(st.text))
	case "!":
		return t.fail(strings.Fields(st.text))
	}
	t.talk.Unread = 0 // somebody looked
	return nil
}

// receive is what ingest does with a message.
func (t *thread) receive(text string) error {
	content, at := "text", t.at
	if caption, image := strings.CutPrefix(text, "[image]"); image {
		content, text = "image", strings.TrimSpace(caption)
	}
	m := t.add("in", "contact", text)
	m.Content, m.State, m.VendorID, m.SentAt = content, "received", t.vendorID(), pointer(at.Truncate(time.Second))
	t.box.LastIn = m.Seq
	if t.box.FirstDueAt == nil {
		t.box.FirstDueAt = &at
	}
	t.said("contact", text)
	t.talk.Unread++
	if t.talk.WaitingSince == nil {
		t.talk.WaitingSince = &at
	}
	t.active()
	t.pending = append(t.pending, m)
	return nil
}

// add appends a line to the thread.
func (t *thread) add(direction, author, text string) *messageRow {
	t.box.LastSeq++
	m := &messageRow{
		ID: id.New(), Conversation: t.talk.ID, Integration: t.talk.Integration, Seq: t.box.LastSeq,
		Direction: direction, Author: author, Content: "text", Body: text, At: t.at,
	}
	t.messages = append(t.messages, m)
	return m
}

// said makes text the last one of the list's row.
func (t *thread) said(author, text string) {
	if short := []rune(text); len(short) > 160 {
		text = string(short[:160])
	}
	t.talk.LastAt, t.talk.LastAuthor, t.talk.LastText = t.at, &author, &text
}

// active moves the indexed time in steps.
func (t *thread) active() {
	if t.talk.ActiveAt.Before(t.at.Add(-30 * time.Second)) {
		t.talk.ActiveAt = t.at
	}
}

// answered says that nothing waits for an answer any more.
func (t *thread) answered() {
	t.box.Processed, t.box.FirstDueAt, t.talk.WaitingSince, t.pending = t.box.LastIn, nil, nil, nil
}

// detect is the language to answer in, by the engine's rules.
func (t *thread) detect(text string) (string, bool) {
	found := language.Detect(text)
	if found.Language != "" && (found.Confidence >= language.Sure || t.talk.Language == nil) {
		return found.Language, found.Mixed
	}
	for _, known := range []*string{t.talk.Language, t.contact.Language} {
		if known != nil {
			return *known, found.Mixed
		}
	}
	if found.Language != "" {
		return found.Language, found.Mixed
	}
	return "en", found.Mixed
}

func pointer[T any](v T) *T { return &v }
