package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

const lookEvery = 500 * time.Millisecond

// watch looks at the states of parts and mailboxes all through a run: none may go
// back, whatever is killed meanwhile.
type watch struct {
	db         *database
	parts      map[partKey]partState
	boxes      map[uuid.UUID]boxState
	violations []Violation
}

type partKey struct {
	Message uuid.UUID
	Part    int
}

type partState struct {
	Message  uuid.UUID `db:"message_id"`
	Part     int       `db:"part"`
	State    string    `db:"state"`
	Attempts int       `db:"attempts"`
	VendorID string    `db:"vendor_id"`
}

type boxState struct {
	Conversation uuid.UUID `db:"conversation_id"`
	LastSeq      int64     `db:"last_seq"`
	LastIn       int64     `db:"last_in"`
	Processed    int64     `db:"processed"`
}

func newWatch(d *database) *watch {
	return &watch{db: d, parts: map[partKey]partState{}, boxes: map[uuid.UUID]boxState{}}
}

// run looks until ctx ends. While the database is away there is nothing to see.
func (w *watch) run(ctx context.Context) {
	for ctx.Err() == nil {
		pause(ctx, lookEvery)
		if parts, err := rowsOf[partState](ctx, w.db, `select message_id, part, state, attempts, coalesce(vendor_id, '') as vendor_id from outbox`); err == nil {
			w.seeParts(parts)
		}
		if boxes, err := rowsOf[boxState](ctx, w.db, `select conversation_id, last_seq, last_in, processed from mailbox`); err == nil {
			w.seeBoxes(boxes)
		}
	}
}

func (w *watch) seeParts(seen []partState) {
	for _, now := range seen {
		key := partKey{now.Message, now.Part}
		before, known := w.parts[key]
		w.parts[key] = now
		if !known {
			continue
		}
		where := fmt.Sprintf("part %s.%d", now.Message, now.Part)
		switch {
		case !mayFollow(before.State, now.State):
			w.violations = append(w.violations, Violation{Backwards, where, before.State + " became " + now.State})
		case now.Attempts < before.Attempts:
			w.violations = append(w.violations, Violation{Backwards, where, fmt.Sprintf("attempts %d became %d", before.Attempts, now.Attempts)})
		case before.VendorID != "" && before.VendorID != now.VendorID:
			w.violations = append(w.violations, Violation{Backwards, where, fmt.Sprintf("vendor's id %q became %q", before.VendorID, now.VendorID)})
		}
	}
	if len(seen) < len(w.parts) {
		w.violations = append(w.violations, Violation{Backwards, "outbox", fmt.Sprintf("%d parts became %d", len(w.parts), len(seen))})
	}
}

// mayFollow tells whether a part may be seen in one state after another. Only a
// part that certainly was not sent is queued again, and only the late answer to
// its one call ends an unknown.
func mayFollow(before, now string) bool {
	switch before {
	case now, "queued", "sending":
		return true
	case "unknown":
		return now == "sent" || now == "failed"
	}
	return false
}

func (w *watch) seeBoxes(seen []boxState) {
	for _, now := range seen {
		before := w.boxes[now.Conversation]
		w.boxes[now.Conversation] = now
		if now.LastSeq < before.LastSeq || now.LastIn < before.LastIn || now.Processed < before.Processed {
			w.violations = append(w.violations, Violation{
				Backwards, "mailbox " + now.Conversation.String(),
				fmt.Sprintf("last_seq %d→%d, last_in %d→%d, processed %d→%d",
					before.LastSeq, now.LastSeq, before.LastIn, now.LastIn, before.Processed, now.Processed),
			})
		}
	}
	if len(seen) < len(w.boxes) {
		w.violations = append(w.violations, Violation{Backwards, "mailbox", fmt.Sprintf("%d mailboxes became %d", len(w.boxes), len(seen))})
	}
}
