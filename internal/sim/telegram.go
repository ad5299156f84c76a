package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bot is a Telegram bot with its token.
type Bot struct {
	// Token is "<bot id>:<35 characters>". The part before the colon is the
	// account in chats, requests and faults.
	Token    string `json:"token"`
	Name     string `json:"name"`
	Username string `json:"username"`
	// StrictWebhooks refuses webhook addresses that are not https, or not on
	// the ports of the real service, or of a private network.
	StrictWebhooks bool `json:"strict_webhooks"`
	// StrictChats refuses private chats that nobody wrote in here. Without it
	// updates sent by hand, and chats from before a restart, can be answered.
	StrictChats bool `json:"strict_chats"`
	// ChatPerSecond and PerSecond limit sends to one chat (1, after a burst of
	// ChatBurst, 5) and to all (30); negative for no limit.
	ChatPerSecond float64 `json:"chat_per_second"`
	ChatBurst     float64 `json:"chat_burst"`
	PerSecond     float64 `json:"per_second"`
}

// tokenForm is what Telegram's tokens look like.
var tokenForm = regexp.MustCompile(`^[1-9][0-9]{0,14}:[A-Za-z0-9_-]{1,64}$`)

// bot is a Bot with what happens to it.
type bot struct {
	Bot
	id         int64
	revoked    bool
	door       *door
	hook       webhook
	chats      map[int64]*tgChat
	all        bucket
	nextUpdate int64
	pending    map[int64]*update
	arrived    chan struct{} // closed when an update arrives
	callbacks  map[string]time.Time
	commands   json.RawMessage
}

func (b *bot) account() string { return strconv.FormatInt(b.id, 10) }

func (b *bot) user() *tgUser {
	return &tgUser{ID: b.id, IsBot: true, FirstName: b.Name, Username: b.Username}
}

// telegram imitates the Bot API's text-relevant part.
type telegram struct {
	sim     *Sim
	mu      sync.Mutex
	bots    map[int64]*bot
	methods map[string]tgMethod
}

type tgMethod func(b *bot, c *call) answer

func newTelegram(s *Sim) *telegram {
	t := &telegram{sim: s, bots: map[int64]*bot{}}
	t.methods = map[string]tgMethod{
		"getme": t.getMe, "setwebhook": t.setWebhook, "deletewebhook": t.deleteWebhook, "getwebhookinfo": t.getWebhookInfo,
		"getupdates": t.getUpdates, "setmycommands": t.setMyCommands, "getmycommands": t.getMyCommands,
		"sendmessage": t.sendMessage, "sendchataction": t.sendChatAction, "sendlocation": t.sendLocation,
		"sendphoto": t.sendMedia("photo"), "senddocument": t.sendMedia("document"), "sendvoice": t.sendMedia("voice"),
		"sendvideo": t.sendMedia("video"), "getfile": t.getFile,
		"editmessagetext": t.editMessageText, "editmessagereplymarkup": t.editMessageReplyMarkup,
		"deletemessage": t.deleteMessage, "answercallbackquery": t.answerCallbackQuery,
		"getchat": t.getChat, "leavechat": t.leaveChat,
	}
	return t
}

func (t *telegram) name() string { return Telegram }

// AddBot adds a bot, or replaces the settings of the one with the same id and
// token. A different token for a known id revokes the one before.
func (s *Sim) AddBot(b Bot) error {
	if !tokenForm.MatchString(b.Token) {
		return fmt.Errorf("%w: a bot's token is <id>:<secret>", ErrInvalid)
	}
	head, _, _ := strings.Cut(b.Token, ":")
	id, err := strconv.ParseInt(head, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: a bot's id is a number", ErrInvalid)
	}
	b = b.withDefaults(head)
	t := s.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, replaced := t.bots[id]; replaced {
		known.Bot, known.revoked = b, false
		return nil
	}
	if len(t.bots) >= maxAccounts {
		return fmt.Errorf("%w: too many bots", ErrFull)
	}
	t.bots[id] = &bot{
		Bot: b, id: id, door: newDoor("", defaultConnections), hook: webhook{connections: defaultConnections},
		chats: map[int64]*tgChat{}, nextUpdate: s.ids.update, pending: map[int64]*update{},
		arrived: make(chan struct{}), callbacks: map[string]time.Time{},
	}
	return nil
}

func (b Bot) withDefaults(id string) Bot {
	if b.Name == "" {
		b.Name = "Shop"
	}
	if b.Username == "" {
		b.Username = "shop_" + id + "_bot"
	}
	if b.ChatPerSecond == 0 {
		b.ChatPerSecond = 1
	}
	if b.ChatBurst == 0 {
		b.ChatBurst = 5
	}
	if b.PerSecond == 0 {
		b.PerSecond = 30
	}
	return b
}

// RevokeBot makes the bot's token invalid, as its owner can do.
func (s *Sim) RevokeBot(account string) error {
	s.telegram.mu.Lock()
	defer s.telegram.mu.Unlock()
	b, err := s.telegram.bot(account)
	if err != nil {
		return err
	}
	b.revoked = true
	return nil
}

// bot returns a bot by its account.
func (t *telegram) bot(account string) (*bot, error) {
	id, _ := strconv.ParseInt(account, 10, 64)
	b, known := t.bots[id]
	if !known {
		return nil, fmt.Errorf("%w: no such bot", ErrNotFound)
	}
	return b, nil
}

// splitPath returns token and method of /telegram/bot<token>[/test]/<method>.
func splitPath(path string) (token, method string) {
	rest, isBot := strings.CutPrefix(path, "/telegram/bot")
	if !isBot {
		return "", ""
	}
	token, method, _ = strings.Cut(rest, "/")
	return token, strings.TrimPrefix(method, "test/")
}

func (t *telegram) identify(c *call) {
	token, method := splitPath(c.req.URL.Path)
	c.account, _, _ = strings.Cut(token, ":")
	c.method = method
	c.recipient = c.args["chat_id"]
}

func (t *telegram) serve(c *call) answer {
	token, _ := splitPath(c.req.URL.Path)
	if !tokenForm.MatchString(token) || c.req.Method != http.MethodGet && c.req.Method != http.MethodPost {
		return tgError(http.StatusNotFound, "Not Found")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b, err := t.bot(c.account)
	if err != nil || b.Token != token || b.revoked {
		return tgError(http.StatusUnauthorized, "Unauthorized")
	}
	return t.dispatch(b, c)
}

// dispatch runs a method of the bot. The caller holds the lock.
func (t *telegram) dispatch(b *bot, c *call) answer {
	method, known := t.methods[strings.ToLower(c.method)]
	switch {
	case !known:
		return tgError(http.StatusNotFound, "Not Found: method not found")
	case c.malformed != nil:
		return badRequest("can't parse request body")
	}
	return method(b, c)
}
