package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

// maxConnections bounds how many chats Telegram posts at the same time.
const maxConnections = 20

// updateKinds is what Parse reads.
var updateKinds = [...]string{"message", "edited_message", "callback_query", "my_chat_member"}

type webhook struct {
	URL            string   `json:"url"`
	SecretToken    string   `json:"secret_token"`
	MaxConnections int      `json:"max_connections"`
	AllowedUpdates []string `json:"allowed_updates"`
	// DropPending stays false: whoever wrote while nobody listened waits.
	DropPending bool `json:"drop_pending_updates"`
}

// Identify asks for the bot behind the token: its id, which never changes, and
// its username.
func (p *Provider) Identify(ctx context.Context, account channel.Account) (channel.Identity, error) {
	me, err := p.call(ctx, account, "getMe", struct{}{})
	if err != nil {
		return channel.Identity{}, err
	}
	id, ok := me.At("id").Int()
	if !ok {
		return channel.Identity{}, &channel.SendError{Code: channel.CodeVendorError}
	}
	return channel.Identity{ID: strconv.FormatInt(id, 10), Name: channel.CleanName(me.At("username").Text())}, nil
}

// Register calls setWebhook, which Telegram allows once a second, only if what
// getWebhookInfo shows differs from what it would set.
func (p *Provider) Register(ctx context.Context, account channel.Account, address string) (changed bool, err error) {
	info, err := p.call(ctx, account, "getWebhookInfo", struct{}{})
	if err != nil {
		return false, err
	}
	want := hookAddress(account, address)
	if info.At("url").Text() == want && sameSettings(info) {
		return false, nil
	}
	_, err = p.call(ctx, account, "setWebhook", webhook{
		URL:            want,
		SecretToken:    account.HookSecret.Reveal(),
		MaxConnections: maxConnections,
		AllowedUpdates: updateKinds[:],
	})
	return err == nil, err
}

// Hook reads getWebhookInfo.
func (p *Provider) Hook(ctx context.Context, account channel.Account) (channel.Hook, error) {
	info, err := p.call(ctx, account, "getWebhookInfo", struct{}{})
	if err != nil {
		return channel.Hook{}, err
	}
	pending, _ := info.At("pending_update_count").Int()
	return channel.Hook{
		Address: info.At("url").Text(),
		Pending: pending,
		Failure: channel.Redact(info.At("last_error_message").Text(), account.Token.Reveal(), account.HookSecret.Reveal()),
	}, nil
}

// Ours compares a hook with what Register sets.
func (p *Provider) Ours(account channel.Account, address string, hook channel.Hook) bool {
	return hook.Address == hookAddress(account, address)
}

// hookAddress marks the address with a fingerprint of the secret. Telegram never
// shows the secret, so that a changed one could not be told from the old.
func hookAddress(account channel.Account, address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return address // Telegram refuses it and says why
	}
	sum := sha256.Sum256([]byte("hook " + account.HookSecret.Reveal()))
	query := at.Query()
	query.Set("s", hex.EncodeToString(sum[:4]))
	at.RawQuery = query.Encode()
	return at.String()
}

func sameSettings(info loose.Value) bool {
	if n, ok := info.At("max_connections").Int(); !ok || n != maxConnections {
		return false
	}
	shown, _ := info.At("allowed_updates").List()
	wanted := map[string]bool{}
	for _, kind := range updateKinds {
		wanted[kind] = true
	}
	for _, kind := range shown {
		delete(wanted, kind.Text())
	}
	return len(shown) == len(updateKinds) && len(wanted) == 0
}
