package sim

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// maxControlBytes bounds the body of a control call.
const maxControlBytes = 1 << 20

func (s *Sim) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sim/state", s.getState)
	mux.HandleFunc("POST /_sim/onsend/devices", control(func(d Device) (any, error) { return done(s.AddDevice(d)) }))
	mux.HandleFunc("PATCH /_sim/onsend/devices/{id}", s.patchDevice)
	mux.HandleFunc("POST /_sim/onsend/replay", control(s.postReplay))
	mux.HandleFunc("POST /_sim/telegram/bots", control(func(b Bot) (any, error) { return done(s.AddBot(b)) }))
	mux.HandleFunc("POST /_sim/telegram/revoke", control(func(r ChatRef) (any, error) { return done(s.RevokeBot(r.Account)) }))
	mux.HandleFunc("POST /_sim/telegram/chats", control(s.postTelegramChat))
	mux.HandleFunc("POST /_sim/anthropic/keys", control(s.postKey))

	mux.HandleFunc("POST /_sim/customers/write", control(func(l Letter) (any, error) { return value(s.Write(l)) }))
	mux.HandleFunc("POST /_sim/customers/echo", control(func(l Letter) (any, error) { return value(s.Echo(l)) }))
	mux.HandleFunc("POST /_sim/customers/block", control(func(r ChatRef) (any, error) { return done(s.Block(r)) }))
	mux.HandleFunc("POST /_sim/customers/unblock", control(func(r ChatRef) (any, error) { return done(s.Unblock(r)) }))
	mux.HandleFunc("POST /_sim/customers/press", control(s.postPress))
	mux.HandleFunc("POST /_sim/customers/edit", control(s.postEdit))

	mux.HandleFunc("GET /_sim/chats", s.getChats)
	mux.HandleFunc("GET /_sim/chats/stream", s.streamChats)
	mux.HandleFunc("GET /_sim/requests", s.getRequests)
	mux.HandleFunc("DELETE /_sim/requests", clearing(s.ClearRequests))
	mux.HandleFunc("GET /_sim/faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Faults(), nil) })
	mux.HandleFunc("POST /_sim/faults", control(s.postFault))
	mux.HandleFunc("DELETE /_sim/faults", clearing(s.ClearFaults))
	mux.HandleFunc("GET /_sim/scripts", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Scripts(), nil) })
	mux.HandleFunc("POST /_sim/scripts", control(s.postScript))
	mux.HandleFunc("DELETE /_sim/scripts", clearing(s.ClearScripts))
}

// created names a thing that a control call made.
type created struct {
	ID string `json:"id"`
}

type okay struct {
	OK bool `json:"ok"`
}

func done(err error) (any, error) { return okay{true}, err }

func value[T any](v T, err error) (any, error) { return v, err }

// control decodes a JSON body for f and answers with what it returns.
func control[T any](f func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBytes))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			reply(w, nil, errors.Join(ErrInvalid, err))
			return
		}
		v, err := f(body)
		reply(w, v, err)
	}
}

func clearing(f func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		f()
		reply(w, okay{true}, nil)
	}
}

// reply is where an error of a control method becomes an HTTP status.
func reply(w http.ResponseWriter, v any, err error) {
	status := http.StatusOK
	switch {
	case errors.Is(err, ErrInvalid):
		status = http.StatusBadRequest
	case errors.Is(err, ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, ErrFull):
		status = http.StatusInsufficientStorage
	case err != nil:
		status = http.StatusInternalServerError
	}
	if err != nil {
		v = map[string]string{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Sim) patchDevice(w http.ResponseWriter, r *http.Request) {
	d, err := s.Device(r.PathValue("id"))
	if err != nil {
		reply(w, nil, err)
		return
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBytes)).Decode(&d); err != nil {
		reply(w, nil, errors.Join(ErrInvalid, err))
		return
	}
	d.ID = r.PathValue("id")
	reply(w, d, s.AddDevice(d))
}

func (s *Sim) postReplay(body struct {
	Account string `json:"account"`
	N       int    `json:"n"`
},
) (any, error) {
	n, err := s.Replay(body.Account, body.N)
	return map[string]int{"sent": n}, err
}

func (s *Sim) postTelegramChat(body struct {
	Account    string `json:"account"`
	Customer   string `json:"customer"`
	State      string `json:"state"`
	MigratedTo int64  `json:"migrated_to"`
},
) (any, error) {
	return done(s.SetChat(body.Account, body.Customer, body.State, body.MigratedTo))
}

func (s *Sim) postKey(body struct {
	Key string `json:"key"`
},
) (any, error) {
	return done(s.AddAPIKey(body.Key))
}

func (s *Sim) postPress(body struct {
	ChatRef
	MessageID string `json:"message_id"`
	Data      string `json:"data"`
},
) (any, error) {
	id, err := s.Press(body.ChatRef, body.MessageID, body.Data)
	return created{id}, err
}

func (s *Sim) postEdit(body struct {
	ChatRef
	MessageID string `json:"message_id"`
	Text      string `json:"text"`
},
) (any, error) {
	return done(s.Edit(body.ChatRef, body.MessageID, body.Text))
}

func (s *Sim) postFault(f Fault) (any, error) {
	id, err := s.AddFault(f)
	return created{id}, err
}

func (s *Sim) postScript(sc Script) (any, error) {
	id, err := s.AddScript(sc)
	return created{id}, err
}

func (s *Sim) getRequests(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := RequestFilter{
		Vendor: q.Get("vendor"), Account: q.Get("account"), Method: q.Get("method"), Recipient: q.Get("recipient"),
	}
	f.Status, _ = strconv.Atoi(q.Get("status"))
	f.Limit, _ = strconv.Atoi(q.Get("limit"))
	f.After, _ = strconv.ParseUint(q.Get("after"), 10, 64)
	reply(w, s.Requests(f), nil)
}
