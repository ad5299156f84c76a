package reply_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/realtime"
	"sembang/internal/reply"
	"sembang/internal/template"
)

// parrot is a model that says one thing and remembers what it was asked.
type parrot struct {
	says  string
	asked reply.Request
}

func (p *parrot) Answer(_ context.Context, r reply.Request) (reply.Completion, error) {
	p.asked = r
	return reply.Completion{Text: p.says, Model: "parrot"}, nil
}

// burst stores n messages of one customer and returns the turn to answer them.
func burst(t *testing.T, d *db.DB, n int) inbox.Turn {
	t.Helper()
	company, account := id.Company(id.New()), id.Integration(id.New())
	if _, err := d.Platform().Exec(t.Context(), `select add_company($1, 'Shop', '')`, company); err != nil {
		t.Fatalf("add company: %v", err)
	}
	if _, err := d.For(company).Exec(t.Context(), `insert into integration (company_id, id, channel, name, sealed, send_per_minute, send_burst)
		values ($1, $2, 'telegram', 'Bot', '', 60000, 1000)`, company, account); err != nil {
		t.Fatalf("add integration: %v", err)
	}
	w := inbox.NewWriter(d, slog.New(slog.DiscardHandler), realtime.NewSignal(), realtime.NewSignal())
	t.Cleanup(w.Close)
	delivery := inbox.Delivery{Company: company, Integration: account, ContentType: "application/json", Body: []byte(`{}`), State: inbox.StateDone}
	for i := range n {
		delivery.Messages = append(delivery.Messages, channel.Inbound{
			VendorID: fmt.Sprint(i), From: channel.Address{Kind: channel.AddressChat, Value: "7"}, Name: "Ali", Content: "text", Text: fmt.Sprintf("part %d of it", i+1),
		})
	}
	got, err := w.Write(t.Context(), delivery)
	if err != nil {
		t.Fatalf("Write() = %v", err)
	}
	return inbox.Turn{Company: company, Conversation: got[0].Conversation}
}

func TestABurstIsReadFromItsFirstMessage(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, c := range []struct {
		n         int
		processed int64
		omits     bool
	}{{n: 100}, {n: 100, processed: 20}, {n: 300, omits: true}} {
		turn := burst(t, d, c.n)
		turn.Processed = c.processed
		model := &parrot{says: "Which part?"}
		plan, err := reply.NewEngine(d, template.NewCache(d), model, slog.New(slog.DiscardHandler)).Plan(t.Context(), turn)
		if err != nil {
			t.Fatalf("Plan() = %v", err)
		}
		if plan.From != c.processed+1 || plan.Answer.UpTo != int64(c.n) {
			t.Errorf("%+v: the answer is to %d-%d", c, plan.From, plan.Answer.UpTo)
		}
		text := model.asked.Turns[len(model.asked.Turns)-1].Text
		if !strings.Contains(text, fmt.Sprintf("part %d of", c.processed+1)) || !strings.Contains(text, fmt.Sprintf("part %d of", c.n)) {
			t.Errorf("%+v: the model reads %q", c, text)
		}
		if noted := strings.Contains(model.asked.Hints, "more messages"); noted != c.omits {
			t.Errorf("%+v: the model is told of a gap: %v", c, noted)
		}
	}
}

func TestWhatTheModelSaysIsUsableOrGoesToAPerson(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for says, want := range map[string]inbox.Answer{
		"\u200b\u2060":      {HandOver: reply.ReasonRefused},
		"\u3164 \n":         {HandOver: reply.ReasonRefused},
		"Yes\x00 we do":     {Text: "Yes we do"},
		"Yes \xc3 we do":    {Text: "Yes \uFFFD we do"},
		"It is 45 only, ok": {HandOver: reply.ReasonFacts},
	} {
		plan, err := reply.NewEngine(d, template.NewCache(d), &parrot{says: says}, slog.New(slog.DiscardHandler)).Plan(t.Context(), burst(t, d, 1))
		if err != nil {
			t.Fatalf("Plan() = %v", err)
		}
		if plan.Answer.HandOver != want.HandOver || (want.Text != "" && plan.Answer.Text != want.Text) {
			t.Errorf("after %q the answer is %+v", says, plan.Answer)
		}
	}
}
