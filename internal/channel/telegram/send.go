package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

// tokenForm keeps a mistyped token from changing the path of the call.
var tokenForm = regexp.MustCompile(`^[1-9][0-9]{0,19}:[A-Za-z0-9_-]{1,80}$`)

var (
	errToken   = errors.New("token has not the form of one")
	errAddress = errors.New("address is no chat id")
)

type message struct {
	ChatID  int64          `json:"chat_id"`
	Text    string         `json:"text"`
	Preview previewOptions `json:"link_preview_options"`
}

type previewOptions struct {
	Disabled bool `json:"is_disabled"`
}

// Send sends a part as plain text, without link preview. Telegram has no key
// against sending twice, and no look-up: an Unknown outcome stays one.
func (p *Provider) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Sent, error) {
	chat, err := strconv.ParseInt(part.To.Value, 10, 64)
	if err != nil || part.To.Kind != channel.AddressChat {
		return channel.Sent{}, &channel.SendError{
			Outcome: channel.Refused, Scope: channel.ScopeContact, Code: channel.CodeNoRecipient, Err: errAddress,
		}
	}
	result, err := p.call(ctx, account, "sendMessage", message{
		ChatID:  chat,
		Text:    channel.Clean(part.Text),
		Preview: previewOptions{Disabled: true},
	})
	if err != nil {
		return channel.Sent{}, err
	}
	id, ok := result.At("message_id").Int()
	if !ok {
		return channel.Sent{}, nil
	}
	return channel.Sent{VendorID: messageKey(part.To.Value, id)}, nil
}

// call carries out one method and returns its result; errors are *SendError and
// never hold the token.
func (p *Provider) call(ctx context.Context, account channel.Account, method string, arguments any) (loose.Value, error) {
	token := account.Token.Reveal()
	if !tokenForm.MatchString(token) {
		return loose.Value{}, &channel.SendError{
			Outcome: channel.Refused, Scope: channel.ScopeAccount, Code: channel.CodeUnauthorized, Err: errToken,
		}
	}
	body, err := json.Marshal(arguments)
	if err != nil {
		return loose.Value{}, rejected(fmt.Errorf("encode %s: %w", method, err))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/bot"+token+"/"+method, bytes.NewReader(body))
	if err != nil {
		// The error of NewRequest quotes the URL and so the token.
		return loose.Value{}, rejected(fmt.Errorf("address of %s cannot be called", method))
	}
	request.Header.Set("Content-Type", "application/json")
	reply, err := p.caller.Do(ctx, request)
	if err != nil {
		return loose.Value{}, err
	}
	return resultOf(reply, token)
}

func rejected(err error) *channel.SendError {
	return &channel.SendError{Outcome: channel.Refused, Scope: channel.ScopePart, Code: channel.CodeRejected, Err: err}
}

// resultOf reads Telegram's envelope. An answer that is none does not come from
// Telegram but from something on the way, which cannot refuse in its name.
func resultOf(reply channel.Reply, token string) (loose.Value, error) {
	failure := reply.Failure()
	envelope, err := loose.Decode(reply.Body)
	if err != nil || !reply.Whole || !envelope.At("ok").Exists() {
		if failure.Outcome == channel.Refused && failure.Code != channel.CodeUnauthorized {
			failure.Outcome, failure.Scope, failure.Code = channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable
		}
		return loose.Value{}, failure
	}
	if envelope.At("ok").True() {
		if reply.Status >= 300 {
			return loose.Value{}, failure
		}
		return envelope.At("result"), nil
	}
	return loose.Value{}, refusal(reply, envelope, token)
}

// refusal classifies what Telegram says went wrong, by code first and by words
// where the code covers several things.
func refusal(reply channel.Reply, envelope loose.Value, token string) *channel.SendError {
	if code, ok := envelope.At("error_code").Int(); ok && code >= 300 && code < 600 {
		reply.Status = int(code)
	}
	e := reply.Failure()
	description := channel.Redact(envelope.At("description").Text(), token)
	e.Err = fmt.Errorf("%d %s", reply.Status, description)
	words := strings.ToLower(description)
	switch reply.Status {
	case http.StatusTooManyRequests:
		// Telegram does not say whose limit it was. A bot's own is met by the
		// next chats one by one, while the other reading would stop them all.
		e.Scope = channel.ScopeContact
		if seconds, ok := envelope.At("parameters.retry_after").Int(); ok {
			e.RetryAfter = channel.Wait(seconds)
		}
	case http.StatusForbidden:
		e.Scope, e.Code = channel.ScopeContact, channel.CodeBlocked
	case http.StatusNotFound:
		if !strings.Contains(words, "method") {
			// A token of the right form whose path Telegram does not know.
			e.Scope, e.Code = channel.ScopeAccount, channel.CodeUnauthorized
		}
	case http.StatusConflict:
		e.Outcome, e.Scope, e.Code = channel.NotSent, channel.ScopeAccount, channel.CodeConflict
	case http.StatusBadRequest:
		e.Scope, e.Code = badRequest(words)
	}
	return e
}

// badRequest tells whether a 400 is about the customer's chat or about the
// message. Upper-case names come from Telegram's inner protocol.
func badRequest(words string) (channel.Scope, string) {
	for _, gone := range []string{"user_is_blocked", "user_deactivated", "chat_write_forbidden", "bot was blocked"} {
		if strings.Contains(words, gone) {
			return channel.ScopeContact, channel.CodeBlocked
		}
	}
	for _, unknown := range []string{"chat not found", "peer_id_invalid", "user not found", "chat_id_invalid", "upgraded to a supergroup"} {
		if strings.Contains(words, unknown) {
			return channel.ScopeContact, channel.CodeNoRecipient
		}
	}
	return channel.ScopePart, channel.CodeRejected
}
