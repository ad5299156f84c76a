package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"sembang/internal/api"
	"sembang/internal/channel"
)

// breaking is a vendor whose reader fails on every body.
type breaking struct{ channel.Provider }

func (breaking) Parse(channel.Account, channel.Request) ([]channel.Event, error) {
	var events []channel.Event
	return events[:1], nil
}

func TestPoisonThatMakesTheReaderPanicIsKeptAndAnswered200(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	config := api.Config{DB: w.db, Access: w.access, Log: slog.New(slog.DiscardHandler), BaseURL: "http://127.0.0.1:8080"}
	w.connect(t, &config, config.Log)
	config.Providers[channel.OnSend] = breaking{config.Providers[channel.OnSend]}
	server, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(server.Handler())
	t.Cleanup(door.Close)
	n := node{url: door.URL}
	want(t, n.call(t, "POST", "/webhooks/onsend/"+s.onsend.Key, `{"message":"boom"}`), http.StatusOK)
	var body, reason string
	err = w.db.For(s.company).QueryRow(t.Context(), `select convert_from(body, 'UTF8'), reason from delivery where state = 'poison'`).Scan(&body, &reason)
	if err != nil || body != `{"message":"boom"}` || reason != "the reader failed on this body" {
		t.Errorf("kept %q because %q, %v", body, reason, err)
	}
}

func TestPoisonBesideAnEchoWaitsForTheAcceptLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	body := `[{"fromMe":true,"from":"60377281234","to":"60123456789","message":"typed"},{"message":"who am I"}]`
	want(t, w.call(t, "POST", "/webhooks/onsend/"+s.onsend.Key, body), http.StatusOK)
	var state, reason string
	err := w.db.For(s.company).QueryRow(t.Context(), `select state, reason from delivery where integration_id = $1`, s.onsend.Integration).Scan(&state, &reason)
	if err != nil || state != "pending" || reason == "" {
		t.Errorf("the delivery is %q because %q, %v, want pending with a reason", state, reason, err)
	}
}
