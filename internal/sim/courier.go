package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// maxReplyBytes is how much of a webhook's answer is read.
const maxReplyBytes = 1 << 20

// noWebhook is why a parcel waits for an account without an address.
const noWebhook = "no webhook is set"

// courier delivers webhooks. Parcels of one queue are delivered one after the
// other; the next waits until the one before was taken or dropped.
type courier struct {
	ctx     context.Context
	work    *sync.WaitGroup
	client  *http.Client
	cfg     Config
	log     *slog.Logger
	ids     *ids
	mu      sync.Mutex
	queues  map[string][]*parcel
	waiting int
}

// parcel is one webhook under way.
type parcel struct {
	queue  string
	door   *door
	body   []byte
	header http.Header // over the door's; an empty value removes
	policy policy
	born   time.Time
	gone   <-chan struct{} // closed when nobody wants it any more; may be nil
	// report hears of every attempt, always from one goroutine.
	report func(attempt)
}

// attempt is how one try to deliver a parcel ended.
type attempt struct {
	number int
	status int
	err    string
	state  string // delivered, retrying, dropped
	reply  []byte // what a webhook that took the parcel answered
}

func newCourier(ctx context.Context, work *sync.WaitGroup, cfg Config, g *ids) *courier {
	transport := &http.Transport{
		MaxIdleConns: 512, MaxIdleConnsPerHost: 256, IdleConnTimeout: 30 * time.Second,
		DisableCompression: true, // Accept-Encoding is set by the vendor's side
	}
	client := &http.Client{
		Transport:     transport,
		Timeout:       cfg.WebhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &courier{ctx: ctx, work: work, client: client, cfg: cfg, log: cfg.Log, ids: g, queues: map[string][]*parcel{}}
}

// send queues a parcel for delivery.
func (c *courier) send(p *parcel) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return fmt.Errorf("%w: the simulator is closed", ErrInvalid)
	}
	if c.waiting >= c.cfg.QueueCap {
		return fmt.Errorf("%w: too many webhooks wait", ErrFull)
	}
	c.waiting++
	p.born = time.Now()
	running := c.queues[p.queue] != nil
	c.queues[p.queue] = append(c.queues[p.queue], p)
	if !running {
		c.work.Go(func() { c.run(p.queue) })
	}
	return nil
}

// run delivers the parcels of a queue until none is left.
func (c *courier) run(queue string) {
	for {
		c.mu.Lock()
		if len(c.queues[queue]) == 0 {
			delete(c.queues, queue)
			c.mu.Unlock()
			return
		}
		p := c.queues[queue][0]
		c.mu.Unlock()

		c.deliver(p)

		c.mu.Lock()
		c.queues[queue] = c.queues[queue][1:]
		c.waiting--
		c.mu.Unlock()
	}
}

// deliver tries until the parcel is taken, given up or no longer wanted.
func (c *courier) deliver(p *parcel) {
	for number := 1; ; number++ {
		to := p.door.look()
		if to.url == "" {
			p.report(attempt{number: number - 1, err: noWebhook, state: StateQueued})
			if !c.waitForDoor(p, to) {
				return
			}
			number--
			continue
		}
		result, retryAfter, wanted := c.post(p, to)
		if !wanted {
			return
		}
		result.number = number
		wait, again := p.policy.next(number, retryAfter, c.ids)
		switch {
		case result.state == StateDelivered:
			p.report(result)
			return
		case !again || time.Since(p.born)+c.cfg.scaled(wait) > c.cfg.scaled(p.policy.lifetime):
			result.state = StateDropped
			c.log.Warn("webhook dropped", "queue", p.queue, "attempts", number, "reason", result.err)
			p.report(result)
			return
		}
		result.state = StateRetrying
		p.report(result)
		if !c.waitToRetry(p, to, c.cfg.scaled(wait)) {
			return
		}
	}
}

func (c *courier) waitForDoor(p *parcel, to address) bool {
	select {
	case <-to.changed:
		return true
	case <-p.gone:
	case <-c.ctx.Done():
	}
	return false
}

func (c *courier) waitToRetry(p *parcel, to address, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-to.changed:
		return true
	case <-p.gone:
	case <-c.ctx.Done():
	}
	return false
}

// post makes one attempt. wanted is false when nobody waits for the outcome.
func (c *courier) post(p *parcel, to address) (a attempt, retryAfter int, wanted bool) {
	select {
	case to.slots <- struct{}{}:
	case <-p.gone:
		return a, 0, false
	case <-c.ctx.Done():
		return a, 0, false
	}
	defer func() { <-to.slots }()

	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, to.url, bytes.NewReader(p.body))
	if err != nil {
		return attempt{err: "the webhook's address is no URL"}, 0, true
	}
	req.Header.Set("Content-Type", "application/json")
	for name, values := range to.header {
		req.Header[name] = values
	}
	for name, values := range p.header {
		req.Header[name] = values
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return attempt{err: connectionError(err)}, 0, c.ctx.Err() == nil
	}
	defer resp.Body.Close()
	reply, _ := io.ReadAll(io.LimitReader(resp.Body, maxReplyBytes))
	a = attempt{status: resp.StatusCode}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		a.err = "Wrong response from the webhook: " + resp.Status
		retryAfter, _ = strconv.Atoi(resp.Header.Get("Retry-After"))
		return a, retryAfter, true
	}
	a.state, a.reply = StateDelivered, reply
	return a, 0, true
}

// connectionError words a failure as Telegram does in last_error_message.
func connectionError(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "Connection timed out"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Connection refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "Webhook connection closed"
	}
	return "Connection failed"
}
