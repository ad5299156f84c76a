package inbox_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"sembang/internal/inbox"
)

func TestARepeatedMessageIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	first := w.receive(t, s, "77", "77:1", "hello")
	again := w.receive(t, s, "77", "77:1", "hello")
	if first.Duplicate || !again.Duplicate {
		t.Errorf("duplicate = %v then %v, want false then true", first.Duplicate, again.Duplicate)
	}
	if n := w.count(t, s, "message"); n != 1 {
		t.Errorf("messages = %d, want 1", n)
	}
	if n := w.count(t, s, "delivery where state = 'duplicate'"); n != 1 {
		t.Errorf("duplicate deliveries = %d, want 1", n)
	}
}

func TestMessagesWithoutAVendorIDAreNeverDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	w.receive(t, s, "77", "", "ok")
	w.receive(t, s, "77", "", "ok")
	if n := w.count(t, s, "message"); n != 2 {
		t.Errorf("messages = %d, want 2", n)
	}
}

func TestFiftyMessagesAtOnceFromANewContactMakeOneConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 2)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if _, err := w.writer.Write(t.Context(), s.delivery("77", fmt.Sprintf("77:%d", i), "hi")); err != nil {
				t.Errorf("Write() = %v", err)
			}
		})
	}
	wait.Wait()
	for table, want := range map[string]int{"contact": 1, "conversation": 1, "message": 50, "mailbox where last_in = 50 and last_seq = 50": 1, "conversation where unread = 50 and assignee_id is not null": 1} {
		if n := w.count(t, s, table); n != want {
			t.Errorf("%s = %d, want %d", table, n, want)
		}
	}
}

func TestNewConversationsGoRoundRobinToAgentsWhoAreThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 3)
	w.exec(t, s, `update app_user set availability = 'offline' where company_id = $1 and id = $2`, s.company, s.agents[0])
	for i := range 6 {
		w.receive(t, s, fmt.Sprint(i), fmt.Sprintf("%d:1", i), "hi")
	}
	for i, want := range []int{0, 3, 3} {
		if n := w.count(t, s, "conversation where assignee_id = $1", s.agents[i]); n != want {
			t.Errorf("agent %d has %d conversations, want %d", i, n, want)
		}
	}
	none := w.shop(t, 0)
	w.receive(t, none, "1", "1:1", "hi")
	if n := w.count(t, none, "conversation where assignee_id is null"); n != 1 {
		t.Errorf("unassigned conversations = %d, want 1", n)
	}
}

// Mixed batches of several companies under contention: each message lands once,
// in its own company, in the order its sender saw acknowledged.
func TestBatchesOfManyCompaniesKeepTheirMessagesApartAndInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shops := []shop{w.shop(t, 1), w.shop(t, 2), w.shop(t, 0)}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var wait sync.WaitGroup
	for i, s := range shops {
		for chat := range 8 {
			random := rand.New(rand.NewPCG(seed, uint64(i*100+chat)))
			wait.Go(func() {
				for n := range 15 {
					d := s.delivery(fmt.Sprint(chat), fmt.Sprintf("%d:%d", chat, n), fmt.Sprintf("shop %d chat %d n %02d", i, chat, n))
					for range 1 + random.IntN(2) {
						if _, err := w.writer.Write(t.Context(), d); err != nil {
							t.Errorf("Write() = %v", err)
						}
					}
				}
			})
		}
	}
	wait.Wait()
	for i, s := range shops {
		if n := w.count(t, s, "message where body like $1", fmt.Sprintf("shop %d %%", i)); n != 8*15 {
			t.Errorf("shop %d holds %d of its messages, want %d", i, n, 8*15)
		}
		if n := w.count(t, s, "message"); n != 8*15 {
			t.Errorf("shop %d holds %d messages, want %d", i, n, 8*15)
		}
		if n := w.count(t, s, `(select body > lag(body) over (partition by conversation_id order by seq) as rising from message) m where not rising`); n != 0 {
			t.Errorf("shop %d has %d messages out of order", i, n)
		}
	}
}

func TestAMessageToASuspendedCompanyIsKeptWithoutATurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	if _, err := w.db.Platform().Exec(t.Context(), `select set_company_status($1, 'suspended')`, s.company); err != nil {
		t.Fatal(err)
	}
	w.receive(t, s, "77", "77:1", "hello")
	if n := w.count(t, s, "mailbox where due_at is null"); n != 1 {
		t.Errorf("mailboxes without a turn = %d, want 1", n)
	}
}

func TestPoisonIsKeptAndVisible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	d := inbox.Delivery{Company: s.company, Integration: s.integration, Body: []byte("not json \x00"), State: inbox.StatePoison, Reason: "not JSON"}
	if _, err := w.writer.Write(t.Context(), d); err != nil {
		t.Fatalf("Write() = %v", err)
	}
	if n := w.count(t, s, `delivery where state = 'poison' and reason = 'not JSON' and next_at is null`); n != 1 {
		t.Errorf("poison deliveries = %d, want 1", n)
	}
}

func TestARowTheDatabaseRefusesCostsNotItsNeighbours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, 1)
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			chat := fmt.Sprint(i % 4)
			if i == 20 {
				chat = "" // an address no vendor has: the identity's check refuses it
			}
			if _, err := w.writer.Write(t.Context(), s.delivery(chat, fmt.Sprintf("x:%d", i), "hi")); err != nil {
				t.Errorf("Write() = %v", err)
			}
		})
	}
	wait.Wait()
	if n := w.count(t, s, "message"); n != 39 {
		t.Errorf("messages = %d, want 39", n)
	}
	if n := w.count(t, s, "delivery where state = 'raw' and next_at is not null"); n != 1 {
		t.Errorf("raw deliveries = %d, want 1", n)
	}
}
