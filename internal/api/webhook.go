package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"sembang/internal/channel"
	"sembang/internal/fault"
	"sembang/internal/inbox"
	"sembang/internal/integration"
	"sembang/internal/worker"
)

// maxWebhookBytes is above every vendor's largest call; Meta's is 3 MB.
const maxWebhookBytes = 4 << 20

var (
	errTooLarge  = fault.New(fault.TooLarge, "This delivery is larger than 4 MiB.")
	errUnread    = fault.New(fault.Invalid, "The body could not be read.")
	errSignature = fault.New(fault.Unauthenticated, "The secret or signature of this delivery does not match.")
)

// receiveWebhook accepts a vendor's delivery. It answers 200 only after the
// delivery and its messages are committed; what cannot be read is kept as poison
// and answered 200 as well, or the vendor would hold the whole chat back.
func (s *Server) receiveWebhook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhookBytes))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return errTooLarge
		}
		return errUnread
	}
	o, err := s.Accounts.ByHook(r.Context(), r.PathValue("key"))
	if errors.Is(err, integration.ErrUnknownHook) {
		return err
	}
	if err != nil {
		s.Log.ErrorContext(r.Context(), "webhook not resolved", "error", err)
		return inbox.ErrBusy
	}
	p, ok := s.Providers[o.Channel]
	if !ok || string(o.Channel) != r.PathValue("channel") {
		return integration.ErrUnknownHook
	}
	request := channel.Request{Header: r.Header, ContentType: r.Header.Get("Content-Type"), Body: body, ReceivedAt: time.Now()}
	if err := p.Verify(o.Account, request); err != nil {
		return errSignature
	}
	if _, err := s.Writer.Write(r.Context(), s.deliveryOf(r.Context(), o, p, request)); err != nil {
		return err
	}
	contentType, answer := p.Acknowledge()
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	_, err = w.Write(answer)
	return err
}

// deliveryOf reads a verified call: its messages are threaded at once, its other
// events wait for the accept loop, which finds again what is poison among them.
func (s *Server) deliveryOf(ctx context.Context, o integration.Opened, p channel.Provider, r channel.Request) inbox.Delivery {
	d := inbox.Delivery{
		Company: o.Company, Integration: o.Integration, ContentType: r.ContentType, Headers: kept(r.Header), Body: r.Body, State: inbox.StateDone,
	}
	events, err := worker.Parse(ctx, s.Log, p, o.Account, r)
	if err != nil {
		d.State, d.Reason = inbox.StatePoison, err.Error()
		return d
	}
	waits := false
	for _, e := range events {
		switch e := e.(type) {
		case channel.Inbound:
			d.Messages = append(d.Messages, e)
		case channel.Poison:
			d.State, d.Reason = inbox.StatePoison, e.Reason
		default:
			waits = true
		}
	}
	if waits {
		d.State = inbox.StatePending
	}
	return d
}

// kept is what is stored of a delivery's headers: never a secret.
func kept(h http.Header) json.RawMessage {
	raw, err := json.Marshal(http.Header{"User-Agent": h.Values("User-Agent")})
	if err != nil {
		return nil
	}
	return raw
}
