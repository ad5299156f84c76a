package sim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sembang/internal/sim"
)

const (
	deviceToken = "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
	botToken    = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	apiKey      = "sk-ant-test-0001"
	phone       = "60123456789"
)

// world is a simulator with one device, one bot and one key behind a server.
type world struct {
	*sim.Sim
	url string
}

func newWorld(t *testing.T, change ...func(*sim.Config)) *world {
	t.Helper()
	cfg := sim.Config{Seed: 7, TimeScale: 0.005, ClaudeDelay: sim.NoDelay}
	for _, f := range change {
		f(&cfg)
	}
	s := sim.New(cfg)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	w := &world{s, server.URL}
	w.device(t, sim.Device{ID: "shop", Token: deviceToken, Name: "Shop phone", Phone: "60100000000"})
	if err := s.AddBot(sim.Bot{Token: botToken, Name: "Shop", ChatPerSecond: -1, PerSecond: -1}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddAPIKey(apiKey); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) device(t *testing.T, d sim.Device) {
	t.Helper()
	if err := w.AddDevice(d); err != nil {
		t.Fatal(err)
	}
}

func (w *world) write(t *testing.T, l sim.Letter) sim.Posted {
	t.Helper()
	p, err := w.Write(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answered is what a call returned.
type answered struct {
	status int
	header http.Header
	body   string
}

func (a answered) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("body %q is no JSON: %v", a.body, err)
	}
	return v
}

func (w *world) call(t *testing.T, method, path, contentType, body string, header http.Header) answered {
	t.Helper()
	a, err := w.try(t, method, path, contentType, body, header)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) try(t *testing.T, method, path, contentType, body string, header http.Header) (answered, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answered{resp.StatusCode, resp.Header, string(raw)}, err
}

func (w *world) onsend(t *testing.T, body string) answered {
	t.Helper()
	return w.call(t, http.MethodPost, "/onsend/api/v1/send", "application/json", body, bearer(deviceToken))
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

func (w *world) bot(t *testing.T, method string, args map[string]any) answered {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return w.call(t, http.MethodPost, "/telegram/bot"+botToken+"/"+method, "application/json", string(body), nil)
}

func (w *world) claude(t *testing.T, body string) answered {
	t.Helper()
	return w.call(t, http.MethodPost, "/anthropic/v1/messages", "application/json", body, claudeHeader())
}

func claudeHeader() http.Header {
	return http.Header{"X-Api-Key": {apiKey}, "Anthropic-Version": {"2023-06-01"}}
}

// hook is a webhook that remembers what it got and answers as told.
type hook struct {
	url string
	mu  sync.Mutex
	got []delivered
	// answer returns the status for the nth delivery, counted from 0.
	answer func(n int, w http.ResponseWriter)
}

type delivered struct {
	header http.Header
	body   string
	at     time.Time
}

func newHook(t *testing.T, answer func(n int, w http.ResponseWriter)) *hook {
	t.Helper()
	h := &hook{answer: answer}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	_, _ = body.ReadFrom(r.Body)
	h.mu.Lock()
	n := len(h.got)
	h.got = append(h.got, delivered{r.Header.Clone(), body.String(), time.Now()})
	h.mu.Unlock()
	if h.answer != nil {
		h.answer(n, w)
	}
}

func (h *hook) all() []delivered {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]delivered(nil), h.got...)
}

// wait returns the deliveries once there are n of them.
func (h *hook) wait(t *testing.T, n int) []delivered {
	t.Helper()
	eventually(t, "webhook deliveries", func() bool { return len(h.all()) >= n })
	return h.all()
}

// eventually waits until ok, at most ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited too long for %s", what)
		}
	}
}
