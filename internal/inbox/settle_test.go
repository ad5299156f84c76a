package inbox_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
)

func (w *world) settle(t *testing.T, turn inbox.Turn, a inbox.Answer) inbox.Outcome {
	t.Helper()
	var got inbox.Outcome
	err := w.db.InCompany(t.Context(), turn.Company, func(tx *db.Tx) error {
		var err error
		got, _, err = inbox.Settle(t.Context(), tx, turn, a)
		return err
	})
	if err != nil {
		t.Fatalf("Settle() = %v", err)
	}
	return got
}

func (w *world) in(t *testing.T, s shop, fn func(tx *db.Tx) error) error {
	t.Helper()
	return w.db.InCompany(t.Context(), s.company, fn)
}

func says(turn inbox.Turn, text string) inbox.Answer {
	return inbox.Answer{UpTo: turn.LastIn, Text: text, Parts: []string{text}, Language: "en"}
}

func TestABurstIsOneTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	for _, m := range []string{"77:1", "77:2", "77:3"} {
		w.receive(t, s, "77", m, "hi")
	}
	turn := w.claim(t)
	if turn.LastIn != 3 || turn.Processed != 0 {
		t.Errorf("turn covers (%d, %d], want (0, 3]", turn.Processed, turn.LastIn)
	}
	if got := w.settle(t, turn, says(turn, "hello")); got != inbox.Settled {
		t.Errorf("Settle() = %s, want settled", got)
	}
	if n := w.count(t, s, "mailbox where due_at is null and processed = 3 and lease is null"); n != 1 {
		t.Error("the mailbox is still due")
	}
}

func TestATurnWhoseLeaseWasTakenIsFenced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	first := w.claim(t)
	w.exec(t, s, `update mailbox set due_at = now(), lease_until = now() where company_id = $1`, s.company)
	second := w.claim(t)
	if got := w.settle(t, first, says(first, "first")); got != inbox.Fenced {
		t.Errorf("Settle() by the old owner = %s, want fenced", got)
	}
	if got := w.settle(t, second, says(second, "second")); got != inbox.Settled {
		t.Errorf("Settle() by the new owner = %s, want settled", got)
	}
	if n := w.count(t, s, "outbox"); n != 1 {
		t.Errorf("parts = %d, want 1", n)
	}
}

func TestANewerMessageDiscardsAReplyTwiceAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	for i, want := range []inbox.Outcome{inbox.Discarded, inbox.Discarded, inbox.Settled} {
		turn := w.claim(t)
		w.receive(t, s, "77", "77:"+string(rune('2'+i)), "more")
		if got := w.settle(t, turn, says(turn, "answer")); got != want {
			t.Errorf("Settle() number %d = %s, want %s", i+1, got, want)
		}
	}
	last := w.claim(t)
	if last.LastIn != 4 || last.Processed != 3 {
		t.Errorf("the last turn covers (%d, %d], want (3, 4]", last.Processed, last.LastIn)
	}
}

func TestABotReplyIsNeverCommittedAfterATakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	c := w.receive(t, s, "77", "77:1", "hi").Conversation
	turn := w.claim(t)
	me := inbox.Viewer{User: s.agents[0]}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.TakeOver(t.Context(), tx, me, c) }); err != nil {
		t.Fatalf("TakeOver() = %v", err)
	}
	if got := w.settle(t, turn, says(turn, "late")); got != inbox.Fenced {
		t.Errorf("Settle() after a take over = %s, want fenced", got)
	}
	if n := w.count(t, s, "outbox"); n != 0 {
		t.Errorf("parts = %d, want 0", n)
	}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Resume(t.Context(), tx, me, c) }); err != nil {
		t.Fatalf("Resume() = %v", err)
	}
	if turn := w.claim(t); turn.LastIn != 1 {
		t.Errorf("after Resume the turn covers up to %d, want 1", turn.LastIn)
	}
}

func TestWhatTheBotQueuedIsWithdrawnByATakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	c := w.receive(t, s, "77", "77:1", "hi").Conversation
	turn := w.claim(t)
	w.settle(t, turn, says(turn, "queued"))
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.TakeOver(t.Context(), tx, inbox.Viewer{User: s.agents[0]}, c) }); err != nil {
		t.Fatal(err)
	}
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(sends) != 0 {
		t.Errorf("ClaimSends() after a take over = %v, %v, want none", sends, err)
	}
	if n := w.count(t, s, "message where state = 'failed' and error = 'taken_over'"); n != 1 {
		t.Errorf("withdrawn messages = %d, want 1", n)
	}
}

func TestAHandOverSilencesTheBotUntilResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "a human please")
	turn := w.claim(t)
	a := says(turn, "a colleague will answer")
	a.HandOver = "asked"
	w.settle(t, turn, a)
	w.receive(t, s, "77", "77:2", "hello?")
	if n := w.count(t, s, "mailbox where bot_state = 'handed_over' and bot_reason = 'asked' and due_at is null"); n != 1 {
		t.Error("the bot is not silent")
	}
	if n := w.count(t, s, "conversation where waiting_since is not null"); n != 1 {
		t.Error("the conversation does not wait for a person")
	}
}

func TestPartsLeaveInOrderAndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	turn := w.claim(t)
	a := says(turn, "one two three")
	a.Parts = []string{"one", "two", "three"}
	w.settle(t, turn, a)
	for _, want := range a.Parts {
		sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
		if err != nil || len(sends) != 1 || sends[0].Body != want {
			t.Fatalf("ClaimSends() = %v, %v, want the part %q alone", sends, err, want)
		}
		if more, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil); err != nil || len(more) != 0 {
			t.Fatalf("ClaimSends() while one is on its way = %v, %v, want none", more, err)
		}
		if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Sent(t.Context(), tx, sends[0], "v-"+want) }); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count(t, s, "message where direction = 'out' and state = 'sent'"); n != 1 {
		t.Errorf("sent messages = %d, want 1", n)
	}
}

func TestASendLeftByACrashIsFlaggedUnknownAndItsLateAnswerCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	turn := w.claim(t)
	a := says(turn, "one two")
	a.Parts = []string{"one", "two"}
	w.settle(t, turn, a)
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(sends) != 1 {
		t.Fatalf("ClaimSends() = %v, %v", sends, err)
	}
	w.exec(t, s, `update outbox set next_at = now() where company_id = $1 and state = 'sending'`, s.company)
	next, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(next) != 1 || next[0].Body != "two" {
		t.Fatalf("ClaimSends() after the crash = %v, %v, want the second part: unknown does not block", next, err)
	}
	if n := w.count(t, s, "message where state = 'unknown' and error = 'no_answer'"); n != 1 {
		t.Error("the message is not flagged unknown")
	}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Sent(t.Context(), tx, sends[0], "late") }); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, s, "outbox where state = 'sent' and vendor_id = 'late'"); n != 1 {
		t.Error("the late answer was lost")
	}
	if err := w.in(t, s, func(tx *db.Tx) error {
		return inbox.Postpone(t.Context(), tx, sends[0], channel.ScopePart, "rate_limited", time.Second)
	}); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, s, "outbox where state = 'queued'"); n != 0 {
		t.Error("a sent part was queued again")
	}
}

func TestAnAccountsLimitHoldsItsSendsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.exec(t, s, `update integration set send_per_minute = 1, send_burst = 2 where company_id = $1`, s.company)
	for _, chat := range []string{"1", "2", "3"} {
		w.receive(t, s, chat, chat+":1", "hi")
		turn := w.claim(t)
		w.settle(t, turn, says(turn, "to "+chat))
	}
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(sends) != 2 {
		t.Errorf("ClaimSends() = %d sends, %v, want 2: the burst", len(sends), err)
	}
}

func TestAPostWithTheSameKeyIsSentOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 2)
	c := w.receive(t, s, "77", "77:1", "hi").Conversation
	var owner id.User
	if err := w.db.For(s.company).QueryRow(t.Context(), `select assignee_id from conversation`).Scan(&owner); err != nil {
		t.Fatal(err)
	}
	post := func(v inbox.Viewer, key, text string) (m id.Message, err error) {
		err = w.in(t, s, func(tx *db.Tx) error {
			m, err = inbox.Post(t.Context(), tx, v, c, inbox.Draft{Key: key, Text: text, Parts: []string{text}})
			return err
		})
		return m, err
	}
	first, err := post(inbox.Viewer{User: owner}, "k1", "hello")
	if err != nil {
		t.Fatalf("Post() = %v", err)
	}
	again, err := post(inbox.Viewer{User: owner}, "k1", "hello")
	if err != nil || again != first {
		t.Errorf("Post() again = %v, %v, want the first message", again, err)
	}
	if _, err := post(inbox.Viewer{User: owner}, "k1", "other"); !errors.Is(err, inbox.ErrReplay) {
		t.Errorf("Post() with another text = %v, want ErrReplay", err)
	}
	stranger := s.agents[0]
	if stranger == owner {
		stranger = s.agents[1]
	}
	if _, err := post(inbox.Viewer{User: stranger}, "k2", "mine?"); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("Post() by a colleague it is not assigned to = %v, want ErrNotFound", err)
	}
	if n := w.count(t, s, "outbox"); n != 1 {
		t.Errorf("parts = %d, want 1", n)
	}
	if n := w.count(t, s, "mailbox where due_at is null and processed = 1"); n != 1 {
		t.Error("the bot would still answer what a person answered")
	}
}

func TestACompletedConversationMakesRoomForANewOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	me := inbox.Viewer{User: s.agents[0]}
	first := w.receive(t, s, "77", "77:1", "hi").Conversation
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Complete(t.Context(), tx, me, first, "won") }); err != nil {
		t.Fatalf("Complete() = %v", err)
	}
	if again := w.receive(t, s, "77", "77:1", "hi"); !again.Duplicate {
		t.Error("a redelivery after the completion was stored again")
	}
	if n := w.count(t, s, "conversation"); n != 1 {
		t.Errorf("after a redelivery there are %d conversations, want 1: it opens none", n)
	}
	second := w.receive(t, s, "77", "77:2", "me again").Conversation
	if second == first {
		t.Error("the message went into the completed conversation")
	}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Reopen(t.Context(), tx, me, first) }); err == nil {
		t.Error("Reopen() with a newer open conversation = nil")
	}
}

func TestAnEchoOfOurOwnSendIsIgnoredAndAnOwnersMessagePausesTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	turn := w.claim(t)
	w.settle(t, turn, says(turn, "ours"))
	if _, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil); err != nil {
		t.Fatal(err)
	}
	echo := func(vendorID, text string, final bool) (done bool) {
		err := w.in(t, s, func(tx *db.Tx) error {
			var err error
			done, err = inbox.ApplyEcho(t.Context(), tx, s.integration,
				channel.Echo{VendorID: vendorID, To: channel.Address{Kind: channel.AddressChat, Value: "77"}, Text: text}, final)
			return err
		})
		if err != nil {
			t.Fatalf("ApplyEcho() = %v", err)
		}
		return done
	}
	if !echo("v1", "ours", false) {
		t.Error("the echo of our own send was not recognised")
	}
	if echo("v2", "typed on the phone", false) {
		t.Error("an unknown echo did not wait")
	}
	for range 2 {
		if !echo("v2", "typed on the phone", true) {
			t.Error("a final echo is still open")
		}
	}
	if n := w.count(t, s, "message where author = 'phone'"); n != 1 {
		t.Errorf("messages from the phone = %d, want 1", n)
	}
	if n := w.count(t, s, "mailbox where bot_state = 'paused' and paused_until > now()"); n != 1 {
		t.Error("the bot is not paused")
	}
}

func TestACompanyThatFloodsDoesNotHoldAnotherUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	loud, quiet := w.shop(t, 0), w.shop(t, 0)
	for chat := range 60 {
		w.receive(t, loud, strconv.Itoa(chat), strconv.Itoa(chat)+":1", "hi")
	}
	w.receive(t, quiet, "1", "1:1", "hi")
	for _, s := range []shop{loud, quiet} {
		w.exec(t, s, `update mailbox set due_at = now() where company_id = $1`, s.company)
	}
	turns, err := inbox.ClaimTurns(t.Context(), w.db, 10, 8, nil)
	if err != nil || len(turns) != 9 {
		t.Fatalf("ClaimTurns() = %d turns, %v, want 8 of the loud company and 1 of the quiet one", len(turns), err)
	}
	if !slices.ContainsFunc(turns, func(t inbox.Turn) bool { return t.Company == quiet.company }) {
		t.Error("the quiet company got no turn")
	}
	turns, err = inbox.ClaimTurns(t.Context(), w.db, 10, 8, []id.Company{loud.company})
	if err != nil || len(turns) != 0 {
		t.Errorf("ClaimTurns() without the loud company = %v, %v, want none", turns, err)
	}
}

// A heartbeat keeps a lease; a lease nobody extends comes due by itself.
func TestALeaseLastsAsLongAsItIsExtended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 0)
	w.receive(t, s, "1", "1:1", "hi")
	turn := w.claim(t)
	w.exec(t, s, `update mailbox set due_at = now() + interval '1 second', lease_until = now() + interval '1 second' where company_id = $1`, s.company)
	if err := inbox.ExtendTurns(t.Context(), w.db, []inbox.Turn{turn}); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, s, "mailbox where lease_until > now() + interval '4 seconds' and due_at = lease_until"); n != 1 {
		t.Error("the lease was not extended")
	}
	w.exec(t, s, `update mailbox set due_at = now() where company_id = $1`, s.company)
	if again := w.claim(t); again.Lease == turn.Lease {
		t.Error("the lapsed lease was not replaced")
	}
	if err := inbox.ExtendTurns(t.Context(), w.db, []inbox.Turn{turn}); err != nil {
		t.Fatal(err)
	}
	if got := w.settle(t, turn, says(turn, "late")); got != inbox.Fenced {
		t.Errorf("Settle() by the old owner = %s, want fenced", got)
	}
}
