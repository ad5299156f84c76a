package app_test

import (
	"fmt"
	"strings"
	"testing"

	"sembang/internal/app"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

func TestATemplateAnswersInTheCustomersLanguageOnBothChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addTemplate(t, hours())
	w.says(t, ali, "What are your opening hours?")
	if got := w.heard(t, ali, 1); got != "Hi Ali, we open 9 to 6." {
		t.Errorf("answer = %q", got)
	}
	w.says(t, ali, "Pukul berapa buka?")
	if got := w.heard(t, ali, 2); got != "Hai Ali, kami buka 9 hingga 6." {
		t.Errorf("answer = %q", got)
	}
	w.says(t, mei, "你们几点营业？")
	if got := w.heard(t, mei, 1); got != "您好，营业时间是九点到六点。" {
		t.Errorf("answer = %q", got)
	}
	w.eventually(t, 3, "reply where source = 'template' and template_id is not null and score > 0.9 and from_seq = to_seq")
	w.eventually(t, 3, "message where direction = 'out' and state = 'sent'")
}

func TestClaudeAnswersTheRestAndSaysItIsSimulated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.says(t, ali, "do you bake unicorn shapes for birthdays")
	got := w.heard(t, ali, 1)
	if !strings.HasPrefix(got, "[Simulated Claude]") || !strings.Contains(got, "unicorn") {
		t.Errorf("answer = %q", got)
	}
	w.eventually(t, 1, "reply where source = 'claude' and model = 'claude-haiku-5-5-simulated' and input_tokens > 0 and prompt_hash is not null and cost_micro_usd = 0")
}

func TestABurstGetsOneReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for i := range 5 {
		w.says(t, ali, fmt.Sprintf("part %d of my question", i))
	}
	got := w.heard(t, ali, 1)
	if !strings.Contains(got, "part 4") && !strings.Contains(got, "part 0") {
		t.Errorf("answer = %q", got)
	}
	w.eventually(t, 1, "mailbox where processed = 5 and due_at is null")
	w.eventually(t, 1, "reply where from_seq = 1 and to_seq = 5")
}

func TestWhatTheBotMayNotAnswerGoesToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	cases := []struct{ text, reason, says string }{
		{"I want to talk to a human please", "asked", "colleague"},
		{"nak cakap dengan orang sebenar boleh", "asked", "rakan sekerja"},
		{"我要找真人客服", "asked", "同事"},
	}
	for i, c := range cases {
		who := sim.ChatRef{Vendor: sim.Telegram, Account: "7000000001", Customer: fmt.Sprint(100 + i)}
		w.says(t, who, c.text)
		if got := w.heard(t, who, 1); !strings.Contains(got, c.says) {
			t.Errorf("%q is answered %q", c.text, got)
		}
	}
	w.eventually(t, 3, "mailbox where bot_state = 'handed_over' and bot_reason = 'asked' and due_at is null")
	w.eventually(t, 3, "conversation where waiting_since is not null")
}

func TestAnInventedFigureNeverReachesTheCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for i, lie := range []string{"It costs RM 12.50.", "You get 30% off today.", "Order at cheap-cakes.com.my now.", "只要 88 令吉。"} {
		if _, err := w.sim.AddScript(sim.Script{Contains: fmt.Sprintf("question %d", i), Text: lie}); err != nil {
			t.Fatal(err)
		}
		who := sim.ChatRef{Vendor: sim.Telegram, Account: "7000000001", Customer: fmt.Sprint(100 + i)}
		w.says(t, who, fmt.Sprintf("my question %d about the cake", i))
		if got := w.heard(t, who, 1); strings.Contains(got, lie) {
			t.Errorf("the customer was told %q", got)
		}
	}
	w.eventually(t, 4, "mailbox where bot_reason = 'unproven_figure'")
}

func TestWithoutAModelWhatNoTemplateAnswersGoesToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *app.Config) { c.ClaudeKey = secret.String{} })
	w.says(t, ali, "do you bake unicorn shapes")
	if got := w.heard(t, ali, 1); !strings.Contains(got, "colleague") {
		t.Errorf("answer = %q", got)
	}
	w.eventually(t, 1, "mailbox where bot_reason = 'no_answer'")
}

func TestAModelThatIsDownHandsOverAndOneThatStumblesAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if _, err := w.sim.AddFault(sim.Fault{Vendor: sim.Anthropic, HTTPStatus: 529, NTimes: 1}); err != nil {
		t.Fatal(err)
	}
	w.says(t, ali, "do you bake unicorn shapes")
	if got := w.heard(t, ali, 1); !strings.Contains(got, "unicorn") {
		t.Errorf("after one 529 the answer = %q", got)
	}
	if _, err := w.sim.AddFault(sim.Fault{Vendor: sim.Anthropic, HTTPStatus: 401}); err != nil {
		t.Fatal(err)
	}
	w.says(t, mei, "do you bake dragon shapes")
	if got := w.heard(t, mei, 1); !strings.Contains(got, "colleague") {
		t.Errorf("with a refused key the answer = %q", got)
	}
	w.eventually(t, 1, "mailbox where bot_reason = 'model_down'")
}

func TestEachKindOfVendorFailureEndsAsItShould(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addTemplate(t, hours())
	for i, c := range []struct {
		fault  sim.Fault
		state  string
		phones int // how many bubbles the customer sees
	}{
		{sim.Fault{HTTPStatus: 429, RetryAfter: 1, NTimes: 1}, "sent", 1},
		{sim.Fault{DropAfterProcess: true, NTimes: 1}, "unknown", 1},
		{sim.Fault{HTTPStatus: 500, NTimes: 1}, "unknown", 0},
		{sim.Fault{HTMLBody: true, NTimes: 1}, "unknown", 0},
		{sim.Fault{HTTPStatus: 403, NTimes: 1}, "failed", 0},
	} {
		who := sim.ChatRef{Vendor: sim.Telegram, Account: "7000000001", Customer: fmt.Sprint(200 + i)}
		c.fault.Vendor, c.fault.Method, c.fault.Recipient = sim.Telegram, "sendMessage", who.Customer
		if _, err := w.sim.AddFault(c.fault); err != nil {
			t.Fatal(err)
		}
		w.says(t, who, "What are your opening hours?")
		w.eventually(t, 1, `message m join conversation v on v.company_id = m.company_id and v.id = m.conversation_id
			where v.external_id = $1 and m.direction = 'out' and m.state = $2`, who.Customer, c.state)
		if got := len(w.answers(who)); got != c.phones {
			t.Errorf("%+v: the customer sees %d answers, want %d", c.fault, got, c.phones)
		}
	}
}

func TestAPersonsMessageIsDeliveredAndTheBotStaysSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addTemplate(t, hours())
	w.says(t, ali, "What are your opening hours?")
	w.heard(t, ali, 1)
	err := w.DB.InCompany(t.Context(), w.company, func(tx *db.Tx) error {
		var c id.Conversation
		if err := tx.QueryRow(t.Context(), `select id from conversation`).Scan(&c); err != nil {
			return err
		}
		_, err := inbox.Post(t.Context(), tx, inbox.Viewer{User: w.agent.ID}, c, inbox.Draft{Key: "k", Text: "Ben here", Parts: []string{"Ben here"}})
		return err
	})
	if err != nil {
		t.Fatalf("Post() = %v", err)
	}
	if got := w.heard(t, ali, 2); got != "Ben here" {
		t.Errorf("the customer reads %q", got)
	}
	w.says(t, ali, "When do you open?")
	w.eventually(t, 1, "conversation where unread = 1")
	w.eventually(t, 1, "mailbox where bot_state = 'paused' and due_at > now() + interval '20 minutes'")
	if n := len(w.answers(ali)); n != 2 {
		t.Errorf("answers = %d, want 2: a person is there", n)
	}
}

func TestAnOwnersMessageOnThePhonePausesTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addTemplate(t, hours())
	w.says(t, mei, "What are your opening hours?")
	w.heard(t, mei, 1)
	if _, err := w.sim.Echo(sim.Letter{Vendor: mei.Vendor, Account: mei.Account, Customer: mei.Customer, Text: "It's me, the owner"}); err != nil {
		t.Fatalf("Echo() = %v", err)
	}
	w.eventually(t, 1, "delivery where state = 'pending'")
	w.eventually(t, 1, "message where author = 'phone' and body like '%owner'")
	w.eventually(t, 1, "mailbox where bot_state = 'paused'")
}

func TestAMessageOf9000CharactersIsSentInOrderedParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	long := strings.Repeat("A sentence of the long answer. ", 300)
	if _, err := w.sim.AddScript(sim.Script{Contains: "long", Text: long}); err != nil {
		t.Fatal(err)
	}
	w.says(t, ali, "tell me something long")
	w.heard(t, ali, 3)
	if got := strings.Join(w.answers(ali), " "); strings.Join(strings.Fields(got), " ") != strings.TrimSpace(long) {
		t.Error("the parts do not make up the answer")
	}
}

func TestANodeThatStopsFinishesItsTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	delay := 700
	if _, err := w.sim.AddScript(sim.Script{Contains: "slow", Text: "late but there", DelayMS: &delay}); err != nil {
		t.Fatal(err)
	}
	w.says(t, ali, "slow please")
	w.eventually(t, 1, "mailbox where lease_until > now()")
	w.stop(t)
	again := newNode(t, w)
	defer again.stop(t)
	if got := w.heard(t, ali, 1); got != "late but there" {
		t.Errorf("answer = %q", got)
	}
	if calls := w.sim.Requests(sim.RequestFilter{Vendor: sim.Anthropic}); len(calls) != 1 {
		t.Errorf("Claude was asked %d times, want once: the stopped node finished", len(calls))
	}
}

func TestATurnThatFailsEachTimeGoesToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addTemplate(t, hours())
	w.says(t, ali, "What are your opening hours?")
	w.heard(t, ali, 1)
	change := func(set string) {
		if _, err := w.DB.For(w.company).Exec(t.Context(), `update mailbox set `+set+` where company_id = $1`, w.company); err != nil {
			t.Fatal(err)
		}
	}
	change(`bot_state = 'paused', paused_until = null`)
	w.says(t, ali, "When do you open?")
	w.eventually(t, 1, "mailbox where last_in > processed")
	change(`bot_state = 'on', attempts = 5, due_at = now()`)
	w.eventually(t, 1, "mailbox where bot_state = 'handed_over' and bot_reason = 'failed'")
	w.eventually(t, 1, "conversation where waiting_since is not null")
	if n := len(w.answers(ali)); n != 1 {
		t.Errorf("answers = %d, want 1: the turn was given up", n)
	}
}
