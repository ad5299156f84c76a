package inbox_test

import (
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
)

// replied is a shop whose bot has said text in chat 77; the part is on its way.
func (w *world) replied(t *testing.T, text string) (shop, inbox.Threaded, inbox.Send) {
	t.Helper()
	s := w.shop(t, 1)
	in := w.receive(t, s, "77", "77:1", "hi")
	return s, in, w.say(t, text)
}

func (w *world) say(t *testing.T, text string) inbox.Send {
	t.Helper()
	turn := w.claim(t)
	w.settle(t, turn, says(turn, text))
	sends, err := inbox.ClaimSends(t.Context(), w.db, 10, 10, nil)
	if err != nil || len(sends) != 1 {
		t.Fatalf("ClaimSends() = %v, %v, want one", sends, err)
	}
	return sends[0]
}

func (w *world) sent(t *testing.T, s shop, send inbox.Send, vendorID string) {
	t.Helper()
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Sent(t.Context(), tx, send, vendorID) }); err != nil {
		t.Fatalf("Sent() = %v", err)
	}
}

func (w *world) uncertain(t *testing.T, s shop, send inbox.Send) {
	t.Helper()
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Uncertain(t.Context(), tx, send, "no_answer") }); err != nil {
		t.Fatalf("Uncertain() = %v", err)
	}
}

func (w *world) echo(t *testing.T, s shop, vendorID, text string, final bool) (done bool) {
	t.Helper()
	e := channel.Echo{VendorID: vendorID, To: channel.Address{Kind: channel.AddressChat, Value: "77"}, Text: text}
	err := w.in(t, s, func(tx *db.Tx) (err error) {
		done, err = inbox.ApplyEcho(t.Context(), tx, s.integration, e, final)
		return err
	})
	if err != nil {
		t.Fatalf("ApplyEcho(%q, %q) = %v", vendorID, text, err)
	}
	return done
}

func (w *world) fromPhone(t *testing.T, s shop, want int) {
	t.Helper()
	if n := w.count(t, s, "message where author = 'phone'"); n != want {
		t.Errorf("messages from the phone = %d, want %d", n, want)
	}
	paused := 0
	if want > 0 {
		paused = 1
	}
	if n := w.count(t, s, "mailbox where bot_state = 'paused' and bot_reason = 'phone'"); n != paused {
		t.Errorf("mailboxes paused by the phone = %d, want %d", n, paused)
	}
}

func TestAnEchoProvesThatAnUnknownPartWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, send := w.replied(t, "ours")
	w.uncertain(t, s, send)
	if !w.echo(t, s, "v1", " ours\n", false) {
		t.Error("the echo of our own send was not recognised")
	}
	if n := w.count(t, s, "outbox where state = 'sent' and error is null and vendor_id = 'v1' and echoed_at is not null"); n != 1 {
		t.Error("the part is still unknown")
	}
	if n := w.count(t, s, "message where direction = 'out' and state = 'sent' and error is null"); n != 1 {
		t.Error("the message is still unknown")
	}
	w.fromPhone(t, s, 0)
}

func TestAnEchoLeavesAPartOnItsWayToItsOwnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, send := w.replied(t, "ours")
	if !w.echo(t, s, "v1", "ours", false) {
		t.Error("the echo of our own send was not recognised")
	}
	if n := w.count(t, s, "outbox where state = 'sending' and echoed_at is not null"); n != 1 {
		t.Error("the part is no longer on its way")
	}
	w.sent(t, s, send, "a1")
	if n := w.count(t, s, "outbox where state = 'sent' and vendor_id = 'a1'"); n != 1 {
		t.Error("the answer did not count")
	}
}

func TestAnEchoUnderAnotherIDOrNoneIsStillOurs(t *testing.T) {
	t.Parallel()
	for name, vendorID := range map[string]string{"another": "webhook-1", "none": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s, _, send := w.replied(t, "ours")
			w.sent(t, s, send, "api-1")
			if !w.echo(t, s, vendorID, "ours", true) {
				t.Error("a final echo is still open")
			}
			w.fromPhone(t, s, 0)
			// The same words once more are the owner's: the send is claimed.
			if w.echo(t, s, "webhook-2", "ours", false) {
				t.Error("one send claimed two echoes")
			}
			w.echo(t, s, "webhook-2", "ours", true)
			w.fromPhone(t, s, 1)
		})
	}
}

func TestAnEchoDeliveredTwiceClaimsOneSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, send := w.replied(t, "ours")
	w.sent(t, s, send, "api-1")
	for range 2 {
		w.echo(t, s, "webhook-1", "ours", true)
	}
	w.fromPhone(t, s, 0)
	for range 2 {
		w.echo(t, s, "webhook-2", "typed", true)
	}
	w.fromPhone(t, s, 1)
}

func TestAnEchoOfAnOldTextIsTheOwners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, send := w.replied(t, "we open at 9")
	w.sent(t, s, send, "")
	w.exec(t, s, `update outbox set started_at = now() - interval '16 minutes' where company_id = $1`, s.company)
	w.echo(t, s, "v1", "we open at 9", true)
	w.fromPhone(t, s, 1)
}

func TestAnEchoGoesToTheCertainSendBeforeTheUnknownOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, first := w.replied(t, "we open at 9")
	w.uncertain(t, s, first)
	w.receive(t, s, "77", "77:2", "when?")
	w.sent(t, s, w.say(t, "we open at 9"), "api-2")
	w.echo(t, s, "webhook-2", "we open at 9", true)
	if n := w.count(t, s, "outbox where state = 'unknown' and echoed_at is null"); n != 1 {
		t.Error("the echo of one send ended another as sent")
	}
	w.echo(t, s, "webhook-1", "we open at 9", true)
	if n := w.count(t, s, "outbox where state = 'sent'"); n != 2 {
		t.Errorf("sent parts after two echoes = %d, want 2", n)
	}
	w.fromPhone(t, s, 0)
}

func TestAnEchoIntoACompletedConversationLeavesTheBotAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, in, send := w.replied(t, "ours")
	w.sent(t, s, send, "api-1")
	me := inbox.Viewer{User: s.agents[0]}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.Complete(t.Context(), tx, me, in.Conversation, "won") }); err != nil {
		t.Fatal(err)
	}
	if !w.echo(t, s, "v1", "thank you", true) {
		t.Error("a final echo is still open")
	}
	if n := w.count(t, s, "message where author = 'phone' and conversation_id = $1", in.Conversation); n != 1 {
		t.Errorf("messages from the phone = %d, want 1", n)
	}
	if n := w.count(t, s, "mailbox where closed and bot_state = 'on' and paused_until is null and last_seq = (select max(seq) from message)"); n != 1 {
		t.Error("the completed conversation's bot was changed, or its last seq is wrong")
	}
}

func TestReachThatIsLostFailsWhatWaitsAndTellsTheOpenPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	turn := w.claim(t)
	w.settle(t, turn, says(turn, "queued"))
	before := w.count(t, s, "event where kind = 'status'")
	for range 2 {
		w.reach(t, s, "r1", false)
	}
	if n := w.count(t, s, "message where state = 'failed' and error = 'blocked'"); n != 1 {
		t.Errorf("blocked messages = %d, want 1", n)
	}
	if n := w.count(t, s, "event where kind = 'status' and ref = $1", turn.Conversation); n != before+1 {
		t.Errorf("events for the open pages = %d, want %d", n, before+1)
	}
	w.reach(t, s, "r2", true)
	if n := w.count(t, s, "contact_identity where reachable"); n != 1 {
		t.Error("the customer is not reachable again")
	}
}

func (w *world) reach(t *testing.T, s shop, key string, reachable bool) {
	t.Helper()
	r := channel.Reach{EventKey: key, Who: channel.Address{Kind: channel.AddressChat, Value: "77"}, Reachable: reachable}
	if err := w.in(t, s, func(tx *db.Tx) error { return inbox.ApplyReach(t.Context(), tx, s.integration, r) }); err != nil {
		t.Errorf("ApplyReach() = %v", err)
	}
}

// Settle reads the outbox under the mailbox's lock: a part it queues while the
// customer blocks us must not slip through.
func TestReachWaitsForWhoeverWritesToTheThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "77:1", "hi")
	turn := w.claim(t)
	ended := make(chan error, 1)
	err := w.in(t, s, func(tx *db.Tx) error {
		if _, _, err := inbox.Settle(t.Context(), tx, turn, says(turn, "queued")); err != nil {
			return err
		}
		r := channel.Reach{EventKey: "r1", Who: channel.Address{Kind: channel.AddressChat, Value: "77"}}
		go func() {
			ended <- w.db.InCompany(t.Context(), s.company, func(tx *db.Tx) error { return inbox.ApplyReach(t.Context(), tx, s.integration, r) })
		}()
		w.lockWait(t)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatalf("ApplyReach() = %v", err)
	}
	if n := w.count(t, s, "outbox where state = 'queued'"); n != 0 {
		t.Error("a part waits for somebody who blocked us")
	}
}

// lockWait waits until a transaction of this database waits for a lock.
func (w *world) lockWait(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		var waits bool
		err := w.db.Doors().QueryRow(t.Context(), `select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
			where not l.granted and a.datname = current_database())`).Scan(&waits)
		if err != nil {
			t.Fatalf("look for locks: %v", err)
		}
		if waits {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Error("nobody waits for the mailbox")
}

func TestADeliverysAgeIsByTheDatabasesClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 0)
	w.exec(t, s, `insert into delivery (company_id, received_at, id, integration_id, body, state, next_at)
		values ($1, now() - interval '4 seconds', $2, $3, '', 'pending', now())`, s.company, id.New(), s.integration)
	list, err := inbox.ClaimDeliveries(t.Context(), w.db, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("ClaimDeliveries() = %v, %v, want one", list, err)
	}
	var now time.Time
	if err := w.db.For(s.company).QueryRow(t.Context(), `select now()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	if age, limit := list[0].Age, now.Sub(list[0].ReceivedAt); age < 4*time.Second || age > limit {
		t.Errorf("age = %s, want between 4s and %s", age, limit)
	}
}

func TestAnEditReplacesTheTextOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 0)
	w.receive(t, s, "77", "77:1", "helo")
	for _, text := range []string{"hello", "the same edit again"} {
		e := channel.Edit{EventKey: "e1", VendorID: "77:1", Text: text}
		if err := w.in(t, s, func(tx *db.Tx) error { return inbox.ApplyEdit(t.Context(), tx, s.integration, e) }); err != nil {
			t.Fatalf("ApplyEdit() = %v", err)
		}
	}
	if n := w.count(t, s, "message where body = 'hello'"); n != 1 {
		t.Error("the edit was not applied, or applied twice")
	}
}
