package inbox_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/realtime"
)

// world is a database with companies to write to.
type world struct {
	db     *db.DB
	writer *inbox.Writer
	turns  *realtime.Signal
}

// shop is one company with one Telegram integration.
type shop struct {
	company     id.Company
	integration id.Integration
	agents      []id.User
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: dbtest.New(t), turns: realtime.NewSignal()}
	w.writer = inbox.NewWriter(w.db, slog.New(slog.DiscardHandler), w.turns, realtime.NewSignal())
	t.Cleanup(w.writer.Close)
	return w
}

func (w *world) shop(t *testing.T, agents int) shop {
	t.Helper()
	s := shop{company: id.Company(id.New()), integration: id.Integration(id.New())}
	if _, err := w.db.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, s.company); err != nil {
		t.Fatalf("add company: %v", err)
	}
	for i := range agents {
		u := id.User(id.New())
		w.exec(t, s, `insert into app_user (company_id, id, name, role) values ($1, $2, $3, 'company_user')`, s.company, u, fmt.Sprintf("Agent %d", i))
		s.agents = append(s.agents, u)
	}
	w.exec(t, s, `insert into integration (company_id, id, channel, name, sealed, send_per_minute, send_burst)
		values ($1, $2, 'telegram', 'Bot', '', 60000, 1000)`, s.company, s.integration)
	return s
}

func (w *world) exec(t *testing.T, s shop, sql string, args ...any) {
	t.Helper()
	if _, err := w.db.For(s.company).Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) count(t *testing.T, s shop, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := w.db.For(s.company).QueryRow(t.Context(), `select count(*) from `+sql, args...).Scan(&n); err != nil {
		t.Fatalf("count %s: %v", sql, err)
	}
	return n
}

// receive delivers one message and returns where it went.
func (w *world) receive(t *testing.T, s shop, chat, vendorID, text string) inbox.Threaded {
	t.Helper()
	got, err := w.writer.Write(t.Context(), s.delivery(chat, vendorID, text))
	if err != nil {
		t.Fatalf("Write() = %v", err)
	}
	return got[0]
}

func (s shop) delivery(chat, vendorID, text string) inbox.Delivery {
	return inbox.Delivery{
		Company: s.company, Integration: s.integration, ContentType: "application/json", Body: []byte(`{}`), State: inbox.StateDone,
		Messages: []channel.Inbound{{
			VendorID: vendorID, From: channel.Address{Kind: channel.AddressChat, Value: chat}, Name: "Ali", Content: "text", Text: text,
		}},
	}
}

// claim waits until the conversation's turn is due and leases it.
func (w *world) claim(t *testing.T) inbox.Turn {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		turns, err := inbox.ClaimTurns(t.Context(), w.db, 1, 1, nil)
		if err != nil {
			t.Fatalf("ClaimTurns() = %v", err)
		}
		if len(turns) == 1 {
			return turns[0]
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("no turn became due in 10 s")
	return inbox.Turn{}
}
