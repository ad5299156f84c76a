package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/inbox"
)

const (
	deliveriesAtOnce = 20
	maxThreadTries   = 10
)

// claimDeliveries deals with what the front door left: deliveries whose batch
// failed are threaded again, events that are no messages are applied.
func (w *Worker) claimDeliveries(ctx context.Context) (bool, error) {
	list, err := inbox.ClaimDeliveries(ctx, w.DB, deliveriesAtOnce)
	if err != nil {
		return false, err
	}
	for _, l := range list {
		if err := w.finish(ctx, l); err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "delivery not finished", "company", l.Company, "delivery", l.ID, "attempts", l.Attempts, "error", err)
			if l.Attempts >= maxThreadTries {
				err = inbox.FinishDelivery(ctx, w.DB.For(l.Company), l, inbox.StatePoison, "could not be stored after several tries")
			} else {
				err = inbox.PostponeDelivery(ctx, w.DB.For(l.Company), l, backoff(l.Attempts))
			}
			if err != nil {
				return false, err
			}
		}
	}
	return len(list) == deliveriesAtOnce, nil
}

var errReader = errors.New("the reader failed on this body")

// finish ends as poison what holds something that cannot be read, whatever else
// was in it.
func (w *Worker) finish(ctx context.Context, l inbox.Leftover) error {
	o, err := w.Accounts.Get(ctx, l.Company, l.Integration)
	if err != nil {
		return fmt.Errorf("open account: %w", err)
	}
	events, err := w.parse(ctx, o.Account, l)
	if err != nil {
		return inbox.FinishDelivery(ctx, w.DB.For(l.Company), l, inbox.StatePoison, err.Error())
	}
	if l.State == inbox.StateRaw {
		if err := w.thread(ctx, l, events); err != nil {
			return err
		}
	}
	done, state, reason := true, inbox.StateDone, ""
	for n, e := range events {
		if p, ok := e.(channel.Poison); ok {
			state, reason = inbox.StatePoison, p.Reason
		}
		ended, err := w.apply(ctx, l, named(e, l, n))
		if err != nil {
			return err
		}
		done = done && ended
	}
	w.Bell.Ring()
	if !done {
		return inbox.PostponeDelivery(ctx, w.DB.For(l.Company), l, inbox.EchoHold-l.Age)
	}
	return inbox.FinishDelivery(ctx, w.DB.For(l.Company), l, state, reason)
}

// named gives an echo without id one of its own: when a sibling fails, all events
// of the delivery are applied again.
func named(e channel.Event, l inbox.Leftover, n int) channel.Event {
	if echo, ok := e.(channel.Echo); ok && echo.VendorID == "" {
		echo.VendorID = fmt.Sprintf("delivery:%s.%d", l.ID, n)
		return echo
	}
	return e
}

func (w *Worker) parse(ctx context.Context, account channel.Account, l inbox.Leftover) ([]channel.Event, error) {
	p, ok := w.Providers[channel.Kind(l.Channel)]
	if !ok {
		return nil, errChannel
	}
	var header http.Header
	if err := json.Unmarshal(l.Headers, &header); err != nil {
		return nil, fmt.Errorf("read headers: %w", err)
	}
	return Parse(ctx, w.Log, p, account, channel.Request{Header: header, ContentType: l.ContentType, Body: l.Body, ReceivedAt: l.ReceivedAt})
}

// Parse reads a verified call. A body that makes the provider panic is one that
// cannot be read, not the end of the program.
func Parse(ctx context.Context, log *slog.Logger, p channel.Provider, account channel.Account, r channel.Request) (events []channel.Event, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			log.ErrorContext(ctx, "parse panicked", "panic", cause, "stack", string(debug.Stack()))
			events, err = nil, errReader
		}
	}()
	return p.Parse(account, r)
}

// thread stores the messages of a raw delivery one by one: one that the database
// refuses must not hold the others.
func (w *Worker) thread(ctx context.Context, l inbox.Leftover, events []channel.Event) error {
	var failed error
	for _, e := range events {
		m, ok := e.(channel.Inbound)
		if !ok {
			continue
		}
		d := inbox.Delivery{Company: l.Company, Integration: l.Integration, Messages: []channel.Inbound{m}}
		if err := w.Writer.Thread(ctx, d); err != nil {
			failed = err
		}
	}
	return failed
}

func (w *Worker) apply(ctx context.Context, l inbox.Leftover, e channel.Event) (done bool, err error) {
	done = true
	err = w.DB.InCompany(ctx, l.Company, func(tx *db.Tx) error {
		switch e := e.(type) {
		case channel.Echo:
			done, err = inbox.ApplyEcho(ctx, tx, l.Integration, e, l.Age >= inbox.EchoHold)
			return err
		case channel.Edit:
			return inbox.ApplyEdit(ctx, tx, l.Integration, e)
		case channel.Reach:
			return inbox.ApplyReach(ctx, tx, l.Integration, e)
		}
		return nil
	})
	return done, err
}
