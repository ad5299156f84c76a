package integration

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"sembang/internal/channel"
	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// New is a vendor account to connect.
type New struct {
	Company id.Company
	Channel channel.Kind
	Name    string
	// AccountID is the vendor's name of the account, where known.
	AccountID string
	Token     secret.String
	Settings  json.RawMessage
	// SendPerMinute and SendBurst are the vendor's limits; 0 takes the channel's.
	SendPerMinute int
	SendBurst     int
	// Key and HookSecret are made at random when empty, as they should be for
	// anything but the demo, which must find its own again.
	Key        string
	HookSecret secret.String
}

// Added is a connected account. Key and HookSecret are shown once.
type Added struct {
	Integration id.Integration
	// Key is the last part of the webhook's address.
	Key        string
	HookSecret secret.String
}

// limits is how fast an account may send where nobody said otherwise. OnSend
// allows 60 calls a minute: 20 at once and 40 more over the minute. Telegram
// allows about 30 a second over all chats of a bot.
var limits = map[channel.Kind][2]int{
	channel.OnSend:   {40, 20},
	channel.Telegram: {1200, 10},
	channel.WhatsApp: {1200, 10},
}

// Add connects an account: it seals the credentials and makes the webhook's key.
func (a *Accounts) Add(ctx context.Context, n New) (Added, error) {
	limit, ok := limits[n.Channel]
	if !ok {
		return Added{}, fault.New(fault.Invalid, "This channel is not known. Use onsend or telegram.")
	}
	if n.Token.Empty() {
		return Added{}, fault.New(fault.Invalid, "The vendor's token is missing.")
	}
	added := Added{Integration: id.Integration(id.New()), Key: n.Key, HookSecret: n.HookSecret}
	if added.Key == "" {
		added.Key = random()
	}
	if added.HookSecret.Empty() {
		added.HookSecret = secret.New(random())
	}
	if n.Channel == channel.OnSend {
		// OnSend signs nothing: its address is the secret.
		added.HookSecret = secret.String{}
	}
	if n.SendPerMinute > 0 {
		limit = [2]int{n.SendPerMinute, max(n.SendBurst, 1)}
	}
	text, err := json.Marshal(credentials{Token: n.Token.Reveal(), HookSecret: added.HookSecret.Reveal()})
	if err != nil {
		return Added{}, fmt.Errorf("seal credentials: %w", err)
	}
	sealed, err := a.vault.Seal(ctx, place(n.Company, added.Integration), secret.New(string(text)))
	if err != nil {
		return Added{}, fmt.Errorf("seal credentials: %w", err)
	}
	settings := n.Settings
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	err = a.db.InCompany(ctx, n.Company, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into integration (company_id, id, channel, name, account_id, sealed, settings, send_per_minute, send_burst)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			n.Company, added.Integration, n.Channel, n.Name, n.AccountID, sealed, settings, limit[0], limit[1])
		if err != nil {
			return fmt.Errorf("add integration: %w", err)
		}
		if err := openDoor(ctx, tx, "token", string(n.Channel)+"\x00"+n.Token.Reveal(), added.Integration); err != nil {
			return err
		}
		return openDoor(ctx, tx, "hook", added.Key, added.Integration)
	})
	if err != nil {
		return Added{}, err
	}
	return added, nil
}

func openDoor(ctx context.Context, tx *db.Tx, kind, key string, integration id.Integration) error {
	var ours bool
	if err := tx.QueryRow(ctx, `select open_door($1, $2, $3)`, kind, id.Hash(key), integration).Scan(&ours); err != nil {
		return fmt.Errorf("open door: %w", err)
	}
	if !ours {
		return ErrTokenTaken
	}
	return nil
}

// random returns 256 bits as 43 characters every vendor accepts in a URL and a header.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
