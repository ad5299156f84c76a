package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/channel"
	"sembang/internal/id"
)

const callIngest = `select ord, outcome, message_id, conversation_id, due_in from ingest(
	$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`

// columns is a batch as the ingest door takes it: deliveries (d), messages (m).
type columns struct {
	dCompany, dIntegration, dID []uuid.UUID
	dType, dState, dReason      []string
	dHeaders                    []json.RawMessage
	dBody                       [][]byte
	dDelay                      []*float64

	mDelivery                                []int32
	mVendorID, mPhone                        []*string
	mKind, mExternal, mName, mContent, mBody []string
	mSentAt                                  []*time.Time
}

// ingest makes the one call. results[i] are the messages of batch[i] in order.
func (w *Writer) ingest(ctx context.Context, batch []*pending) ([][]Threaded, error) {
	var c columns
	for _, p := range batch {
		c.add(p.d)
	}
	n := len(c.mDelivery)
	rows, err := w.db.Doors().Query(ctx, callIngest,
		c.dCompany, c.dIntegration, c.dID, c.dType, c.dHeaders, c.dBody, c.dState, c.dReason, c.dDelay,
		c.mDelivery, c.mVendorID, c.mKind, c.mExternal, c.mName, c.mPhone, c.mContent, c.mBody, c.mSentAt,
		newIDs(n), newIDs(n), newIDs(n))
	if err != nil {
		return nil, fmt.Errorf("call ingest: %w", err)
	}
	results := make([][]Threaded, len(batch))
	flat := make([]Threaded, n)
	var (
		ord          int32
		outcome      string
		message, con uuid.UUID
		due          *time.Duration
		first        time.Duration
		anyDue       bool
	)
	if _, err := pgx.ForEachRow(rows, []any{&ord, &outcome, &message, &con, &due}, func() error {
		flat[ord-1] = Threaded{Message: id.Message(message), Conversation: id.Conversation(con), Duplicate: outcome == "duplicate"}
		if due != nil && (!anyDue || *due < first) {
			first, anyDue = *due, true
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("call ingest: %w", err)
	}
	for i, t := range flat {
		results[c.mDelivery[i]-1] = append(results[c.mDelivery[i]-1], t)
	}
	if n > 0 {
		w.bell.Ring()
	}
	if anyDue && first < soon {
		w.turns.RingAfter(first + time.Millisecond)
	}
	return results, nil
}

func (c *columns) add(d Delivery) {
	c.dCompany = append(c.dCompany, uuid.UUID(d.Company))
	c.dIntegration = append(c.dIntegration, uuid.UUID(d.Integration))
	c.dID = append(c.dID, id.New())
	c.dType = append(c.dType, cut(channel.Clean(d.ContentType), maxNameRunes))
	c.dHeaders = append(c.dHeaders, orEmpty(d.Headers))
	c.dBody = append(c.dBody, d.Body)
	if d.stored {
		d.State = "" // the door adds no row for it
	}
	c.dState = append(c.dState, string(d.State))
	c.dReason = append(c.dReason, channel.Clean(d.Reason))
	c.dDelay = append(c.dDelay, delay(d.State))
	for _, m := range d.Messages {
		c.mDelivery = append(c.mDelivery, int32(len(c.dID)))
		c.mVendorID = append(c.mVendorID, orNull(m.VendorID))
		c.mKind = append(c.mKind, string(m.From.Kind))
		c.mExternal = append(c.mExternal, m.From.Value)
		c.mName = append(c.mName, cut(m.Name, maxNameRunes))
		c.mPhone = append(c.mPhone, orNull(m.Phone))
		c.mContent = append(c.mContent, m.Content)
		c.mBody = append(c.mBody, m.Text)
		c.mSentAt = append(c.mSentAt, orNoTime(m.SentAt))
	}
}

// delay is when the accept loop looks at a delivery; null means never.
func delay(s State) *float64 {
	var d time.Duration
	switch s {
	case StateRaw:
		d = retryRaw
	case StatePending:
		d = 0
	case StateDone, StatePoison:
		return nil
	}
	seconds := d.Seconds()
	return &seconds
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orNoTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
