package realtime

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cursor is the place of an event in the order events are read: a sequence alone
// would pass over transactions that commit late. At is when that place was the
// present; it tells a cursor whose events are gone, and does not order.
type Cursor struct {
	XID uint64
	ID  int64
	At  time.Time
}

// After tells whether c stands behind o.
func (c Cursor) After(o Cursor) bool { return c.XID > o.XID || (c.XID == o.XID && c.ID > o.ID) }

var errCursor = errors.New("not a cursor of this database")

// Name writes a cursor as an SSE id: epoch.xid.id.seconds. The epoch is the
// database cluster's, since transaction ids start again after a restore.
func (h *Hub) Name(c Cursor) string {
	return fmt.Sprintf("%s.%d.%d.%d", h.epoch, c.XID, c.ID, c.At.Unix())
}

// Now is the place up to which everything was read.
func (h *Hub) Now() Cursor {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

func (h *Hub) parse(text string) (Cursor, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 4 || parts[0] != h.epoch {
		return Cursor{}, errCursor
	}
	xid, err := strconv.ParseUint(parts[1], 10, 63)
	if err != nil {
		return Cursor{}, errCursor
	}
	n, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || n < 0 {
		return Cursor{}, errCursor
	}
	at, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return Cursor{}, errCursor
	}
	return Cursor{xid, n, time.Unix(at, 0)}, nil
}
