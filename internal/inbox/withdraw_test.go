package inbox_test

import (
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
)

// answered claims the conversation's turn and commits an answer of the parts.
func (w *world) answered(t *testing.T, parts ...string) {
	t.Helper()
	turn := w.claim(t)
	a := says(turn, strings.Join(parts, " "))
	a.Parts = parts
	if got := w.settle(t, turn, a); got != inbox.Settled {
		t.Fatalf("Settle() = %s, want settled", got)
	}
}

// send claims the one part that may leave now.
func (w *world) send(t *testing.T) inbox.Send {
	t.Helper()
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(sends) != 1 {
		t.Fatalf("ClaimSends() = %v, %v, want one", sends, err)
	}
	return sends[0]
}

func TestAPartOnItsWayIsNotQueuedAgainAfterATakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	c := w.receive(t, s, "77", "77:1", "hi").Conversation
	w.answered(t, "one", "two")
	part := w.send(t)
	me := inbox.Viewer{User: s.agents[0]}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.TakeOver(t.Context(), tx, me, c) }); err != nil {
		t.Fatal(err)
	}
	err := w.in(t, s, func(tx *db.Tx) error {
		return inbox.Postpone(t.Context(), tx, part, channel.ScopePart, "rate_limited", 0)
	})
	if err != nil {
		t.Fatalf("Postpone() = %v", err)
	}
	if n := w.count(t, s, "outbox where state = 'failed' and error = 'taken_over' and next_at is null"); n != 2 {
		t.Errorf("withdrawn parts = %d, want 2", n)
	}
	if sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil); err != nil || len(sends) != 0 {
		t.Errorf("ClaimSends() = %v, %v: the bot writes after the take-over", sends, err)
	}
}

func TestThePartsBehindAFailedOneAreNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	w.answered(t, "one", "two", "three")
	part := w.send(t)
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Failed(t.Context(), tx, part, "blocked") }); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, s, "outbox where state = 'failed' and error = 'blocked'"); n != 3 {
		t.Errorf("failed parts = %d, want 3", n)
	}
}

func TestTakingOverAHandedOverConversationLastsUntilResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	c := w.receive(t, s, "77", "77:1", "a human please").Conversation
	turn := w.claim(t)
	a := says(turn, "a colleague will answer")
	a.HandOver = "asked"
	w.settle(t, turn, a)
	me := inbox.Viewer{User: s.agents[0]}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.TakeOver(t.Context(), tx, me, c) }); err != nil {
		t.Fatal(err)
	}
	w.receive(t, s, "77", "77:2", "hello?")
	err := w.in(t, s, func(tx *db.Tx) error {
		_, err := inbox.Post(t.Context(), tx, me, c, inbox.Draft{Key: "k", Text: "here", Parts: []string{"here"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.receive(t, s, "77", "77:3", "thanks")
	if n := w.count(t, s, "mailbox where bot_state = 'paused' and paused_until is null and due_at is null"); n != 1 {
		t.Error("the bot would come back by itself")
	}
}

func TestAnAnswerWithoutAPartIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	c := w.receive(t, s, "77", "77:1", "hi").Conversation
	turn := w.claim(t)
	err := w.in(t, s, func(tx *db.Tx) error {
		_, _, err := inbox.Settle(t.Context(), tx, turn, inbox.Answer{UpTo: turn.LastIn, Text: "\u200b"})
		return err
	})
	if err == nil {
		t.Error("Settle() of a text without parts = nil: it would stay queued for ever")
	}
	err = w.in(t, s, func(tx *db.Tx) error {
		_, err := inbox.Post(t.Context(), tx, inbox.Viewer{User: s.agents[0]}, c, inbox.Draft{Key: "k", Text: "\u200b"})
		return err
	})
	if err == nil {
		t.Error("Post() of a text without parts = nil")
	}
}

func TestATurnTellsHowOftenItWasTried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	for want := 1; want <= 3; want++ {
		turn := w.claim(t)
		if turn.Attempts != want {
			t.Errorf("attempts = %d, want %d", turn.Attempts, want)
		}
		err := w.in(t, s, func(tx *db.Tx) error { return inbox.Release(t.Context(), tx, turn, 10*time.Millisecond, time.Second) })
		if err != nil {
			t.Fatal(err)
		}
	}
	w.answered(t, "at last")
	w.receive(t, s, "77", "77:2", "again")
	if turn := w.claim(t); turn.Attempts != 1 {
		t.Errorf("attempts after a turn that ended well = %d, want 1", turn.Attempts)
	}
}

func TestABrokenContentTypeCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	d := s.delivery("77", "77:1", "hi")
	d.ContentType, d.Reason = "application/json; x=\xff\x00", "bad \xff"
	if _, err := w.writer.Write(t.Context(), d); err != nil {
		t.Errorf("Write() = %v", err)
	}
	if n := w.count(t, s, "message"); n != 1 {
		t.Errorf("messages = %d, want 1", n)
	}
}

func TestABusyCompanysSendsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	loud, quiet := w.shop(t, 0), w.shop(t, 0)
	for _, s := range []shop{loud, quiet} {
		w.receive(t, s, "77", "77:1", "hi")
		w.answered(t, "hello")
	}
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, []id.Company{loud.company})
	if err != nil || len(sends) != 1 || sends[0].Company != quiet.company {
		t.Errorf("ClaimSends() without the busy company = %v, %v, want the quiet one's", sends, err)
	}
}
