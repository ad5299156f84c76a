package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

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

func (w *Worker) finish(ctx context.Context, l inbox.Leftover) error {
	o, err := w.Accounts.Get(ctx, l.Company, l.Integration)
	if err != nil {
		return fmt.Errorf("open account: %w", err)
	}
	events, err := w.parse(o.Account, l)
	if err != nil {
		return inbox.FinishDelivery(ctx, w.DB.For(l.Company), l, inbox.StatePoison, err.Error())
	}
	if l.State == inbox.StateRaw {
		if err := w.thread(ctx, l, events); err != nil {
			return err
		}
	}
	done := true
	final := time.Since(l.ReceivedAt) >= inbox.EchoHold
	for _, e := range events {
		ended, err := w.apply(ctx, l, e, final)
		if err != nil {
			return err
		}
		done = done && ended
	}
	if !done {
		return inbox.PostponeDelivery(ctx, w.DB.For(l.Company), l, inbox.EchoHold)
	}
	w.Bell.Ring()
	return inbox.FinishDelivery(ctx, w.DB.For(l.Company), l, inbox.StateDone, "")
}

func (w *Worker) parse(account channel.Account, l inbox.Leftover) ([]channel.Event, error) {
	p, ok := w.Providers[channel.Kind(l.Channel)]
	if !ok {
		return nil, errChannel
	}
	var header http.Header
	if err := json.Unmarshal(l.Headers, &header); err != nil {
		return nil, fmt.Errorf("read headers: %w", err)
	}
	return p.Parse(account, channel.Request{Header: header, ContentType: l.ContentType, Body: l.Body, ReceivedAt: l.ReceivedAt})
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

func (w *Worker) apply(ctx context.Context, l inbox.Leftover, e channel.Event, final bool) (done bool, err error) {
	done = true
	err = w.DB.InCompany(ctx, l.Company, func(tx *db.Tx) error {
		switch e := e.(type) {
		case channel.Echo:
			done, err = inbox.ApplyEcho(ctx, tx, l.Integration, e, final)
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
