package worker

import (
	"context"
	"fmt"
	"time"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/reply"
)

const (
	turnTime    = 60 * time.Second
	maxBackoff  = 30 * time.Second
	claimAtOnce = 32
	// maxTries is when a turn that fails each time goes to a person.
	maxTries = 5
)

// claimTurns starts the turns that are due and fit the slots. A company that
// fills more than half of them waits while others have work.
func (w *Worker) claimTurns(ctx context.Context) (bool, error) {
	free := w.Slots - w.turns.count()
	if free <= 0 {
		return false, nil
	}
	limit := min(free, claimAtOnce)
	turns, err := inbox.ClaimTurns(ctx, w.DB, limit, max(1, w.Slots/2), w.busy(companiesOf(w.turns.list())))
	if err != nil {
		return false, err
	}
	for _, t := range turns {
		w.turns.start(t.Lease, t, func() {
			// A turn that has begun is finished even while the node stops.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnTime)
			defer cancel()
			w.answer(ctx, t)
			w.Turns.Ring()
		})
	}
	return len(turns) == limit, nil
}

func companiesOf(turns []inbox.Turn) []id.Company {
	list := make([]id.Company, 0, len(turns))
	for _, t := range turns {
		list = append(list, t.Company)
	}
	return list
}

// busy returns the companies that fill half of the slots.
func (w *Worker) busy(running []id.Company) []id.Company {
	count := map[id.Company]int{}
	for _, company := range running {
		count[company]++
	}
	busy := []id.Company{}
	for company, n := range count {
		if n >= max(1, w.Slots/2) {
			busy = append(busy, company)
		}
	}
	return busy
}

// answer plans a reply with no transaction open and commits it under the fence.
func (w *Worker) answer(ctx context.Context, t inbox.Turn) {
	outcome, err := w.settle(ctx, t)
	log := w.Log.With("company", t.Company, "conversation", t.Conversation)
	if err != nil {
		log.ErrorContext(ctx, "turn failed", "error", err)
		w.giveBack(ctx, t)
		return
	}
	log.DebugContext(ctx, "turn ended", "outcome", outcome)
	if outcome == inbox.Settled {
		w.Sends.Ring()
		w.Bell.Ring()
	}
}

func (w *Worker) settle(ctx context.Context, t inbox.Turn) (outcome inbox.Outcome, err error) {
	defer caught(&err)
	plan := reply.GiveUp(t)
	if t.Attempts <= maxTries {
		if plan, err = w.Engine.Plan(ctx, t); err != nil {
			return "", fmt.Errorf("plan reply: %w", err)
		}
	}
	if plan.Answer.Text != "" {
		if plan.Answer.Parts, err = w.split(ctx, t, plan.Answer.Text); err != nil {
			return "", err
		}
	}
	err = w.DB.InCompany(ctx, t.Company, func(tx *db.Tx) error {
		var about id.Message
		outcome, about, err = inbox.Settle(ctx, tx, t, plan.Answer)
		if err != nil || outcome != inbox.Settled || about == (id.Message{}) {
			return err
		}
		return reply.Record(ctx, tx, about, plan)
	})
	return outcome, err
}

// split cuts a text to the limit of the channel the conversation is on.
func (w *Worker) split(ctx context.Context, t inbox.Turn, text string) ([]string, error) {
	v, err := inbox.Get(ctx, w.DB.For(t.Company), t.Company, inbox.Viewer{All: true}, t.Conversation)
	if err != nil {
		return nil, fmt.Errorf("read conversation: %w", err)
	}
	return Split(w.Providers, v.Channel, text)
}

// giveBack lets a failed turn come due again, later each time it fails.
func (w *Worker) giveBack(ctx context.Context, t inbox.Turn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := w.DB.InCompany(ctx, t.Company, func(tx *db.Tx) error { return inbox.Release(ctx, tx, t, failedWait, maxBackoff) })
	if err != nil {
		w.Log.WarnContext(ctx, "turn not given back", "conversation", t.Conversation, "error", err)
	}
}
