package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Account is a device or a bot as the phone page shows it.
type Account struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account"`
	Name    string `json:"name"`
	Address string `json:"address"` // phone number or @username
	Status  string `json:"status"`
	Webhook bool   `json:"webhook"` // whether one is set
}

// Accounts returns every device and bot in a steady order.
func (s *Sim) Accounts() []Account {
	all := make([]Account, 0, 8)
	s.onsend.mu.Lock()
	for _, d := range s.onsend.devices {
		all = append(all, Account{OnSend, d.ID, d.Name, d.Phone, d.Status, d.WebhookURL != ""})
	}
	s.onsend.mu.Unlock()
	s.telegram.mu.Lock()
	for _, b := range s.telegram.bots {
		status := "active"
		if b.revoked {
			status = "revoked"
		}
		all = append(all, Account{Telegram, b.account(), b.Name, "@" + b.Username, status, b.hook.url != ""})
	}
	s.telegram.mu.Unlock()
	slices.SortFunc(all, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Account, b.Account))
	})
	return all
}

func (s *Sim) getState(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{
		"accounts": s.Accounts(), "customers": s.cfg.Customers, "inbox_url": s.cfg.InboxURL,
		"seed": strconv.FormatUint(s.ids.seed, 10), "time_scale": s.cfg.TimeScale,
	}, nil)
}

// getChats returns the messages of one chat, or which chats there are.
func (s *Sim) getChats(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ref := ChatRef{q.Get("vendor"), q.Get("account"), q.Get("customer")}
	if ref == (ChatRef{}) {
		reply(w, map[string]any{"chats": s.Chats()}, nil)
		return
	}
	reply(w, map[string]any{"messages": s.Chat(ref)}, nil)
}

// heartbeat is how often a stream without events shows that it lives.
const heartbeat = 15 * time.Second

// streamChats sends the events of every chat. A listener that fell behind is
// cut off and reads the chat anew when it comes back.
func (s *Sim) streamChats(w http.ResponseWriter, r *http.Request) {
	events, leave := s.hub.listen()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	flush := http.NewResponseController(w)
	write := func(text string) bool {
		_, err := fmt.Fprint(w, text)
		return err == nil && flush.Flush() == nil
	}
	if !write("retry: 1000\n\n") {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case e, open := <-events:
			data, err := json.Marshal(e)
			if !open || err != nil || !write("event: "+e.Kind+"\ndata: "+string(data)+"\n\n") {
				return
			}
		case <-beat.C:
			if !write(": alive\n\n") {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
