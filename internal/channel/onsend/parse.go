package onsend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

// Parse reads one call, which may hold a list of messages. Receipts, groups and
// whatever is no message give no event.
func (p *Provider) Parse(account channel.Account, r channel.Request) ([]channel.Event, error) {
	fields, err := ParseSettings(account.Settings)
	if err != nil {
		return nil, err
	}
	doc, err := decode(r)
	if err != nil {
		return nil, err
	}
	var events []channel.Event
	for _, item := range items(doc, fields) {
		if event := read(account, fields, item); event != nil {
			events = append(events, event)
		}
	}
	return events, nil
}

// items returns the messages of a call: a list if there is one, else the whole.
func items(doc loose.Value, f Fields) []loose.Value {
	if list, ok := doc.List(); ok {
		return list
	}
	for _, path := range f.Items {
		if list, ok := doc.At(path).List(); ok {
			return list
		}
	}
	return []loose.Value{doc}
}

// read returns nil for what does not concern a conversation with one customer.
func read(account channel.Account, f Fields, doc loose.Value) channel.Event {
	if !doc.IsObject() {
		return channel.Poison{Reason: "message is not an object"}
	}
	c := contentOf(doc, f)
	if crowded(doc, f.Sender) || crowded(doc, f.Recipient) || identified(doc, f.Group) || isNotice(doc, f, c) {
		return nil
	}
	sender, known := find(doc, f.Sender, account.Country)
	if own(account, f, doc, sender) {
		return echo(account, f, doc, c, sender)
	}
	if !known {
		return channel.Poison{Reason: "no sender under any known name"}
	}
	if c.kind == "" {
		c.kind = "unsupported"
	}
	sentAt, _ := timeOf(text(doc, f.Time))
	inbound := channel.Inbound{
		VendorID: keyOf(doc, f, sender, c),
		From:     sender,
		Name:     channel.CleanName(text(doc, f.Name)),
		Content:  c.kind,
		Text:     c.text,
		SentAt:   sentAt,
	}
	if sender.Kind == channel.AddressPhone {
		inbound.Phone = sender.Value
	}
	return inbound
}

// own tells whether we wrote the message ourselves, through OnSend or on the
// phone. The word of the gateway counts before the signs.
func own(account channel.Account, f Fields, doc loose.Value, sender channel.Address) bool {
	if exists(doc, f.Own) {
		return flagged(doc, f.Own)
	}
	if self, ok := channel.Phone(account.ID, account.Country); ok && sender.Value == self {
		return true
	}
	return named(doc, f, outgoing)
}

func echo(account channel.Account, f Fields, doc loose.Value, c content, sender channel.Address) channel.Event {
	to, ok := find(doc, f.Recipient, account.Country)
	if !ok {
		to = sender // gateways that know only one party name the chat
	}
	if to.Value == "" {
		return channel.Poison{Reason: "own message without recipient"}
	}
	sentAt, _ := timeOf(text(doc, f.Time))
	return channel.Echo{VendorID: keyOf(doc, f, to, c), To: to, Text: c.text, SentAt: sentAt}
}

// keyOf is the dedupe key: the gateway's id, else a hash that includes the time.
// Without either it is empty, because two equal texts may be two messages.
func keyOf(doc loose.Value, f Fields, party channel.Address, c content) string {
	if id := channel.Key(text(doc, f.ID)); id != "" {
		return id
	}
	at, ok := timeOf(text(doc, f.Time))
	if !ok {
		return ""
	}
	hash := sha256.New()
	for _, part := range []string{party.Value, c.kind, c.text, c.media, at.Format(time.RFC3339Nano)} {
		fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	return "hash:" + hex.EncodeToString(hash.Sum(nil))
}

// timeOf reads seconds, milliseconds, microseconds or nanoseconds since 1970 by
// their size, or ISO 8601, which means UTC where it names no zone.
func timeOf(written string) (at time.Time, ok bool) {
	written = strings.TrimSpace(written)
	if n, err := strconv.ParseFloat(written, 64); err == nil {
		if !(n >= 1 && n < 1e20) { // also false for NaN
			return time.Time{}, false
		}
		for n >= 1e11 {
			n /= 1000
		}
		return time.UnixMilli(int64(n * 1000)).UTC(), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.DateTime} {
		if at, err := time.Parse(layout, written); err == nil && at.Year() > 0 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
