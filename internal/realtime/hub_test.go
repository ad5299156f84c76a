package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
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
	s := w.hub.Subscribe(c)
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
		select {
		case e, open := <-s.C:
			if !open {
				t.Fatal("the subscription was cut")
			}
			if e.Company != c {
				t.Fatal("an event of another company arrived")
			}
			if seen[e.Ref] {
				t.Errorf("event %s arrived twice", e.Ref)
			}
			seen[e.Ref] = true
		case <-time.After(20 * time.Second):
			t.Fatalf("%d of %d events arrived", len(seen), n)
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
	events, whole, err := w.hub.Replay(t.Context(), c, from)
	if err != nil || !whole || len(events) != 3 {
		t.Fatalf("Replay() = %v, %v, %v, want three events", events, whole, err)
	}
	events, _, err = w.hub.Replay(t.Context(), c, w.hub.Name(events[0].Cursor()))
	if err != nil || len(events) != 2 || events[0].Ref != want[1] {
		t.Errorf("Replay() after the first = %v, %v, want the other two", events, err)
	}
	for _, foreign := range []string{"", "x", "1.2.3", "99." + fmt.Sprint(uint64(1)<<62) + ".1"} {
		if _, whole, err := w.hub.Replay(t.Context(), c, foreign); whole || err != nil {
			t.Errorf("Replay(%q) = %v, %v, want to read anew", foreign, whole, err)
		}
	}
}

func TestASubscriberThatNeverReadsIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.company(t)
	s := w.hub.Subscribe(c)
	from := w.hub.Name(w.hub.Now())
	for range 70 {
		w.happen(t, c, uuid.New(), 0)
	}
	events, _, err := w.hub.Replay(t.Context(), c, from)
	if err != nil || len(events) != 70 {
		t.Fatalf("Replay() = %d events, %v, want 70", len(events), err)
	}
	last := events[len(events)-1].Cursor()
	for deadline := time.Now().Add(20 * time.Second); last.After(w.hub.Now()); {
		if time.Now().After(deadline) {
			t.Fatal("the hub did not read the last event")
		}
		<-time.After(10 * time.Millisecond)
	}
	got := 0
	for range s.C {
		got++
	}
	if got != 64 {
		t.Errorf("events before the cut = %d, want 64", got)
	}
}
