package api

import (
	"context"
	"strings"
	"time"

	"sembang/internal/inbox"
)

// Delivery is a webhook call as it came in.
type Delivery struct {
	ID          string    `json:"id" format:"uuid"`
	Integration Named     `json:"integration"`
	Channel     string    `json:"channel" enum:"onsend,telegram,whatsapp"`
	ReceivedAt  time.Time `json:"received_at"`
	State       string    `json:"state" enum:"raw,pending,done,duplicate,poison,late"`
	Reason      *string   `json:"reason" nullable:"true" doc:"Why it could not be read"`
	BodyPreview string    `json:"body_preview" doc:"The first 500 bytes; what is no text is replaced"`
	Size        int       `json:"size" doc:"Bytes"`
}

type listDeliveriesIn struct {
	State  string `query:"state" enum:"raw,pending,done,duplicate,poison,late" default:"poison"`
	Cursor string `query:"cursor" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type deliveriesOut struct {
	Body struct {
		Items      []Delivery `json:"items"`
		NextCursor *string    `json:"next_cursor" nullable:"true"`
	}
}

func (s *Server) listDeliveries(ctx context.Context, in *listDeliveriesIn) (*deliveriesOut, error) {
	c := callerOf(ctx)
	list, next, err := inbox.ListDeliveries(ctx, s.DB.For(c.Company), c.Company, inbox.State(in.State), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &deliveriesOut{}
	out.Body.Items = make([]Delivery, 0, len(list))
	for _, d := range list {
		out.Body.Items = append(out.Body.Items, Delivery{
			ID: d.ID.String(), Integration: Named{d.IntegrationID.String(), d.IntegrationName}, Channel: d.Channel, ReceivedAt: d.ReceivedAt,
			State: string(d.State), Reason: d.Reason, BodyPreview: readable(d.Preview), Size: d.Size,
		})
	}
	if next != "" {
		out.Body.NextCursor = &next
	}
	return out, nil
}

// readable makes text of raw bytes: what is not UTF-8, and NUL, becomes U+FFFD.
func readable(raw []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\x00", "\uFFFD")
}
