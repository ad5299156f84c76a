// Package claude answers through Anthropic's Messages API, or a server that speaks
// it. It knows no company, no conversation and no database.
package claude

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/param"

	"sembang/internal/reply"
	"sembang/internal/secret"
)

// Config says which server and which model answer.
type Config struct {
	BaseURL string // empty: Anthropic's own
	Key     secret.String
	Model   string
	Client  *http.Client
}

const (
	answerTime = 25 * time.Second // a customer waits; two attempts included
	maxTokens  = 1024
	maxWait    = 3 * time.Second
)

// ErrNoKey is returned by New: without a key the SDK would call unauthenticated.
var ErrNoKey = errors.New("CLAUDE_API_KEY is not set")

// Client implements reply.Model.
type Client struct {
	sdk   anthropic.Client
	model string
}

// New returns a client. Nothing of the host's environment reaches it.
func New(c Config) (*Client, error) {
	if c.Key.Empty() {
		return nil, ErrNoKey
	}
	opts := []option.RequestOption{
		option.WithoutEnvironmentDefaults(), option.WithAPIKey(c.Key.Reveal()), option.WithMaxRetries(0), option.WithHTTPClient(c.Client),
	}
	if c.BaseURL != "" {
		opts = append(opts, option.WithBaseURL(c.BaseURL))
	}
	return &Client{sdk: anthropic.NewClient(opts...), model: c.Model}, nil
}

// Answer asks the model, and a second time when the service was only busy.
func (c *Client) Answer(ctx context.Context, r reply.Request) (reply.Completion, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	message, err := c.sdk.Messages.New(ctx, c.params(r))
	if wait, again := retryable(err); again {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return reply.Completion{}, fmt.Errorf("ask model: %w", ctx.Err())
		}
		message, err = c.sdk.Messages.New(ctx, c.params(r))
	}
	if err != nil {
		return reply.Completion{}, fmt.Errorf("ask model: %w", plain(err))
	}
	return completion(message)
}

func (c *Client) params(r reply.Request) anthropic.MessageNewParams {
	p := anthropic.MessageNewParams{
		Model: c.model, MaxTokens: maxTokens,
		System: []anthropic.TextBlockParam{
			{Text: r.Rules, CacheControl: anthropic.NewCacheControlEphemeralParam()},
		},
		Metadata: anthropic.MetadataParam{UserID: param.NewOpt(r.Contact)},
		Tools: []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name:        handOver,
			Description: param.NewOpt("Give the conversation to a person of the business. Use it when the rules say so."),
			InputSchema: anthropic.ToolInputSchemaParam{
				Properties: map[string]any{"reason": map[string]any{"type": "string", "description": "Why, in a few words."}}, Required: []string{"reason"},
			},
		}}},
		ToolChoice: anthropic.ToolChoiceUnionParam{OfAuto: &anthropic.ToolChoiceAutoParam{DisableParallelToolUse: param.NewOpt(true)}},
	}
	if strings.HasPrefix(c.model, "claude-haiku-5") {
		// Short chat answers gain nothing from thinking, and it counts as output.
		p.Thinking = anthropic.ThinkingConfigParamUnion{OfDisabled: &anthropic.ThinkingConfigDisabledParam{}}
	}
	if r.Hints != "" {
		p.System = append(p.System, anthropic.TextBlockParam{Text: r.Hints})
	}
	for _, u := range r.Turns {
		block := anthropic.NewTextBlock(u.Text)
		if u.Ours {
			p.Messages = append(p.Messages, anthropic.NewAssistantMessage(block))
		} else {
			p.Messages = append(p.Messages, anthropic.NewUserMessage(block))
		}
	}
	return p
}

const handOver = "hand_over"

// completion reads an answer. What was cut, refused or is empty has no text: half
// an answer is worse than a person.
func completion(m *anthropic.Message) (reply.Completion, error) {
	if m.StopReason == "" {
		return reply.Completion{}, errors.New("ask model: the answer was cut")
	}
	out := reply.Completion{
		Model: m.Model, RequestID: m.ID,
		InputTokens:  int(m.Usage.InputTokens + m.Usage.CacheCreationInputTokens + m.Usage.CacheReadInputTokens),
		OutputTokens: int(m.Usage.OutputTokens), CostMicroUSD: cost(m.Model, m.Usage),
	}
	var text strings.Builder
	for _, block := range m.Content {
		switch b := block.AsAny().(type) {
		case anthropic.TextBlock:
			text.WriteString(b.Text)
		case anthropic.ToolUseBlock:
			if b.Name == handOver {
				out.HandOver = "model"
			}
		}
	}
	if m.StopReason == anthropic.StopReasonEndTurn || m.StopReason == anthropic.StopReasonStopSequence {
		out.Text = text.String()
	}
	return out, nil
}

// retryable tells whether a second try may help, and after how long.
func retryable(err error) (time.Duration, bool) {
	e, ok := errors.AsType[*anthropic.Error](err)
	if !ok {
		return 0, err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
	}
	wait := 300*time.Millisecond + rand.N(300*time.Millisecond) //nolint:gosec // jitter, not a secret
	switch {
	case e.StatusCode == http.StatusTooManyRequests:
		asked, err := time.ParseDuration(e.Response.Header.Get("Retry-After") + "s")
		return max(asked, wait), err == nil && asked <= maxWait
	case e.StatusCode >= http.StatusInternalServerError || e.StatusCode == http.StatusRequestTimeout || e.StatusCode == http.StatusConflict:
		return wait, e.Response.Header.Get("X-Should-Retry") != "false"
	}
	return 0, false
}

// plain keeps of an API error what may be logged: its text can repeat what the
// customer wrote.
func plain(err error) error {
	if e, ok := errors.AsType[*anthropic.Error](err); ok {
		return fmt.Errorf("status %d, %s, request %s", e.StatusCode, e.Type(), e.RequestID)
	}
	return err
}
