package onsend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

const (
	// offlineWait is how soon a device that is not online is tried again.
	offlineWait = 30 * time.Second
	// minuteWait is for a limit of the minute that does not say when it ends.
	minuteWait = time.Minute
	// dayWait is the slow probe of a used-up quota: OnSend does not say in which
	// zone its day ends.
	dayWait = 30 * time.Minute
)

// tokenForm is what a header can carry.
var tokenForm = regexp.MustCompile(`^[!-~]+$`)

var (
	errToken   = errors.New("token has not the form of one")
	errAddress = errors.New("address is no phone number")
)

type message struct {
	PhoneNumber string `json:"phone_number"`
	Type        string `json:"type"`
	Message     string `json:"message"`
}

// Send sends a part to a phone number. OnSend has no key against sending twice,
// and no look-up: an Unknown outcome stays one. A refusal whose words do not
// tell whether the phone is offline costs one more call that asks.
func (p *Provider) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Sent, error) {
	phone, ok := channel.Phone(part.To.Value, "")
	if !ok || part.To.Kind != channel.AddressPhone {
		return channel.Sent{}, &channel.SendError{
			Outcome: channel.Refused, Scope: channel.ScopeContact, Code: channel.CodeNoRecipient, Err: errAddress,
		}
	}
	reply, err := p.call(ctx, account, http.MethodPost, "/send", message{
		PhoneNumber: phone, Type: "text", Message: channel.Clean(part.Text),
	})
	if err != nil {
		return channel.Sent{}, err
	}
	answer, err := loose.Decode(reply.Body)
	if err != nil || !reply.Whole || !answer.IsObject() {
		return channel.Sent{}, unreadable(reply)
	}
	if accepted(reply, answer) {
		return channel.Sent{VendorID: channel.Key(text(answer, []string{"message_id", "data.message_id", "data.id"}))}, nil
	}
	failure := refusal(reply, answer, account.Token.Reveal(), phone)
	if failure.Code == channel.CodeRejected && !answer.At("errors").Exists() && p.offline(ctx, account) {
		return channel.Sent{}, disconnected(failure.Err)
	}
	return channel.Sent{}, failure
}

// call makes one call; errors are *SendError and never hold the token.
func (p *Provider) call(ctx context.Context, account channel.Account, method, path string, arguments any) (channel.Reply, error) {
	token := account.Token.Reveal()
	if !tokenForm.MatchString(token) {
		return channel.Reply{}, &channel.SendError{
			Outcome: channel.Refused, Scope: channel.ScopeAccount, Code: channel.CodeUnauthorized, Err: errToken,
		}
	}
	var body bytes.Buffer
	if arguments != nil {
		if err := json.NewEncoder(&body).Encode(arguments); err != nil {
			return channel.Reply{}, rejected(fmt.Errorf("encode message: %w", err))
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, p.base+path, &body)
	if err != nil {
		return channel.Reply{}, rejected(fmt.Errorf("make request: %w", err))
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	return p.caller.Do(ctx, request)
}

func rejected(err error) *channel.SendError {
	return &channel.SendError{Outcome: channel.Refused, Scope: channel.ScopePart, Code: channel.CodeRejected, Err: err}
}

// unreadable classifies an answer that is not OnSend's, such as a proxy's page:
// a refusal there is not OnSend's either, except that of the token.
func unreadable(reply channel.Reply) *channel.SendError {
	e := reply.Failure()
	switch {
	case e.Code == channel.CodeRateLimited:
		e.RetryAfter = max(e.RetryAfter, minuteWait)
	case e.Outcome == channel.Refused && e.Code != channel.CodeUnauthorized:
		e.Outcome, e.Scope, e.Code = channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable
	}
	return e
}

// accepted is the one combination that means success.
func accepted(reply channel.Reply, answer loose.Value) bool {
	success := answer.At("success")
	return reply.Status >= 200 && reply.Status < 300 &&
		(!success.Exists() || success.True()) && !answer.At("errors").Exists()
}

// refusal classifies what OnSend says went wrong. OnSend says it with 200 too.
func refusal(reply channel.Reply, answer loose.Value, secrets ...string) *channel.SendError {
	reason := reasonOf(answer)
	e := reply.Failure()
	if reply.Status >= 200 && reply.Status < 300 {
		e.Outcome, e.Code = channel.Refused, channel.CodeRejected
	}
	e.Err = fmt.Errorf("%d %s", reply.Status, channel.Redact(reason, secrets...))
	switch {
	case e.Code == channel.CodeRateLimited:
		limited(e, reply, reason)
	case (e.Code == channel.CodeRejected || denied(answer)) && offlineWords.MatchString(reason):
		return disconnected(e.Err)
	case answer.At("errors.phone_number").Exists():
		e.Scope, e.Code = channel.ScopeContact, channel.CodeNoRecipient
	}
	return e
}

// denied tells whether OnSend says itself that it has not sent, which holds
// whatever the status is.
func denied(answer loose.Value) bool {
	success := answer.At("success")
	return success.Exists() && !success.True()
}

func reasonOf(answer loose.Value) string {
	for _, path := range []string{"errors.phone_number.0", "errors.message.0", "errors.type.0", "message", "error"} {
		if reason := answer.At(path).Text(); reason != "" {
			return reason
		}
	}
	return "no reason given"
}

var dayLimit = regexp.MustCompile(`(?i)\b(day|daily|24 ?h(ours?)?|quota|package|harian|sehari)\b`)

// limited tells the limit of the minute from the quota of the day, which have
// the same status: by the words, or by a minute that has calls left.
func limited(e *channel.SendError, reply channel.Reply, reason string) {
	left, err := strconv.Atoi(reply.Header.Get("X-RateLimit-Remaining"))
	if dayLimit.MatchString(reason) || err == nil && left > 0 {
		e.Code = channel.CodeDayLimit
		e.RetryAfter = max(e.RetryAfter, dayWait)
		return
	}
	if e.RetryAfter > 0 {
		return
	}
	e.RetryAfter = minuteWait
	if reset, err := strconv.ParseInt(reply.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		if wait := time.Until(time.Unix(reset, 0)); wait > 0 && wait < minuteWait {
			e.RetryAfter = wait.Round(time.Second) + time.Second
		}
	}
}

// offlineWords is how a refusal sounds whose reason is the phone, not the message.
var offlineWords = regexp.MustCompile(`(?i)\b(device|session|phone|whatsapp|instance|client)\b.*\b(` +
	`not[ _-]?connected|disconnected|offline|logged[ _-]?out|not[ _-]?ready|disabled|connecting|closed)\b`)

func disconnected(err error) *channel.SendError {
	return &channel.SendError{
		Outcome: channel.NotSent, Scope: channel.ScopeAccount, Code: channel.CodeDisconnected,
		RetryAfter: offlineWait, Err: err,
	}
}
