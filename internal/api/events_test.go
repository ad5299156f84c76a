package api_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listen opens the stream of events and returns its lines.
func (w *world) listen(t *testing.T, token, last string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", w.url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultTransport.RoundTrip(r) //nolint:bodyclose // the goroutine below closes it
	if err != nil {
		t.Fatalf("open stream: %v", err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("stream = %d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer response.Body.Close()
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

// next returns the first line with the prefix, within a bound.
func next(t *testing.T, lines <-chan string, prefix string) string {
	t.Helper()
	timeout := time.After(15 * time.Second)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the stream ended before %q", prefix)
			}
			if strings.HasPrefix(line, prefix) {
				return line
			}
		case <-timeout:
			t.Fatalf("no %q in 15 s", prefix)
		}
	}
}

func TestAnOpenPageHearsOfItsConversationsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, other := w.shop(t, "Kek"), w.shop(t, "Other")
	idle := w.addUser(t, s.company, "company_user", "idle@kek.example")
	mine := w.listen(t, w.login(t, s.agent.Email).AccessToken, "")
	theirs := w.listen(t, w.login(t, idle.Email).AccessToken, "")
	next(t, mine, ": hello")
	next(t, theirs, ": hello")
	want(t, w.telegram(t, other, 77, 2, "not for Kek"), http.StatusOK)
	want(t, w.telegram(t, s, 77, 2, "for the agent"), http.StatusOK)
	if data := next(t, mine, "data: "); !strings.Contains(data, s.conversations[0]) || !strings.Contains(data, `"kind":"message"`) {
		t.Errorf("the agent hears %s", data)
	}
	assigned := `{"user_id":"` + idle.ID.String() + `"}`
	want(t, w.as(t, w.login(t, s.admin.Email).AccessToken, "POST", "/conversations/"+s.conversations[0]+"/assign", assigned), http.StatusOK)
	if data := next(t, theirs, "data: "); !strings.Contains(data, `"kind":"changed"`) {
		t.Errorf("the first thing the colleague hears is %s, want the assignment", data)
	}
	if data := next(t, mine, "data: "); !strings.Contains(data, `"kind":"changed"`) {
		t.Errorf("whoever lost the conversation hears %s", data)
	}
}

func TestAPageThatComesBackMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	token := w.login(t, s.agent.Email).AccessToken
	last := strings.TrimPrefix(next(t, w.listen(t, token, ""), "id: "), "id: ")
	want(t, w.telegram(t, s, 77, 2, "while away"), http.StatusOK)
	if data := next(t, w.listen(t, token, last), "data: "); !strings.Contains(data, s.conversations[0]) {
		t.Errorf("after coming back the page hears %s", data)
	}
	if line := next(t, w.listen(t, token, "1.2.3"), "event: "); line != "event: resync" {
		t.Errorf("with a foreign cursor the page hears %s, want resync", line)
	}
}

// Cut off anywhere, a page asks again from the last id it read.
func TestAPageCutOffDuringAReplayMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	token := w.login(t, s.agent.Email).AccessToken
	last := strings.TrimPrefix(next(t, w.listen(t, token, ""), "id: "), "id: ")
	for i := range 3 {
		want(t, w.telegram(t, s, 77, 2+i, "while away"), http.StatusOK)
	}
	w.settle(t, s)
	first, missed := replayed(t, w.listen(t, token, last))
	if missed < 3 {
		t.Fatalf("a page that missed three events hears %d before hello", missed)
	}
	for last = first; missed > 0; last = first {
		missed--
		var told int
		first, told = replayed(t, w.listen(t, token, last))
		if told != missed {
			t.Errorf("a page that missed %d events hears %d before hello", missed, told)
		}
	}
}

// settle waits until no open transaction holds the shop's events back.
func (w *world) settle(t *testing.T, s shop) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(10 * time.Millisecond) {
		var held int
		err := w.db.For(s.company).QueryRow(t.Context(), `select count(*) from event where xid >= pg_snapshot_xmin(pg_current_snapshot())`).Scan(&held)
		if err != nil {
			t.Fatalf("count events: %v", err)
		}
		if held == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d events are held back for 20 s", held)
		}
	}
}

// replayed returns the first id of a stream and how many events come before hello.
func replayed(t *testing.T, lines <-chan string) (first string, told int) {
	t.Helper()
	for {
		switch line := next(t, lines, ""); {
		case strings.HasPrefix(line, "id: ") && first == "":
			first = strings.TrimPrefix(line, "id: ")
		case line == "event: conversation":
			told++
		case line == ": hello":
			return first, told
		}
	}
}

func TestAStreamEndsSoonAfterItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	lines := w.listen(t, w.login(t, s.agent.Email).AccessToken, "")
	next(t, lines, ": hello")
	if err := w.access.Deactivate(t.Context(), s.company, s.agent.ID); err != nil {
		t.Fatalf("Deactivate() = %v", err)
	}
	timeout := time.After(15 * time.Second)
	for {
		select {
		case _, open := <-lines:
			if !open {
				return
			}
		case <-timeout:
			t.Fatal("the stream is still open 15 s after its session ended")
		}
	}
}
