package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/channel"
	"sembang/internal/id"
	"sembang/internal/integration"
	"sembang/internal/secret"
)

// shop is a company that customers can write to.
type shop struct {
	company       id.Company
	telegram      integration.Added
	onsend        integration.Added
	admin, agent  access.User
	conversations []string
}

// shop adds a company with one admin, one agent, both channels and a conversation.
func (w *world) shop(t *testing.T, name string) shop {
	t.Helper()
	s := shop{company: w.addCompany(t, name)}
	domain := strings.ToLower(strings.ReplaceAll(name, " ", "")) + ".example"
	s.admin = w.addUser(t, s.company, access.CompanyAdmin, "boss@"+domain)
	s.agent = w.addUser(t, s.company, access.CompanyUser, "agent@"+domain)
	s.telegram = w.integrate(t, s.company, channel.Telegram, "1000:"+strings.Repeat("a", 20)+name)
	s.onsend = w.integrate(t, s.company, channel.OnSend, "device token of "+name)
	want(t, w.telegram(t, s, 77, 1, "hello from "+name), http.StatusOK)
	list := into[struct{ Items []api.Conversation }](t, w.get(t, "/api/v1/conversations?view=all", w.login(t, s.admin.Email).AccessToken))
	for _, c := range list.Items {
		s.conversations = append(s.conversations, c.ID)
	}
	if len(s.conversations) != 1 {
		t.Fatalf("conversations of %s = %d, want 1", name, len(s.conversations))
	}
	return s
}

func (w *world) integrate(t *testing.T, company id.Company, kind channel.Kind, token string) integration.Added {
	t.Helper()
	added, err := w.accounts.Add(t.Context(), integration.New{Company: company, Channel: kind, Name: string(kind), Token: secret.New(token)})
	if err != nil {
		t.Fatalf("Add(%s) = %v", kind, err)
	}
	return added
}

// telegram posts an update in the vendor's format.
func (w *world) telegram(t *testing.T, s shop, chat, message int, text string) answer {
	t.Helper()
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1761800000,"from":{"id":%d,"is_bot":false,"first_name":"Ali"},
		"chat":{"id":%d,"type":"private","first_name":"Ali"},"text":%q}}`, chat*1000+message, message, chat, chat, text)
	return w.call(t, "POST", s.hook(), body, "X-Telegram-Bot-Api-Secret-Token", s.telegram.HookSecret.Reveal())
}

func (s shop) hook() string { return "/webhooks/telegram/" + s.telegram.Key }

// as sends a request as somebody who is signed in.
func (w *world) as(t *testing.T, token, method, path, body string, headers ...string) answer {
	t.Helper()
	return w.call(t, method, "/api/v1"+path, body, append([]string{"Authorization", "Bearer " + token}, headers...)...)
}
