package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sembang/internal/api"
)

func TestAnAgentTakesOverAnswersAndResumes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	token := w.login(t, s.agent.Email).AccessToken
	path := "/conversations/" + s.conversations[0]
	c := into[api.Conversation](t, w.as(t, token, "GET", path, ""))
	if c.Contact.Name != "Ali" || c.Channel != "telegram" || c.Unread != 1 || c.WaitingSince == nil || c.Bot.State != "on" {
		t.Fatalf("conversation = %+v", c)
	}
	want(t, w.as(t, token, "POST", path+"/read", ""), http.StatusNoContent)
	c = into[api.Conversation](t, w.as(t, token, "POST", path+"/takeover", ""))
	if c.Bot.State != "paused" || c.Bot.PausedUntil == nil || c.Unread != 0 {
		t.Errorf("after the take over: %+v", c.Bot)
	}
	sent := w.as(t, token, "POST", path+"/messages", `{"text":"Hi, Ben here"}`, "Idempotency-Key", "key-00000001")
	want(t, sent, http.StatusCreated)
	m := into[api.Message](t, sent)
	again := into[api.Message](t, w.as(t, token, "POST", path+"/messages", `{"text":"Hi, Ben here"}`, "Idempotency-Key", "key-00000001"))
	if m.State != "queued" || m.Author != "agent" || again.ID != m.ID {
		t.Errorf("sent %+v, again %s", m, again.ID)
	}
	want(t, w.as(t, token, "POST", path+"/messages", `{"text":"Other"}`, "Idempotency-Key", "key-00000001"), http.StatusConflict)
	want(t, w.as(t, token, "POST", path+"/messages", `{"text":"No key"}`), http.StatusUnprocessableEntity)
	want(t, w.as(t, token, "POST", path+"/messages", `{"text":"  "}`, "Idempotency-Key", "key-00000002"), http.StatusUnprocessableEntity)
	c = into[api.Conversation](t, w.as(t, token, "POST", path+"/resume", ""))
	if c.Bot.State != "on" || c.WaitingSince != nil || !strings.Contains(c2text(t, c), "Ben here") {
		t.Errorf("after resuming: %+v", c)
	}
	var kinds []string
	for _, m := range into[struct{ Items []api.Message }](t, w.as(t, token, "GET", path+"/messages", "")).Items {
		kinds = append(kinds, m.Direction)
	}
	if got := strings.Join(kinds, " "); got != "in event out event" {
		t.Errorf("thread = %s", got)
	}
}

// c2text is the preview of a conversation's newest message.
func c2text(t *testing.T, c api.Conversation) string {
	t.Helper()
	text, err := c.LastMessage.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnAgentSeesOnlyWhatIsAssignedToThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	other := w.addUser(t, s.company, "company_user", "other@kek.example")
	mine, theirs := w.login(t, s.agent.Email).AccessToken, w.login(t, other.Email).AccessToken
	path := "/conversations/" + s.conversations[0]
	want(t, w.as(t, mine, "GET", path, ""), http.StatusOK)
	for _, call := range []string{"GET ", "GET /messages", "POST /takeover", "POST /resume", "POST /read", "POST /reopen"} {
		method, sub, _ := strings.Cut(call, " ")
		want(t, w.as(t, theirs, method, path+sub, ""), http.StatusNotFound)
	}
	for _, view := range []string{"mine", "waiting", "unassigned", "all", "resolved"} {
		if n := len(into[struct{ Items []api.Conversation }](t, w.as(t, theirs, "GET", "/conversations?view="+view, "")).Items); n != 0 {
			t.Errorf("a colleague sees %d conversations in %s", n, view)
		}
	}
	if a := w.as(t, theirs, "GET", "/conversations/counts", ""); strings.TrimSpace(a.body) != `{"mine":0,"waiting":0,"unassigned":0,"all":0,"resolved":0}` {
		t.Errorf("a colleague counts %s", a.body)
	}
	moved := into[api.Conversation](t, w.as(t, mine, "POST", path+"/assign", fmt.Sprintf(`{"user_id":%q}`, other.ID)))
	if moved.ID == "" {
		t.Error("the assignment returned nothing")
	}
	want(t, w.as(t, mine, "GET", path, ""), http.StatusNotFound)
	want(t, w.as(t, theirs, "GET", path, ""), http.StatusOK)
	want(t, w.as(t, theirs, "POST", path+"/assign", fmt.Sprintf(`{"user_id":%q}`, w.agent.ID)), http.StatusNotFound)
}

func TestListsArePagedByCursorWithoutGapsOrRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	for chat := range 12 {
		want(t, w.telegram(t, s, 100+chat, 1, "hi"), http.StatusOK)
	}
	token := w.login(t, s.admin.Email).AccessToken
	for _, sort := range []string{"waiting", "recent"} {
		seen := map[string]bool{}
		cursor := ""
		for range 10 {
			page := into[struct {
				Items      []api.Conversation
				NextCursor *string `json:"next_cursor"`
			}](t, w.as(t, token, "GET", "/conversations?view=all&limit=5&sort="+sort+"&cursor="+cursor, ""))
			for _, c := range page.Items {
				if seen[c.ID] {
					t.Errorf("%s: %s comes twice", sort, c.ID)
				}
				seen[c.ID] = true
			}
			if page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
		if len(seen) != 13 {
			t.Errorf("%s: conversations = %d, want 13", sort, len(seen))
		}
	}
	want(t, w.as(t, token, "GET", "/conversations?cursor=nonsense", ""), http.StatusUnprocessableEntity)
	found := into[struct{ Items []api.Conversation }](t, w.as(t, token, "GET", "/conversations?view=all&q=%25", ""))
	if len(found.Items) != 0 {
		t.Errorf("a search for %% finds %d conversations: it is taken for a wildcard", len(found.Items))
	}
}

func TestCompletingAndReopening(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	token := w.login(t, s.agent.Email).AccessToken
	path := "/conversations/" + s.conversations[0]
	c := into[api.Conversation](t, w.as(t, token, "POST", path+"/complete", `{"outcome":"won"}`))
	if c.Status != "resolved" {
		t.Errorf("status = %s, want resolved", c.Status)
	}
	want(t, w.as(t, token, "POST", path+"/complete", `{"outcome":"won"}`), http.StatusConflict)
	want(t, w.as(t, token, "POST", path+"/takeover", ""), http.StatusConflict)
	want(t, w.as(t, token, "POST", path+"/messages", `{"text":"late"}`, "Idempotency-Key", "key-00000009"), http.StatusConflict)
	if c := into[api.Conversation](t, w.as(t, token, "POST", path+"/reopen", "")); c.Status != "open" {
		t.Errorf("status = %s, want open", c.Status)
	}
	want(t, w.as(t, token, "POST", path+"/complete", `{"outcome":"none"}`), http.StatusOK)
	want(t, w.telegram(t, s, 77, 50, "me again"), http.StatusOK)
	want(t, w.as(t, token, "POST", path+"/reopen", ""), http.StatusConflict)
}
