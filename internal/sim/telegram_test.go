package sim_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"sembang/internal/sim"
)

const customerID = "77"

// started is a world in which customer 77 has written to the bot.
func started(t *testing.T, change ...func(*sim.Config)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.write(t, sim.Letter{Vendor: sim.Telegram, Account: "123456", Customer: customerID, Name: "Ali B", Text: "/start"})
	return w
}

// refused checks a call's error text word by word.
func refused(t *testing.T, a answered, status int, description string) {
	t.Helper()
	got := a.json(t)
	code, _ := got["error_code"].(float64)
	if a.status != status || int(code) != status || got["ok"] != false || got["description"] != description {
		t.Errorf("answered %d %s, want %d %q", a.status, a.body, status, description)
	}
}

func result(t *testing.T, a answered) map[string]any {
	t.Helper()
	got := a.json(t)
	if a.status != 200 || got["ok"] != true {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	r, _ := got["result"].(map[string]any)
	return r
}

func TestTelegramChecksToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(path string) answered { return w.call(t, http.MethodGet, path, "", "", nil) }
	refused(t, get("/telegram/bot999:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe"), 401, "Unauthorized")
	refused(t, get("/telegram/bot123456:BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe"), 401, "Unauthorized")
	refused(t, get("/telegram/botnonsense/getMe"), 404, "Not Found")
	refused(t, get("/telegram/bot"+botToken+"/getNothing"), 404, "Not Found: method not found")
	if me := result(t, get("/telegram/bot"+botToken+"/GETME")); me["id"] != 123456.0 || me["is_bot"] != true {
		t.Errorf("getMe = %v", me)
	}
	if err := w.RevokeBot("123456"); err != nil {
		t.Fatal(err)
	}
	refused(t, get("/telegram/bot"+botToken+"/getMe"), 401, "Unauthorized")
}

func TestTelegramTakesEveryEncoding(t *testing.T) {
	t.Parallel()
	w := started(t)
	path := "/telegram/bot" + botToken + "/sendMessage"
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	_ = m.WriteField("chat_id", customerID)
	_ = m.WriteField("text", "hi there")
	_ = m.Close()
	for name, a := range map[string]answered{
		"query":      w.call(t, http.MethodGet, path+"?chat_id=77&text=hi+there", "", "", nil),
		"urlencoded": w.call(t, http.MethodPost, path, "application/x-www-form-urlencoded", "chat_id=77&text=hi+there", nil),
		"json":       w.call(t, http.MethodPost, path, "application/json", `{"chat_id":77,"text":"hi there"}`, nil),
		"multipart":  w.call(t, http.MethodPost, path, m.FormDataContentType(), form.String(), nil),
	} {
		if got := result(t, a); got["text"] != "hi there" {
			t.Errorf("%s: sendMessage = %v", name, got)
		}
	}
	empty := w.call(t, http.MethodPost, "/telegram/bot"+botToken+"/getMe", "multipart/form-data; boundary=x", "--x--\r\n", nil)
	result(t, empty)
	bare := w.call(t, http.MethodPost, "/telegram/bot"+botToken+"/getMe", "multipart/form-data; boundary=x", "", nil)
	result(t, bare)
}

func TestTelegramNumbersMessagesOfAChat(t *testing.T) {
	t.Parallel()
	w := started(t)
	var last float64
	for range 3 {
		id, _ := result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"}))["message_id"].(float64)
		if id <= last {
			t.Errorf("message_id %v after %v", id, last)
		}
		last = id
	}
}

func TestTelegramCountsUTF16Units(t *testing.T) {
	t.Parallel()
	w := started(t)
	emoji := "\U0001F600"
	cases := map[string]struct {
		text string
		fits bool
	}{
		"2048 emoji":              {strings.Repeat(emoji, 2048), true},
		"4096 emoji":              {strings.Repeat(emoji, 4096), false},
		"4095 letters, one emoji": {strings.Repeat("a", 4095) + emoji, false},
		"4096 Han":                {strings.Repeat("蛋", 4096), true},
		"4097 letters":            {strings.Repeat("a", 4097), false},
		"families of 11 units":    {strings.Repeat("👨\u200d👩\u200d👧\u200d👦", 372), true},
		"one family too many":     {strings.Repeat("👨\u200d👩\u200d👧\u200d👦", 373), false},
		"flags of 4 units":        {strings.Repeat("🇲🇾", 1024), true},
		"one flag too many":       {strings.Repeat("🇲🇾", 1025), false},
		"thumbs with skin tone":   {strings.Repeat("👍🏽", 1025), false},
		"combining accents":       {strings.Repeat("e\u0301", 2048), true},
	}
	for name, c := range cases {
		a := w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": c.text})
		if c.fits {
			result(t, a)
		} else {
			refused(t, a, 400, "Bad Request: message is too long")
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	bold := "<b>" + strings.Repeat("a", 4096) + "</b>"
	result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": bold, "parse_mode": "HTML"}))
}

func TestTelegramRefusesWhatItCannotSend(t *testing.T) {
	t.Parallel()
	w := started(t)
	send := func(args map[string]any) answered { return w.bot(t, "sendMessage", args) }
	result(t, send(map[string]any{"chat_id": 79, "text": "to a chat of before a restart"}))
	refused(t, send(map[string]any{"chat_id": -78, "text": "x"}), 400, "Bad Request: chat not found")
	if err := w.AddBot(sim.Bot{Token: botToken, StrictChats: true}); err != nil {
		t.Fatal(err)
	}
	refused(t, send(map[string]any{"chat_id": 78, "text": "x"}), 400, "Bad Request: chat not found")
	refused(t, send(map[string]any{"text": "x"}), 400, "Bad Request: chat_id is empty")
	refused(t, send(map[string]any{"chat_id": 77}), 400, "Bad Request: message text is empty")
	refused(t, send(map[string]any{"chat_id": 77, "text": " \n "}), 400, "Bad Request: message text is empty")
	refused(t, send(map[string]any{"chat_id": 77, "text": "x", "reply_parameters": map[string]any{"message_id": 999}}), 400,
		"Bad Request: message to be replied not found")
	result(t, send(map[string]any{"chat_id": 77, "text": "x", "reply_parameters": map[string]any{
		"message_id": 999, "allow_sending_without_reply": true,
	}}))
	long := map[string]any{"inline_keyboard": [][]any{{map[string]any{"text": "A", "callback_data": strings.Repeat("x", 65)}}}}
	refused(t, send(map[string]any{"chat_id": 77, "text": "x", "reply_markup": long}), 400, "Bad Request: BUTTON_DATA_INVALID")
	refused(t, w.bot(t, "sendChatAction", map[string]any{"chat_id": 77, "action": "sleeping"}), 400,
		"Bad Request: wrong parameter action in request")
}

func TestTelegramChatStatesRefuse(t *testing.T) {
	t.Parallel()
	w := started(t)
	set := func(id, state string, to int64) {
		t.Helper()
		if err := w.SetChat("123456", id, state, to); err != nil {
			t.Fatal(err)
		}
	}
	send := func(id int) answered { return w.bot(t, "sendMessage", map[string]any{"chat_id": id, "text": "x"}) }
	set(customerID, sim.ChatBlocked, 0)
	refused(t, send(77), 403, "Forbidden: bot was blocked by the user")
	set(customerID, sim.ChatDeactivated, 0)
	refused(t, send(77), 403, "Forbidden: user is deactivated")
	set(customerID, sim.ChatNotStarted, 0)
	refused(t, send(77), 403, "Forbidden: bot can't initiate conversation with a user")
	set("-5", sim.ChatKicked, 0)
	refused(t, send(-5), 403, "Forbidden: bot was kicked from the group chat")
	set("-1005", sim.ChatKicked, 0)
	refused(t, send(-1005), 403, "Forbidden: bot was kicked from the supergroup chat")
	set("-6", "", -1001234567890)
	a := send(-6)
	refused(t, a, 400, "Bad Request: group chat was upgraded to a supergroup chat")
	if !strings.Contains(a.body, `"parameters":{"migrate_to_chat_id":-1001234567890}`) {
		t.Errorf("answered %s", a.body)
	}
}

func TestTelegramLimitsSends(t *testing.T) {
	t.Parallel()
	w := started(t, func(c *sim.Config) { c.TimeScale = 1 })
	limited := func(b sim.Bot, sends int) {
		t.Helper()
		b.Token = botToken
		if err := w.AddBot(b); err != nil {
			t.Fatal(err)
		}
		for range sends {
			result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"}))
		}
		a := w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "x"})
		got := a.json(t)
		after, _ := strconv.Atoi(a.header.Get("Retry-After"))
		refused(t, a, 429, "Too Many Requests: retry after "+strconv.Itoa(after))
		parameters, _ := got["parameters"].(map[string]any)
		if parameters["retry_after"] != float64(after) || after < 1 {
			t.Errorf("parameters = %v with Retry-After %d", parameters, after)
		}
	}
	limited(sim.Bot{ChatPerSecond: 0.01, ChatBurst: 2, PerSecond: -1}, 2)
	limited(sim.Bot{ChatPerSecond: -1, PerSecond: 1}, 1)
}

func TestTelegramEditsAndDeletes(t *testing.T) {
	t.Parallel()
	w := started(t)
	id := result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "one"}))["message_id"]
	edited := result(t, w.bot(t, "editMessageText", map[string]any{"chat_id": 77, "message_id": id, "text": "two"}))
	if edited["text"] != "two" || edited["edit_date"] == nil {
		t.Errorf("editMessageText = %v", edited)
	}
	refused(t, w.bot(t, "editMessageText", map[string]any{"chat_id": 77, "message_id": id, "text": "two"}), 400,
		"Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "+
			"current content and reply markup of the message")
	refused(t, w.bot(t, "editMessageText", map[string]any{"chat_id": 77, "message_id": 9999, "text": "x"}), 400,
		"Bad Request: message to edit not found")
	if a := w.bot(t, "deleteMessage", map[string]any{"chat_id": 77, "message_id": id}); a.body != `{"ok":true,"result":true}` {
		t.Errorf("deleteMessage answered %s", a.body)
	}
	refused(t, w.bot(t, "deleteMessage", map[string]any{"chat_id": 77, "message_id": id}), 400,
		"Bad Request: message to delete not found")
	chat := w.Chat(sim.ChatRef{Vendor: sim.Telegram, Account: "123456", Customer: customerID})
	if last := chat[len(chat)-1]; !last.Deleted || !last.Edited {
		t.Errorf("bubble = %+v, want edited and deleted", last)
	}
}

func TestTelegramKnowsSomeOfTheRest(t *testing.T) {
	t.Parallel()
	w := started(t)
	if got := result(t, w.bot(t, "getChat", map[string]any{"chat_id": 77})); got["first_name"] != "Ali" || got["type"] != "private" {
		t.Errorf("getChat = %v", got)
	}
	commands := []map[string]string{{"command": "help", "description": "Help"}}
	if a := w.bot(t, "setMyCommands", map[string]any{"commands": commands}); a.status != 200 {
		t.Errorf("setMyCommands answered %d %s", a.status, a.body)
	}
	if a := w.bot(t, "getMyCommands", nil); !strings.Contains(a.body, `"help"`) {
		t.Errorf("getMyCommands answered %s", a.body)
	}
	if got := result(t, w.bot(t, "sendPhoto", map[string]any{"chat_id": 77, "photo": "https://a.my/b.jpg", "caption": "c"})); got["photo"] == nil {
		t.Errorf("sendPhoto = %v", got)
	}
	refused(t, w.bot(t, "sendPhoto", map[string]any{"chat_id": 77, "photo": "nothing"}), 400,
		"Bad Request: wrong file identifier/HTTP URL specified")
	refused(t, w.bot(t, "leaveChat", map[string]any{"chat_id": 77}), 400,
		"Bad Request: chat member status can't be changed in private chats")
}

func TestTelegramButtonsMakeCallbackQueries(t *testing.T) {
	t.Parallel()
	w, h := started(t), newHook(t, nil)
	w.bot(t, "setWebhook", map[string]any{"url": h.url})
	h.wait(t, 1)
	keyboard := map[string]any{"inline_keyboard": [][]any{{map[string]any{"text": "Yes", "callback_data": "f:1:yes"}}}}
	sent := result(t, w.bot(t, "sendMessage", map[string]any{"chat_id": 77, "text": "?", "reply_markup": keyboard}))
	id, _ := sent["message_id"].(float64)
	query, err := w.Press(sim.ChatRef{Vendor: sim.Telegram, Account: "123456", Customer: customerID}, strconv.Itoa(int(id)), "f:1:yes")
	if err != nil {
		t.Fatal(err)
	}
	var u struct {
		Callback struct{ ID, Data string } `json:"callback_query"`
	}
	if err := json.Unmarshal([]byte(h.wait(t, 2)[1].body), &u); err != nil || u.Callback.ID != query || u.Callback.Data != "f:1:yes" {
		t.Errorf("callback = %+v, %v", u, err)
	}
	if a := w.bot(t, "answerCallbackQuery", map[string]any{"callback_query_id": query}); a.status != 200 {
		t.Errorf("answerCallbackQuery answered %d %s", a.status, a.body)
	}
	refused(t, w.bot(t, "answerCallbackQuery", map[string]any{"callback_query_id": "1"}), 400,
		"Bad Request: query is too old and response timeout expired or query ID is invalid")
}
