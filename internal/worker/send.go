package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/inbox"
)

const (
	sendTime    = 20 * time.Second
	recordTime  = 30 * time.Second
	maxAttempts = 12
	firstRetry  = 2 * time.Second
	lastRetry   = 2 * time.Minute
	refusedWait = 5 * time.Minute
)

var errChannel = fault.New(fault.Invalid, "This channel cannot send yet.")

// Split cuts text to the limit of a channel.
func Split(providers map[channel.Kind]channel.Provider, kind, text string) ([]string, error) {
	p, ok := providers[channel.Kind(kind)]
	if !ok {
		return nil, errChannel
	}
	return p.Split(text), nil
}

func (w *Worker) claimSends(ctx context.Context) (bool, error) {
	free := w.Slots - w.sends.count()
	if free <= 0 {
		return false, nil
	}
	limit := min(free, claimAtOnce)
	var running []id.Company
	for _, s := range w.sends.list() {
		running = append(running, s.Company)
	}
	claimed := time.Now()
	sends, err := inbox.ClaimSends(ctx, w.DB, limit, max(1, w.Slots/2), w.busy(running))
	if err != nil {
		return false, err
	}
	for _, s := range sends {
		w.sends.start(s.Attempt, s, func() {
			w.send(context.WithoutCancel(ctx), s, claimed)
			w.Sends.Ring()
		})
	}
	return len(sends) == limit, nil
}

// send carries one part, which is committed as `sending`, and records what is
// known about it afterwards.
func (w *Worker) send(ctx context.Context, s inbox.Send, claimed time.Time) {
	sent, err := w.carry(ctx, s, claimed)
	ctx, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	for ctx.Err() == nil {
		recorded := w.DB.InCompany(ctx, s.Company, func(tx *db.Tx) error { return record(ctx, tx, s, sent, err) })
		if recorded == nil {
			w.Bell.Ring()
			return
		}
		// The database may be restarting. While this goes on the heartbeat keeps
		// the part; if the node dies it becomes unknown.
		w.Log.WarnContext(ctx, "send not recorded", "message", s.Message, "error", recorded)
		select {
		case <-ctx.Done():
		case <-time.After(failedWait / 4):
		}
	}
}

func (w *Worker) carry(ctx context.Context, s inbox.Send, claimed time.Time) (sent channel.Sent, err error) {
	defer caught(&err)
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	o, err := w.Accounts.Get(ctx, s.Company, s.Integration)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Outcome: channel.NotSent, Code: "no_account", Err: err}
	}
	p, ok := w.Providers[o.Channel]
	if !ok {
		return channel.Sent{}, &channel.SendError{Outcome: channel.Refused, Code: "no_channel", Err: errChannel}
	}
	if time.Since(claimed) >= inbox.SendLease {
		// The process was paused: others have flagged the part and gone on.
		return channel.Sent{}, &channel.SendError{Outcome: channel.NotSent, Code: "unreachable"}
	}
	return p.Send(ctx, o.Account, channel.Part{To: channel.Address{Kind: s.Kind, Value: s.External}, Text: s.Body, Ref: fmt.Sprintf("%s.%d", s.Message, s.Part)})
}

// record writes down what became of an attempt: the one place where a vendor's
// error becomes a state.
func record(ctx context.Context, tx *db.Tx, s inbox.Send, sent channel.Sent, err error) error {
	if err == nil {
		return inbox.Sent(ctx, tx, s, sent.VendorID)
	}
	e, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		return inbox.Uncertain(ctx, tx, s, "no_answer")
	}
	switch e.Outcome {
	case channel.NotSent:
		if s.Attempts >= maxAttempts {
			return inbox.Failed(ctx, tx, s, e.Code)
		}
		wait := max(e.RetryAfter, backoff(s.Attempts))
		if e.Scope == channel.ScopeAccount {
			wait = max(e.RetryAfter, firstRetry) // one part's bad luck must not hold all
		}
		return inbox.Postpone(ctx, tx, s, e.Scope, e.Code, wait)
	case channel.Refused:
		if e.Scope == channel.ScopeAccount && s.Attempts < maxAttempts {
			// A withdrawn token is put right by a person: keep the queue, do not hammer.
			return inbox.Postpone(ctx, tx, s, e.Scope, e.Code, refusedWait)
		}
		return inbox.Failed(ctx, tx, s, e.Code)
	case channel.Unknown:
	}
	return inbox.Uncertain(ctx, tx, s, e.Code)
}

func backoff(attempts int) time.Duration {
	return min(firstRetry<<min(attempts-1, 10), lastRetry)
}
