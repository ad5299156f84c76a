package worker_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/realtime"
	"sembang/internal/secret"
	"sembang/internal/vault"
	"sembang/internal/worker"
)

const (
	typed    = `{"fromMe":true,"from":"60377281234","to":"60123456789","message":"typed"}`
	noSender = `{"message":"who am I"}`
)

// breaking panics on bodies that say so.
type breaking struct{ *onsend.Provider }

func (p breaking) Parse(a channel.Account, r channel.Request) ([]channel.Event, error) {
	if strings.Contains(string(r.Body), "boom") {
		var events []channel.Event
		return events[:len(r.Body)], nil
	}
	return p.Provider.Parse(a, r)
}

// shop is a company with an OnSend account, a chat a person looks after, and a
// worker that runs.
type shop struct {
	db          *db.DB
	company     id.Company
	integration id.Integration
}

func newShop(t *testing.T) shop {
	t.Helper()
	s := shop{db: dbtest.New(t), company: id.Company(id.New())}
	if _, err := s.db.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, s.company); err != nil {
		t.Fatal(err)
	}
	ring, err := vault.ParseRing(secret.New(strings.Repeat("ab", 32)))
	if err != nil {
		t.Fatal(err)
	}
	accounts := integration.NewAccounts(s.db, vault.New(s.db, ring))
	added, err := accounts.Add(t.Context(), integration.New{Company: s.company, Channel: channel.OnSend, Name: "Phone", Token: secret.New("token")})
	if err != nil {
		t.Fatal(err)
	}
	s.integration = added.Integration
	log := slog.New(slog.DiscardHandler)
	config := worker.Config{
		DB: s.db, Log: log, Accounts: accounts, Turns: realtime.NewSignal(), Sends: realtime.NewSignal(), Bell: realtime.NewSignal(),
		Providers: map[channel.Kind]channel.Provider{channel.OnSend: breaking{onsend.New("http://127.0.0.1:1", http.DefaultClient)}},
	}
	config.Writer = inbox.NewWriter(s.db, log, config.Turns, config.Bell)
	t.Cleanup(config.Writer.Close)
	_, err = config.Writer.Write(t.Context(), inbox.Delivery{
		Company: s.company, Integration: s.integration, Body: []byte(`{}`), State: inbox.StateDone,
		Messages: []channel.Inbound{{VendorID: "1", From: channel.Address{Kind: channel.AddressPhone, Value: "60123456789"}, Content: "text", Text: "hi"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.exec(t, `update mailbox set bot_state = 'handed_over', due_at = null where company_id = $1`, s.company)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); worker.New(config).Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

func (s shop) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := s.db.For(s.company).Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// deliver leaves a delivery of that age for the worker.
func (s shop) deliver(t *testing.T, state inbox.State, age time.Duration, body string) {
	t.Helper()
	s.exec(t, `insert into delivery (company_id, received_at, id, integration_id, content_type, body, state, next_at)
		values ($1, now() - $2::interval, $3, $4, 'application/json', $5, $6, now())`, s.company, age, id.New(), s.integration, []byte(body), state)
}

func (s shop) eventually(t *testing.T, want int, sql string) {
	t.Helper()
	got := -1
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if err := s.db.For(s.company).QueryRow(t.Context(), `select count(*) from `+sql).Scan(&got); err != nil {
			t.Fatalf("count %s: %v", sql, err)
		}
		if got == want {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatalf("%s: %d, want %d", sql, got, want)
}

func TestPoisonBesideAnEchoIsKeptAsPoison(t *testing.T) {
	t.Parallel()
	for _, state := range []inbox.State{inbox.StatePending, inbox.StateRaw} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.deliver(t, state, time.Minute, `[`+typed+`,`+noSender+`]`)
			s.eventually(t, 1, `delivery where state = 'poison' and reason like '%sender%' and next_at is null`)
			s.eventually(t, 1, `message where author = 'phone' and body = 'typed'`)
		})
	}
}

func TestABadBodyThatMakesTheReaderPanicIsPoison(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.deliver(t, inbox.StateRaw, time.Second, `{"message":"boom"}`)
	s.eventually(t, 1, `delivery where state = 'poison' and reason = 'the reader failed on this body' and body like '%boom%'`)
}

func TestAnEchoWaitsOnlyForTheRestOfItsHold(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.deliver(t, inbox.StatePending, 6*time.Second, typed)
	// A lease ends 36 s after the receipt, another full hold 16 s.
	s.eventually(t, 1, `delivery where state = 'pending' and attempts = 1 and next_at - received_at between interval '10 seconds' and interval '13 seconds'`)
	s.eventually(t, 1, `message where author = 'phone'`)
	s.eventually(t, 1, `delivery where state = 'done' and attempts = 2`)
}

func TestAnEchoWithoutIDIsAppliedOnceHoweverOftenItsDeliveryIsTried(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.deliver(t, inbox.StatePending, time.Minute, `[`+typed+`,`+typed+`]`)
	for tries := range 2 {
		s.eventually(t, 1, `delivery where state = 'done' and attempts > 0`)
		s.eventually(t, 2, `message where author = 'phone'`)
		if tries == 0 {
			s.exec(t, `update delivery set state = 'pending', next_at = now() where company_id = $1 and attempts > 0`, s.company)
		}
	}
}
