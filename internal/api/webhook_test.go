package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"sembang/internal/api"
)

func TestAWebhookSentAgainIsAnswered200AndStoredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	token := w.login(t, s.admin.Email).AccessToken
	for range 3 {
		want(t, w.telegram(t, s, 77, 2, "again"), http.StatusOK)
	}
	onsend := `{"message_id":"ABC1","from":"60123456789","name":"Mei","message":"hello","timestamp":1761800000}`
	for range 2 {
		a := w.call(t, "POST", "/webhooks/onsend/"+s.onsend.Key, onsend)
		want(t, a, http.StatusOK)
		if a.body != `{"success":true}` {
			t.Errorf("OnSend reads %q, want success", a.body)
		}
	}
	list := into[struct{ Items []api.Conversation }](t, w.get(t, "/api/v1/conversations?view=all", token))
	messages := 0
	for _, c := range list.Items {
		messages += len(into[struct{ Items []api.Message }](t, w.get(t, "/api/v1/conversations/"+c.ID+"/messages", token)).Items)
	}
	if len(list.Items) != 2 || messages != 3 {
		t.Errorf("conversations, messages = %d, %d, want 2, 3", len(list.Items), messages)
	}
}

func TestFiftyUpdatesAtOnceFromANewContactMakeOneConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if a := w.telegram(t, s, 88, i+1, "hi"); a.StatusCode != http.StatusOK {
				t.Errorf("update %d = %d", i, a.StatusCode)
			}
		})
	}
	wait.Wait()
	var contacts, conversations, messages int
	err := w.db.For(s.company).QueryRow(t.Context(), `select
		(select count(*) from contact_identity where external_id = '88'), (select count(*) from conversation where external_id = '88'),
		(select count(*) from message m join conversation v on v.company_id = m.company_id and v.id = m.conversation_id where v.external_id = '88')`).
		Scan(&contacts, &conversations, &messages)
	if err != nil || contacts != 1 || conversations != 1 || messages != 50 {
		t.Errorf("contacts, conversations, messages = %d, %d, %d, %v, want 1, 1, 50", contacts, conversations, messages, err)
	}
}

func TestBadDeliveriesAreRefusedOrKeptAsPoison(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	right := []string{"X-Telegram-Bot-Api-Secret-Token", s.telegram.HookSecret.Reveal()}
	for name, c := range map[string]struct {
		path, body string
		headers    []string
		status     int
	}{
		"an unknown key":              {"/webhooks/telegram/" + strings.Repeat("x", 43), `{}`, right, http.StatusNotFound},
		"a key of another channel":    {"/webhooks/telegram/" + s.onsend.Key, `{}`, right, http.StatusNotFound},
		"an unknown channel":          {"/webhooks/pigeon/" + s.telegram.Key, `{}`, right, http.StatusNotFound},
		"no secret":                   {s.hook(), `{}`, nil, http.StatusUnauthorized},
		"a wrong secret":              {s.hook(), `{}`, []string{right[0], "guess"}, http.StatusUnauthorized},
		"5 MB":                        {s.hook(), strings.Repeat("x", 5<<20), right, http.StatusRequestEntityTooLarge},
		"no JSON":                     {s.hook(), "hello", right, http.StatusOK},
		"a NUL in the bytes":          {s.hook(), "{\"update_id\":1,\x00}", right, http.StatusOK},
		"nothing":                     {s.hook(), "", right, http.StatusOK},
		"broken UTF-8":                {s.hook(), "{\"update_id\":1,\"message\":\xff\xfe}", right, http.StatusOK},
		"a number beyond all":         {s.hook(), `{"update_id":1e999999}`, right, http.StatusOK},
		"a deep nest":                 {s.hook(), strings.Repeat("[", 200_000), right, http.StatusOK},
		"an escaped NUL is a message": {s.hook(), `{"update_id":5,"message":{"message_id":9,"date":1,"from":{"id":99},"chat":{"id":99,"type":"private"},"text":"a\u0000b"}}`, right, http.StatusOK},
	} {
		if a := w.call(t, "POST", c.path, c.body, c.headers...); a.StatusCode != c.status {
			t.Errorf("%s = %d %s, want %d", name, a.StatusCode, a.body, c.status)
		}
	}
	want(t, w.telegram(t, s, 77, 3, "still alive"), http.StatusOK)
	page := into[struct{ Items []api.Delivery }](t, w.get(t, "/api/v1/deliveries?state=poison", w.login(t, s.admin.Email).AccessToken))
	if len(page.Items) < 5 {
		t.Fatalf("poison deliveries = %d, want at least 5", len(page.Items))
	}
	for _, d := range page.Items {
		if d.Reason == nil || *d.Reason == "" || strings.Contains(d.BodyPreview, "\x00") {
			t.Errorf("poison %+v has no reason, or a NUL in its preview", d)
		}
	}
	seen := map[string]bool{}
	for cursor := ""; ; {
		page := into[struct {
			Items      []api.Delivery
			NextCursor *string `json:"next_cursor"`
		}](t, w.get(t, "/api/v1/deliveries?state=poison&limit=2&cursor="+url.QueryEscape(cursor), w.login(t, s.admin.Email).AccessToken))
		for _, d := range page.Items {
			seen[d.ID] = true
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if len(seen) != len(page.Items) {
		t.Errorf("page by page there are %d poison deliveries, at once %d", len(seen), len(page.Items))
	}
	var stored string
	err := w.db.For(s.company).QueryRow(t.Context(), `select body from message m join conversation v on v.company_id = m.company_id and v.id = m.conversation_id where v.external_id = '99'`).Scan(&stored)
	if err != nil || stored != "a\uFFFDb" {
		t.Errorf("the escaped NUL was stored as %q, %v", stored, err)
	}
}

func TestADatabaseThatIsAwayAsksTheVendorToComeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	w.db.Close()
	if a := w.telegram(t, s, 77, 4, "hello"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("webhook without a database = %d, want 503", a.StatusCode)
	}
}

// Every candidate form of OnSend's undocumented webhook ends in the inbox.
func TestOnSendsCandidateFormsAreAllRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.shop(t, "Kek")
	forms := []string{
		`{"message_id":"F1","from":"60111111111","name":"Mei","message":"flat","timestamp":1761800000}`,
		`{"event":"message","sessionId":"s","timestamp":1700000000,"data":{"id":"F2","from":"60122222222@c.us","body":"event","type":"chat","hasMedia":false}}`,
		`{"key":{"remoteJid":"60133333333@s.whatsapp.net","fromMe":false,"id":"F3"},"message":{"conversation":"baileys"},"pushName":"Raj","messageTimestamp":1761800000}`,
	}
	for i, body := range forms {
		want(t, w.call(t, "POST", "/webhooks/onsend/"+s.onsend.Key, body), http.StatusOK)
		phone := fmt.Sprintf("601%d", (i+1)*11111111)
		var n int
		err := w.db.For(s.company).QueryRow(t.Context(), `select count(*) from conversation where external_id = $1`, phone).Scan(&n)
		if err != nil || n != 1 {
			t.Errorf("conversations with %s = %d, %v, want 1", phone, n, err)
		}
	}
}
