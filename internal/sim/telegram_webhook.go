package sim

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of setWebhook.
const (
	defaultConnections = 40
	maxConnections     = 100
	maxSecretToken     = 256
)

// webhook is what setWebhook keeps.
type webhook struct {
	url         string
	secret      string
	connections int
	allowed     []string // empty: all but optInUpdates
	changedAt   time.Time
	lastError   string
	lastErrorAt time.Time
}

// optInUpdates are the kinds that must be asked for.
func optInUpdates() []string {
	return []string{"chat_member", "message_reaction", "message_reaction_count"}
}

func (h webhook) wants(kind string) bool {
	if len(h.allowed) == 0 {
		return !slices.Contains(optInUpdates(), kind)
	}
	return slices.Contains(h.allowed, kind)
}

func (t *telegram) setWebhook(b *bot, c *call) answer {
	next := webhook{
		url: c.args["url"], secret: c.args["secret_token"], connections: defaultConnections,
		allowed: b.hook.allowed, lastError: b.hook.lastError, lastErrorAt: b.hook.lastErrorAt,
	}
	if n, err := strconv.Atoi(c.args["max_connections"]); err == nil {
		next.connections = min(max(n, 1), maxConnections)
	}
	if list, given := c.args["allowed_updates"]; given {
		var kinds []string
		if json.Unmarshal([]byte(list), &kinds) != nil {
			return badRequest("can't parse allowed_updates: expected an Array of String")
		}
		next.allowed = kinds
	}
	if len(next.secret) > maxSecretToken {
		return badRequest("secret token is too long")
	}
	if strings.Trim(next.secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return badRequest("secret token contains unallowed characters")
	}
	if c.args["drop_pending_updates"] == "true" || c.args["drop_pending_updates"] == "True" {
		t.dropPending(b)
	}
	return t.moveWebhook(b, next)
}

// moveWebhook applies the next webhook, or says why not.
func (t *telegram) moveWebhook(b *bot, next webhook) answer {
	if next.url == "" && b.hook.url == "" {
		return tgDone(true, "Webhook is already deleted")
	}
	same := next.url == b.hook.url && next.secret == b.hook.secret && next.connections == b.hook.connections
	if same && slices.Equal(next.allowed, b.hook.allowed) {
		return tgDone(true, "Webhook is already set")
	}
	if next.url != "" {
		if reason := checkWebhookURL(next.url, b.StrictWebhooks); reason != "" {
			return badRequest(reason)
		}
	}
	now := time.Now()
	if now.Sub(b.hook.changedAt) < t.sim.cfg.scaled(time.Second) {
		return tooManyRequests(1)
	}
	next.changedAt = now
	if next.url == "" {
		next.lastError, next.lastErrorAt = "", time.Time{}
	}
	b.hook = next
	header := http.Header{"Accept-Encoding": {"gzip, deflate"}}
	if next.secret != "" {
		header["X-Telegram-Bot-Api-Secret-Token"] = []string{next.secret}
	}
	b.door.move(next.url, header, next.connections)
	if next.url == "" {
		return tgDone(true, "Webhook was deleted")
	}
	return tgDone(true, "Webhook was set")
}

// checkWebhookURL returns why Telegram would refuse an address, or "".
func checkWebhookURL(raw string, strict bool) string {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return "invalid webhook URL specified"
	}
	if !strict {
		if u.Scheme != "http" && u.Scheme != "https" {
			return "invalid webhook URL specified"
		}
		return ""
	}
	if u.Scheme != "https" {
		return "bad webhook: An HTTPS URL must be provided for webhook"
	}
	if !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()) {
		return "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" {
		ip = net.IPv4(127, 0, 0, 1)
	}
	switch {
	case ip == nil:
		return ""
	case ip.To4() == nil:
		return "bad webhook: IPv6-only addresses are not allowed"
	case ip.IsPrivate(), ip.IsLoopback(), ip.IsLinkLocalUnicast(), ip.IsUnspecified(), ip.IsMulticast():
		return "bad webhook: IP address " + ip.String() + " is reserved"
	}
	return ""
}

func (t *telegram) deleteWebhook(b *bot, c *call) answer {
	if c.args["drop_pending_updates"] == "true" {
		t.dropPending(b)
	}
	return t.moveWebhook(b, webhook{connections: defaultConnections, allowed: b.hook.allowed})
}

type webhookInfo struct {
	URL            string   `json:"url"`
	Certificate    bool     `json:"has_custom_certificate"`
	Pending        int      `json:"pending_update_count"`
	LastErrorDate  int64    `json:"last_error_date,omitempty"`
	LastError      string   `json:"last_error_message,omitempty"`
	MaxConnections int      `json:"max_connections,omitempty"`
	AllowedUpdates []string `json:"allowed_updates,omitempty"`
	IPAddress      string   `json:"ip_address,omitempty"`
}

func (t *telegram) getWebhookInfo(b *bot, _ *call) answer {
	info := webhookInfo{URL: b.hook.url, Pending: len(b.pending), AllowedUpdates: b.hook.allowed}
	if b.hook.url != "" {
		info.MaxConnections = b.hook.connections
		if u, err := url.Parse(b.hook.url); err == nil && net.ParseIP(u.Hostname()) != nil {
			info.IPAddress = u.Hostname()
		}
	}
	if b.hook.lastError != "" {
		info.LastError, info.LastErrorDate = b.hook.lastError, b.hook.lastErrorAt.Unix()
	}
	return tgOK(info)
}
