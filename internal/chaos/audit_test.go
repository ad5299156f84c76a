package chaos

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

const shopChat = "telegram/71/82"

// scene is a small run in which all went well: three messages, the first two
// answered together in two parts, the third by one part whose answer was cut.
type scene struct {
	e     evidence
	start time.Time
}

func name(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("00000000-0000-7000-8000-%012d", n)) }

func newScene() *scene {
	start := time.Unix(1_790_000_000, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	conversation := name(1)
	in := func(n int, seq int64, text string) message {
		return message{ID: name(n), Conversation: conversation, Seq: seq, Direction: "in", Author: "contact", VendorID: fmt.Sprintf("82:%d", n), Text: text, State: "received"}
	}
	return &scene{start: start, e: evidence{
		Acks: []ack{
			{Chat: shopChat, VendorID: "82:11", Token: "k1", Text: "k1 hello", At: at(1)},
			{Chat: shopChat, VendorID: "82:12", Token: "k2", Text: "k2 there", At: at(2)},
			{Chat: shopChat, VendorID: "82:13", Token: "k3", Text: "k3 bye", At: at(10)},
			{Chat: shopChat, Token: "k4", Subject: spoilt, At: at(11)},
		},
		Boxes: []mailbox{{Conversation: conversation, Address: "82", LastIn: 4, Processed: 4, BotState: "on", Chat: shopChat}},
		Messages: []message{
			in(11, 1, "k1 hello"), in(12, 2, "k2 there"),
			{ID: name(21), Conversation: conversation, Seq: 3, Direction: "out", Author: "bot", Text: "about k1 and k2", State: "sent"},
			in(13, 4, "k3 bye"),
			{ID: name(22), Conversation: conversation, Seq: 5, Direction: "out", Author: "bot", Text: "about k3", State: "unknown"},
		},
		Parts: []part{
			{Message: name(21), Part: 0, Conversation: conversation, Seq: 3, State: "sent", VendorID: "82:1", Text: "about k1"},
			{Message: name(21), Part: 1, Conversation: conversation, Seq: 3, State: "sent", VendorID: "82:2", Text: "and k2"},
			{Message: name(22), Part: 0, Conversation: conversation, Seq: 5, State: "unknown", Text: "about k3"},
		},
		Replies: []reply{
			{Message: name(21), Conversation: conversation, From: 1, To: 2, Source: "claude"},
			{Message: name(22), Conversation: conversation, From: 3, To: 4, Source: "claude"},
		},
		Kept: []delivery{{State: "poison", Body: []byte("k4\x00")}},
		Accepted: []acceptance{
			{Chat: shopChat, VendorID: "82:1", Text: "about k1", At: at(3), Order: 1},
			{Chat: shopChat, VendorID: "82:2", Text: "and k2", At: at(4), Order: 2},
			{Chat: shopChat, VendorID: "82:3", Text: "about k3", At: at(12), Order: 3},
		},
	}}
}

func TestARunInWhichAllWentWellHasNoViolation(t *testing.T) {
	t.Parallel()
	v := audit(newScene().e)
	if len(v.Violations) > 0 {
		t.Errorf("audit() found %v", v.Violations)
	}
	var took []time.Duration
	for _, w := range v.Waits {
		took = append(took, w.Took)
	}
	if diff := cmp.Diff([]time.Duration{time.Second, 2 * time.Second, 2 * time.Second}, took); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"sent": 2, "unknown": 1}, v.States); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

// planted are the faults that the audit must find, each in a run that is well
// otherwise, with exactly the kinds that follow from it.
func planted() map[string]struct {
	kinds []Kind
	plant func(*scene)
} {
	return map[string]struct {
		kinds []Kind
		plant func(*scene)
	}{
		"an acknowledged id is not stored": {[]Kind{Lost}, func(s *scene) {
			s.e.Acks = append(s.e.Acks, ack{Chat: shopChat, VendorID: "82:14", Token: "k5", Text: "k5"})
		}},
		"an acknowledged chat has no conversation": {[]Kind{Lost}, func(s *scene) {
			s.e.Acks = append(s.e.Acks, ack{Chat: "telegram/71/99", VendorID: "99:1", Token: "k5", Text: "k5"})
		}},
		"poison is not kept": {[]Kind{Lost}, func(s *scene) { s.e.Kept = nil }},
		"a message without id is stored twice": {[]Kind{Doubled}, func(s *scene) {
			s.e.Acks[2].VendorID = ""
			again := s.e.Messages[3]
			again.ID, again.VendorID = name(14), "hash:2"
			s.e.Messages = append(s.e.Messages, again)
		}},
		"a message is stored that nobody sent": {[]Kind{Doubled}, func(s *scene) {
			again := s.e.Messages[3]
			again.ID, again.VendorID = name(14), "82:99"
			s.e.Messages = append(s.e.Messages, again)
		}},
		"a chat has two conversations": {[]Kind{Doubled}, func(s *scene) {
			s.e.Boxes = append(s.e.Boxes, mailbox{Conversation: name(2), Chat: shopChat, BotState: "on"})
		}},
		"two replies answer the same message": {[]Kind{Doubled}, func(s *scene) { s.e.Replies[1].From = 2 }},
		"a reply answers nothing":             {[]Kind{Doubled, Uncovered}, func(s *scene) { s.e.Replies[1].From, s.e.Replies[1].To = 5, 4 }},
		"the vendor accepted a part twice under other ids": {[]Kind{Doubled, Misreported}, func(s *scene) {
			s.e.Accepted = append(s.e.Accepted, acceptance{Chat: shopChat, VendorID: "82:4", Text: "and k2", At: s.start, Order: 4})
			s.e.Parts[1].VendorID = "82:9"
		}},
		"the vendor accepted a part again": {[]Kind{Doubled}, func(s *scene) {
			s.e.Accepted = append(s.e.Accepted, acceptance{Chat: shopChat, VendorID: "82:4", Text: "and k2", At: s.start, Order: 4})
		}},
		"the vendor accepted an unknown part again": {[]Kind{Doubled}, func(s *scene) {
			s.e.Accepted = append(s.e.Accepted, acceptance{Chat: shopChat, VendorID: "82:4", Text: "about k3", At: s.start, Order: 4})
		}},
		"messages are stored out of order": {[]Kind{Reordered}, func(s *scene) {
			s.e.Messages[0].Seq, s.e.Messages[1].Seq = 2, 1
		}},
		"parts of a message are sent out of order": {[]Kind{Reordered}, func(s *scene) {
			s.e.Accepted[0].Order, s.e.Accepted[1].Order = 2, 1
		}},
		"messages are sent out of order": {[]Kind{Reordered}, func(s *scene) { s.e.Accepted[2].Order = 0 }},
		"a part is still queued":         {[]Kind{Unresolved}, func(s *scene) { s.e.Parts[2].State, s.e.Messages[4].State = "queued", "queued" }},
		"a part is still sending":        {[]Kind{Unresolved}, func(s *scene) { s.e.Parts[2].State, s.e.Messages[4].State = "sending", "sending" }},
		"a delivery is still raw":        {[]Kind{Unresolved}, func(s *scene) { s.e.Kept = append(s.e.Kept, delivery{State: "raw"}) }},
		"a message has no reply":         {[]Kind{Uncovered}, func(s *scene) { s.e.Replies[0].From = 2 }},
		"a sent part was never accepted": {[]Kind{Misreported}, func(s *scene) { s.e.Accepted = slices.Delete(s.e.Accepted, 1, 2) }},
		"a failed part was accepted": {[]Kind{Misreported}, func(s *scene) {
			s.e.Parts[2].State, s.e.Messages[4].State = "failed", "failed"
		}},
		"the vendor accepted what nobody said": {[]Kind{Misreported}, func(s *scene) {
			s.e.Accepted = append(s.e.Accepted, acceptance{Chat: shopChat, VendorID: "82:4", Text: "surprise", Order: 4})
		}},
		"the vendor got another text":              {[]Kind{Misreported}, func(s *scene) { s.e.Accepted[0].Text = "about somebody else" }},
		"a message does not say what its parts do": {[]Kind{Misreported}, func(s *scene) { s.e.Messages[4].State = "sent" }},
		"a message is stored with another text":    {[]Kind{Misreported}, func(s *scene) { s.e.Messages[0].Text = "k1 hell" }},
		"a reply does not name what it answers":    {[]Kind{Misreported}, func(s *scene) { s.e.Messages[2].Text = "about k1 and" }},
		"our own send counts as the owner's":       {[]Kind{Broken}, func(s *scene) { s.e.Messages[4].Author = "phone" }},
	}
}

func TestTheAuditFindsEveryPlantedFault(t *testing.T) {
	t.Parallel()
	for title, c := range planted() {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := newScene()
			c.plant(s)
			v := audit(s.e)
			kinds := map[Kind]bool{}
			for _, found := range v.Violations {
				kinds[found.Kind] = true
			}
			want := map[Kind]bool{}
			for _, k := range c.kinds {
				want[k] = true
			}
			if diff := cmp.Diff(want, kinds); diff != "" {
				t.Errorf("kinds (-want +got):\n%s\n%v", diff, v.Violations)
			}
		})
	}
}

func TestWhatComesAfterAHandOverIsAPersons(t *testing.T) {
	t.Parallel()
	s := newScene()
	s.e.Boxes[0].BotState = "handed_over"
	s.e.Messages = append(s.e.Messages, message{ID: name(14), Conversation: name(1), Seq: 6, Direction: "in", Author: "contact", VendorID: "82:14", Text: "k5"})
	s.e.Acks = append(s.e.Acks, ack{Chat: shopChat, VendorID: "82:14", Token: "k5", Text: "k5"})
	if v := audit(s.e); len(v.Violations) > 0 || v.HandedOver != 1 {
		t.Errorf("audit() = %v, handed over %d, want no violation and 1", v.Violations, v.HandedOver)
	}
}

func TestAReplyCountsFromTheEndOfTheLastOutageBeforeIt(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_790_000_000, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	spans := []span{{at(10), at(40)}, {at(50), at(60)}}
	for name, c := range map[string]struct {
		acked, answered int
		want            time.Duration
	}{
		"before":                    {1, 3, 2 * time.Second},
		"acknowledged before":       {5, 43, 3 * time.Second},
		"answered during":           {5, 12, 7 * time.Second},
		"acknowledged after":        {41, 44, 3 * time.Second},
		"the last of two counts":    {5, 61, time.Second},
		"answered during the other": {5, 55, 15 * time.Second},
	} {
		if got := waited(at(c.acked), at(c.answered), spans); got != c.want {
			t.Errorf("%s: waited() = %s, want %s", name, got, c.want)
		}
	}
}

func TestTheWatchSeesWhatGoesBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, now partState
		want        int
	}{
		"goes on":            {partState{State: "queued"}, partState{State: "sent", Attempts: 1, VendorID: "1"}, 0},
		"is tried again":     {partState{State: "sending", Attempts: 1}, partState{State: "queued", Attempts: 1}, 0},
		"late answer":        {partState{State: "unknown", Attempts: 1}, partState{State: "sent", Attempts: 1}, 0},
		"sent is queued":     {partState{State: "sent"}, partState{State: "queued"}, 1},
		"sent is unknown":    {partState{State: "sent"}, partState{State: "unknown"}, 1},
		"failed is sent":     {partState{State: "failed"}, partState{State: "sent"}, 1},
		"unknown is queued":  {partState{State: "unknown"}, partState{State: "queued"}, 1},
		"unknown is sending": {partState{State: "unknown"}, partState{State: "sending"}, 1},
		"attempts sink":      {partState{State: "queued", Attempts: 2}, partState{State: "queued", Attempts: 1}, 1},
		"another vendor id":  {partState{State: "sent", VendorID: "1"}, partState{State: "sent", VendorID: "2"}, 1},
	} {
		w := newWatch(nil)
		w.seeParts([]partState{c.before})
		w.seeParts([]partState{c.now})
		if len(w.violations) != c.want {
			t.Errorf("%s: %v, want %d violations", name, w.violations, c.want)
		}
	}
	w := newWatch(nil)
	w.seeParts([]partState{{State: "sent"}})
	w.seeParts(nil)
	w.seeBoxes([]boxState{{LastSeq: 3, LastIn: 2, Processed: 2}})
	w.seeBoxes([]boxState{{LastSeq: 3, LastIn: 2, Processed: 1}})
	w.seeBoxes(nil)
	if len(w.violations) != 3 {
		t.Errorf("violations = %v, want a part gone, a mailbox back, a mailbox gone", w.violations)
	}
}

func TestPercentileIsTheSmallestThatEnoughDoNotExceed(t *testing.T) {
	t.Parallel()
	var list []wait
	for i := range 200 {
		list = append(list, wait{Took: time.Duration(i + 1)})
	}
	for p, want := range map[int]time.Duration{50: 100, 99: 198, 100: 200} {
		if got := percentile(list, p); got != want {
			t.Errorf("percentile(%d) = %d, want %d", p, got, want)
		}
	}
	if got := percentile(nil, 99); got != 0 {
		t.Errorf("percentile of nothing = %d", got)
	}
}
