package chaos

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"sembang/internal/channel"
)

const (
	postTime   = 5 * time.Second // then the vendor tries again
	firstRetry = 200 * time.Millisecond
	lastRetry  = 2 * time.Second
)

// ack is a webhook that was answered 200.
type ack struct {
	Chat     string // see chatKey
	VendorID string // "" when the product must make one up
	Token    string
	Text     string
	Subject  subject
	At       time.Time
}

// load posts what the plan's customers write, like the vendors do: one chat in
// order, the next webhook only after the one before was taken.
type load struct {
	w       *world
	started time.Time

	mu       sync.Mutex
	acks     []ack
	copies   int
	attempts int
	answers  map[int]int // how often each status was answered
	refused  []Violation

	copying sync.WaitGroup
}

// chatKey names a chat the same way for the database and the simulator.
func chatKey(kind channel.Kind, account, address string) string {
	return strings.Join([]string{string(kind), account, address}, "/")
}

// run posts everything and returns once all of it, copies too, was taken.
func (l *load) run(ctx context.Context) error {
	var chats sync.WaitGroup
	for _, v := range l.w.plan.Chats {
		chats.Go(func() { l.converse(ctx, v) })
	}
	chats.Wait()
	l.copying.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("deliver webhooks: %d taken: %w", len(l.acks), err)
	}
	return nil
}

func (l *load) converse(ctx context.Context, v chat) {
	a := l.w.accounts[v.Account]
	for _, letter := range v.Letters {
		pause(ctx, time.Until(l.started.Add(letter.At)))
		hook, err := webhookOf(a, v, letter, l.started)
		if err != nil {
			l.refuse(Violation{Broken, letter.Token, "cannot be written: " + err.Error()})
			return
		}
		for _, c := range letter.Copies {
			if c.Beside {
				l.copy(ctx, hook, c, 0)
			}
		}
		at, taken := l.post(ctx, hook, letter.Node)
		if !taken {
			return
		}
		l.mu.Lock()
		l.acks = append(l.acks, ack{
			Chat: chatKey(a.Channel, a.Name, v.Address), VendorID: vendorID(a.account, v, letter),
			Token: letter.Token, Text: letter.Text, Subject: letter.Subject, At: at,
		})
		l.mu.Unlock()
		for _, c := range letter.Copies {
			if !c.Beside {
				l.copy(ctx, hook, c, c.After)
			}
		}
	}
}

func webhookOf(a connected, v chat, l letter, started time.Time) (webhook, error) {
	body, err := bodyOf(a.account, v, l, started.Add(l.At))
	header := http.Header{"Content-Type": {"application/json"}}
	if a.HookSecret != "" {
		header.Set(telegramSecret, a.HookSecret)
	}
	return webhook{path: a.Path, header: header, body: body}, err
}

// copy delivers a webhook again.
func (l *load) copy(ctx context.Context, hook webhook, c copied, after time.Duration) {
	l.copying.Go(func() {
		pause(ctx, after)
		if _, taken := l.post(ctx, hook, c.Node); taken {
			l.mu.Lock()
			l.copies++
			l.mu.Unlock()
		}
	})
}

// post delivers a webhook until a node takes it, and returns when one did. Like
// behind a balancer, another attempt goes to another node.
func (l *load) post(ctx context.Context, hook webhook, first int) (time.Time, bool) {
	wait := firstRetry
	for try := 0; ctx.Err() == nil; try++ {
		status := l.attempt(ctx, hook, l.w.nodes[(first+try)%nodes].url())
		at := time.Now()
		l.mu.Lock()
		l.attempts++
		l.answers[status]++
		l.mu.Unlock()
		switch {
		case status == http.StatusOK:
			return at, true
		case status >= 400 && status < 500:
			// A vendor would drop it, or the whole webhook.
			l.refuse(Violation{Broken, hook.path, fmt.Sprintf("a valid webhook was answered %d", status)})
		}
		pause(ctx, wait)
		wait = min(2*wait, lastRetry)
	}
	return time.Time{}, false
}

// attempt makes one delivery and returns the status, 0 when there was no answer.
func (l *load) attempt(ctx context.Context, hook webhook, base string) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+hook.path, bytes.NewReader(hook.body))
	if err != nil {
		return 0
	}
	r.Header = hook.header.Clone()
	answer, err := l.w.client.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0
	}
	return answer.StatusCode
}

func (l *load) refuse(v Violation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = append(l.refused, v)
}
