package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"sembang/internal/sim"
)

func TestTelegramWaitsForAWebhook(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	p := w.says(t, "77", "early")
	eventually(t, "the reason", func() bool { return w.Chat(p.ChatRef)[0].Detail == "no webhook is set" })
	if info := result(t, w.bot(t, "getWebhookInfo", nil)); info["pending_update_count"] != 1.0 || info["url"] != "" {
		t.Errorf("getWebhookInfo = %v", info)
	}
	w.hooked(t, h, nil)
	h.wait(t, 1)
}

func TestTelegramDropsPendingUpdates(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.says(t, "77", "early")
	w.hooked(t, h, map[string]any{"drop_pending_updates": true})
	w.says(t, "77", "late")
	if got := h.wait(t, 1); !strings.Contains(got[0].body, "late") {
		t.Errorf("first delivery is %s", got[0].body)
	}
}

func TestTelegramGivesUpdatesToPollers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.says(t, "77", "one")
	w.says(t, "77", "two")
	poll := func(offset int64) string {
		return w.bot(t, "getUpdates", map[string]any{"offset": offset, "limit": 10}).body
	}
	if body := poll(0); !strings.Contains(body, "one") || !strings.Contains(body, "two") {
		t.Errorf("getUpdates = %s", body)
	}
	if body := poll(first.UpdateID + 1); strings.Contains(body, "one") || !strings.Contains(body, "two") {
		t.Errorf("getUpdates after the first = %s", body)
	}
}

func TestTelegramSendsOnlyAllowedUpdates(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.hooked(t, h, map[string]any{"allowed_updates": []string{"message"}})
	p := w.says(t, "77", "hello")
	h.wait(t, 1)
	if err := w.Block(p.ChatRef); err != nil {
		t.Fatal(err)
	}
	w.says(t, "77", "again")
	if got := h.wait(t, 2); !strings.Contains(got[1].body, "again") {
		t.Errorf("second delivery is %s", got[1].body)
	}
}

func TestTelegramReportsBlocks(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.hooked(t, h, nil)
	p := w.says(t, "77", "hello")
	h.wait(t, 1)
	if err := w.Block(p.ChatRef); err != nil {
		t.Fatal(err)
	}
	if body := h.wait(t, 2)[1].body; !strings.Contains(body, `"my_chat_member"`) || !strings.Contains(body, `"status":"kicked"`) {
		t.Errorf("block reported as %s", body)
	}
	refused(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"}), 403, "Forbidden: bot was blocked by the user")
	if err := w.Unblock(p.ChatRef); err != nil {
		t.Fatal(err)
	}
	h.wait(t, 3)
	result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"}))
}

func TestTelegramReportsEditsAndGroups(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.hooked(t, h, nil)
	p := w.says(t, "77", "helo")
	h.wait(t, 1)
	if err := w.Edit(p.ChatRef, p.MessageID, "hello"); err != nil {
		t.Fatal(err)
	}
	if body := h.wait(t, 2)[1].body; !strings.Contains(body, `"edited_message"`) || !strings.Contains(body, `"edit_date"`) {
		t.Errorf("edit reported as %s", body)
	}
	w.write(t, sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: "77", Text: "hi all", Group: "-1009"})
	if body := h.wait(t, 3)[2].body; !strings.Contains(body, `"type":"supergroup"`) || !strings.Contains(body, `"id":-1009`) {
		t.Errorf("group message reported as %s", body)
	}
}

func TestTelegramRepeatsAndSpoilsOnRequest(t *testing.T) {
	t.Parallel()
	w, h := newWorld(t), newHook(t, nil)
	w.hooked(t, h, map[string]any{"secret_token": "right"})
	letter := sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: "77", Text: "x", Copies: 3}
	w.write(t, letter)
	got := h.wait(t, 3)
	if got[0].body != got[1].body || got[1].body != got[2].body {
		t.Errorf("copies differ: %v", got)
	}
	letter.Copies, letter.Secret = 1, "wrong"
	w.write(t, letter)
	letter.Secret = "-"
	w.write(t, letter)
	got = h.wait(t, 5)
	if s := got[3].header.Get("X-Telegram-Bot-Api-Secret-Token"); s != "wrong" {
		t.Errorf("secret = %q, want wrong", s)
	}
	if _, present := got[4].header["X-Telegram-Bot-Api-Secret-Token"]; present {
		t.Error("the secret header was sent")
	}
}

func TestTelegramExecutesReplyInWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := newHook(t, func(_ int, rw http.ResponseWriter) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write([]byte(`{"method":"sendMessage","chat_id":77,"text":"from the webhook"}`))
	})
	w.hooked(t, h, nil)
	p := w.says(t, "77", "hello")
	eventually(t, "the reply", func() bool { return len(w.Chat(p.ChatRef)) == 2 })
	if got := w.Requests(sim.RequestFilter{Method: "sendMessage"}); len(got) != 1 || got[0].HTTPMethod != "WEBHOOK-REPLY" {
		t.Errorf("recorded %+v", got)
	}
}
