package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/realtime"
)

type world struct {
	db  *db.DB
	hub *realtime.Hub
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: dbtest.New(t)}
	hub, err := realtime.NewHub(t.Context(), w.db, realtime.NewSignal(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("NewHub() = %v", err)
	}
	w.hub = hub
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); hub.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

func (w *world) company(t *testing.T) id.Company {
	t.Helper()
	c := id.Company(id.New())
	if _, err := w.db.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// happen commits one event after a transaction of the given length.
func (w *world) happen(t *testing.T, c id.Company, ref uuid.UUID, length time.Duration) {
	t.Helper()
	err := w.db.InCompany(t.Context(), c, func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `insert into event (company_id, kind, ref) values ($1, 'message', $2)`, c, ref); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `select pg_sleep($1)`, length.Seconds())
		return err
	})
	if err != nil {
		t.Errorf("add event: %v", err)
	}
}

// Transactions that commit out of order are what a cursor on a sequence loses.
func TestEventsThatCommitOutOfOrderAllArriveOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.company(t), w.company(t)
	s := w.hub.Subscribe(c, all)
	defer w.hub.Unsubscribe(s)
	const n = 60
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			for k := range n / 6 {
				w.happen(t, c, uuid.New(), time.Duration((i*7+k*3)%20)*time.Millisecond)
				w.happen(t, other, uuid.New(), 0)
			}
		})
	}
	seen := map[uuid.UUID]bool{}
	for len(seen) < n {
		for _, e := range hear(t, s) {
			if e.Company != c {
				t.Fatal("an event of another company arrived")
			}
			if seen[e.Ref] {
				t.Errorf("event %s arrived twice", e.Ref)
			}
			seen[e.Ref] = true
		}
	}
	wait.Wait()
}

func TestAReplayGoesOnWhereTheSubscriberStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.company(t), w.company(t)
	from := w.hub.Name(w.hub.Now())
	want := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	for _, ref := range want {
		w.happen(t, c, ref, 0)
		w.happen(t, other, uuid.New(), 0)
	}
	w.settle(t)
	events, whole, err := w.hub.Replay(t.Context(), c, from)
	if err != nil || !whole || len(events) != 3 {
		t.Fatalf("Replay() = %v, %v, %v, want three events", events, whole, err)
	}
	events, _, err = w.hub.Replay(t.Context(), c, w.hub.Name(events[0].Cursor()))
	if err != nil || len(events) != 2 || events[0].Ref != want[1] {
		t.Errorf("Replay() after the first = %v, %v, want the other two", events, err)
	}
	for _, foreign := range []string{"", "x", "1.2.3", "1.2.3.4", from[:strings.LastIndex(from, ".")], "99." + fmt.Sprint(uint64(1)<<62) + ".1." + fmt.Sprint(time.Now().Unix())} {
		if _, whole, err := w.hub.Replay(t.Context(), c, foreign); whole || err != nil {
			t.Errorf("Replay(%q) = %v, %v, want to read anew", foreign, whole, err)
		}
	}
}

func TestAReplayFromBeforeWhatIsKeptIsNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t)
	from := w.hub.Now()
	w.happen(t, c, uuid.New(), 0)
	w.settle(t)
	for age, want := range map[time.Duration]bool{0: true, 19 * time.Hour: true, 21 * time.Hour: false, 100 * 24 * time.Hour: false} {
		from.At = time.Now().Add(-age)
		events, whole, err := w.hub.Replay(t.Context(), c, w.hub.Name(from))
		if err != nil || whole != want || (len(events) == 1) != want {
			t.Errorf("Replay() from %v ago = %d events, %v, %v, want whole = %v", age, len(events), whole, err, want)
		}
	}
}

func TestASubscriberThatNeverReadsIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t)
	s := w.hub.Subscribe(c, all)
	w.burst(t, c, 1100, 1100)
	w.settle(t)
	got, open := drain(s)
	if got != 1000 || open {
		t.Errorf("events before the cut = %d, open = %v, want 1000 and the end", got, open)
	}
}

func TestABurstCutsNoSubscriberThatReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t)
	unread := w.hub.Subscribe(c, all)
	blind := w.hub.Subscribe(c, func(realtime.Event) bool { return false })
	defer w.hub.Unsubscribe(unread)
	defer w.hub.Unsubscribe(blind)
	w.burst(t, c, 500, 500)
	w.settle(t)
	if got, open := drain(unread); got != 500 || !open {
		t.Errorf("after one burst %d events, open = %v, want all 500 and more to come", got, open)
	}
	w.burst(t, c, 3000, 3)
	w.settle(t)
	if got, open := drain(unread); got != 3 || !open {
		t.Errorf("after a burst of three conversations %d events, open = %v, want one each", got, open)
	}
	if got, open := drain(blind); got != 0 || !open {
		t.Errorf("who wants none has %d events, open = %v", got, open)
	}
}

func TestWhatHappensAfterASubscriberTookAnEventIsToldAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, ref := w.company(t), uuid.New()
	s := w.hub.Subscribe(c, all)
	defer w.hub.Unsubscribe(s)
	for range 2 {
		w.happen(t, c, ref, 0)
		if events := hear(t, s); len(events) != 1 || events[0].Ref != ref {
			t.Fatalf("heard %v, want the conversation", events)
		}
	}
}

func all(realtime.Event) bool { return true }

// burst commits n events about so many conversations at once.
func (w *world) burst(t *testing.T, c id.Company, n, conversations int) {
	t.Helper()
	refs := make([]uuid.UUID, conversations)
	for i := range refs {
		refs[i] = uuid.New()
	}
	_, err := w.db.For(c).Exec(t.Context(), `
		insert into event (company_id, kind, ref) select $1, 'message', ($2::uuid[])[1 + i % $3] from generate_series(1, $4::int) i`, c, refs, conversations, n)
	if err != nil {
		t.Fatalf("add events: %v", err)
	}
}

// settle waits until the hub has read what was committed.
func (w *world) settle(t *testing.T) {
	t.Helper()
	c := w.company(t)
	s := w.hub.Subscribe(c, all)
	defer w.hub.Unsubscribe(s)
	w.happen(t, c, uuid.New(), 0)
	hear(t, s)
}

// hear returns the next events of a subscription that goes on.
func hear(t *testing.T, s *realtime.Subscription) []realtime.Event {
	t.Helper()
	for timeout := time.After(20 * time.Second); ; {
		select {
		case <-s.C():
			events, open := s.Take()
			if !open {
				t.Fatal("the subscription was cut")
			}
			if len(events) > 0 {
				return events
			}
		case <-timeout:
			t.Fatal("nothing heard in 20 s")
		}
	}
}

// drain counts what waits in a subscription.
func drain(s *realtime.Subscription) (int, bool) {
	for n := 0; ; {
		events, open := s.Take()
		n += len(events)
		if len(events) == 0 || !open {
			return n, open
		}
	}
}
