package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"sembang/internal/fault"
	"sembang/internal/realtime"
)

const (
	streamTime  = 15 * time.Minute // then the browser comes back and is checked anew
	recheckTime = 5 * time.Second
	beatEvery   = 3 // heartbeats come every so many rechecks
	writeTime   = 5 * time.Second
	maxStreams  = 5000
)

var errStreams = fault.New(fault.Unavailable, "Too many open pages at the moment. Try again shortly.")

// stream is one open page.
type stream struct {
	s      *Server
	caller Caller
	w      http.ResponseWriter
	flush  *http.ResponseController
	last   realtime.Cursor
}

// events tells an open page what changed among what its user may see: ids only.
// It goes on after Last-Event-ID, or says resync when it cannot.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	if s.streams.Add(1) > maxStreams {
		s.streams.Add(-1)
		return errStreams
	}
	defer s.streams.Add(-1)
	ctx := r.Context()
	_, v, err := s.viewer(ctx)
	if err != nil {
		return err
	}
	st := &stream{s: s, caller: callerOf(ctx), w: w, flush: http.NewResponseController(w)}
	sees := func(e realtime.Event) bool { return v.Sees(e.Assignee) }
	sub := s.Hub.Subscribe(st.caller.Company, sees)
	defer s.Hub.Unsubscribe(sub)
	now := s.Hub.Now()
	replay, whole, err := s.missed(r, st.caller)
	if err != nil {
		return err
	}
	replay = slices.DeleteFunc(replay, func(e realtime.Event) bool { return !sees(e) })
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	if !st.begin(now, replay, whole) {
		return nil
	}
	st.follow(r, sub)
	return nil
}

func (s *Server) missed(r *http.Request, c Caller) ([]realtime.Event, bool, error) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		return nil, true, nil
	}
	return s.Hub.Replay(r.Context(), c.Company, last)
}

// begin tells what was missed, then where the page stands. That place comes last:
// a page cut off before it asks again from the last event it got.
func (st *stream) begin(now realtime.Cursor, replay []realtime.Event, whole bool) bool {
	if !whole {
		replay = nil
		if !st.write("id: %s\nevent: resync\ndata: {}\n\n", st.s.Hub.Name(now)) {
			return false
		}
	}
	for _, e := range replay {
		if !st.send(e) {
			return false
		}
	}
	if st.last.After(now) {
		now = st.last
	}
	return st.write("retry: 2000\nid: %s\n: hello\n\n", st.s.Hub.Name(now))
}

func (st *stream) follow(r *http.Request, sub *realtime.Subscription) {
	end := time.After(streamTime)
	check := time.NewTicker(recheckTime)
	defer check.Stop()
	for beats := 1; ; {
		select {
		case <-r.Context().Done():
			return
		case <-st.s.stop:
			return
		case <-end:
			return
		case <-sub.C():
			if !st.news(sub) {
				return
			}
		case <-check.C:
			if st.s.Access.Recheck(r.Context(), st.caller) != nil {
				return
			}
			if beats++; beats%beatEvery == 0 && !st.write(": beat\n\n") {
				return
			}
		}
	}
}

// news writes what the subscription has; false ends the stream.
func (st *stream) news(sub *realtime.Subscription) bool {
	events, open := sub.Take()
	for _, e := range events {
		if !st.send(e) {
			return false
		}
	}
	return open
}

// send writes an event the page has not seen; false ends the stream.
func (st *stream) send(e realtime.Event) bool {
	if !e.Cursor().After(st.last) {
		return true
	}
	st.last = e.Cursor()
	data, err := json.Marshal(map[string]string{"id": e.Ref.String(), "kind": e.Kind})
	if err != nil {
		return false
	}
	return st.write("id: %s\nevent: conversation\ndata: %s\n\n", st.s.Hub.Name(e.Cursor()), data)
}

func (st *stream) write(format string, args ...any) bool {
	_ = st.flush.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := fmt.Fprintf(st.w, format, args...); err != nil {
		return false
	}
	return st.flush.Flush() == nil
}
