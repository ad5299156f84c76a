package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How long Telegram keeps updates that nobody takes.
const (
	updateLifetime   = 24 * time.Hour
	callbackLifetime = 150 * time.Second
	maxUpdates       = 100 // of one getUpdates
)

// update is one that was not taken yet.
type update struct {
	id     int64
	body   json.RawMessage
	gone   chan struct{}
	report func(attempt)
}

// notice is an update to send, and how.
type notice struct {
	kind    string // "message", "callback_query", …
	payload any
	queue   string
	copies  int         // deliveries of the same update
	header  http.Header // spoils the door's
	apart   bool        // not in the order of its chat
	report  func(attempt)
}

// send gives an update its id and queues it for the webhook. The caller holds
// the lock. It returns 0 for a kind that the bot does not want.
func (t *telegram) send(b *bot, n notice) (int64, error) {
	if !b.hook.wants(n.kind) {
		n.report(attempt{err: n.kind + " is not among the bot's allowed_updates", state: StateDropped})
		return 0, nil
	}
	b.nextUpdate++
	u := &update{id: b.nextUpdate, gone: make(chan struct{}), report: n.report}
	body, err := json.Marshal(map[string]any{"update_id": u.id, n.kind: n.payload})
	if err != nil {
		return 0, fmt.Errorf("encode update: %w", err)
	}
	u.body = body
	b.pending[u.id] = u
	lifetime := updateLifetime
	if n.kind == "callback_query" {
		lifetime = callbackLifetime
	}
	queue := strings.Join([]string{Telegram, b.account(), n.queue}, "/")
	for i := range max(1, n.copies) {
		if n.apart {
			queue = fmt.Sprintf("%s/%d/%d", queue, u.id, i)
		}
		err := t.sim.courier.send(&parcel{
			queue: queue, door: b.door, body: body, header: n.header, policy: telegramPolicy(lifetime), gone: u.gone,
			report: func(a attempt) { t.delivered(b, u, n, a) },
		})
		if err != nil {
			t.forget(b, u, attempt{err: err.Error(), state: StateDropped})
			return 0, err
		}
	}
	close(b.arrived)
	b.arrived = make(chan struct{})
	return u.id, nil
}

// delivered notes how an attempt ended and runs a method that the webhook's
// answer may name.
func (t *telegram) delivered(b *bot, u *update, n notice, a attempt) {
	n.report(a)
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.err != "" && a.err != noWebhook {
		b.hook.lastError, b.hook.lastErrorAt = a.err, t.sim.cfg.Now()
	}
	switch a.state {
	case StateDelivered:
		delete(b.pending, u.id) // copies may still be under way, so gone stays open
		t.replyInWebhook(b, a.reply)
	case StateDropped:
		delete(b.pending, u.id)
	}
}

// replyInWebhook executes a call that a webhook gave as its answer.
func (t *telegram) replyInWebhook(b *bot, reply []byte) {
	args := params{}
	if len(reply) == 0 || args.addJSON(reply) != nil || args["method"] == "" {
		return
	}
	method := args["method"]
	delete(args, "method")
	c := &call{account: b.account(), method: method, recipient: args["chat_id"], args: args, at: t.sim.cfg.Now()}
	lower := strings.ToLower(method)
	forbidden := []string{"setwebhook", "deletewebhook", "close", "logout"}
	status := http.StatusBadRequest
	if !slices.Contains(forbidden, lower) && !strings.HasPrefix(lower, "get") {
		status = t.dispatch(b, c).status
	}
	t.sim.recorder.add(Request{
		At: c.at, Vendor: Telegram, Account: c.account, Method: method, Recipient: c.recipient,
		HTTPMethod: "WEBHOOK-REPLY", Body: jsonBody(reply), Status: status, Processed: true,
	})
}

// forget ends the delivery of an update and reports how.
func (t *telegram) forget(b *bot, u *update, end attempt) {
	if _, waits := b.pending[u.id]; waits {
		delete(b.pending, u.id)
		close(u.gone)
		u.report(end)
	}
}

func (t *telegram) dropPending(b *bot) {
	for _, u := range b.pending {
		t.forget(b, u, attempt{err: "the bot dropped its pending updates", state: StateDropped})
	}
}

// getUpdates is the other way to get updates; it confirms those below offset.
func (t *telegram) getUpdates(b *bot, c *call) answer {
	if b.hook.url != "" {
		return tgError(http.StatusConflict,
			"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	offset, _ := strconv.ParseInt(c.args["offset"], 10, 64)
	limit, err := strconv.Atoi(c.args["limit"])
	if err != nil || limit < 1 || limit > maxUpdates {
		limit = maxUpdates
	}
	for id, u := range b.pending {
		if id < offset {
			t.forget(b, u, attempt{state: StateDelivered})
		}
	}
	t.waitForUpdate(b, c)
	ids := make([]int64, 0, len(b.pending))
	for id := range b.pending {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	found := make([]json.RawMessage, 0, limit)
	for _, id := range ids[:min(limit, len(ids))] {
		found = append(found, b.pending[id].body)
	}
	return tgOK(found)
}

// waitForUpdate gives the lock away while a long poll waits.
func (t *telegram) waitForUpdate(b *bot, c *call) {
	timeout, _ := strconv.Atoi(c.args["timeout"])
	if len(b.pending) > 0 || timeout <= 0 || c.req == nil {
		return
	}
	arrived := b.arrived
	t.mu.Unlock()
	defer t.mu.Lock()
	timer := time.NewTimer(t.sim.cfg.scaled(time.Duration(min(timeout, 50)) * time.Second))
	defer timer.Stop()
	select {
	case <-arrived:
	case <-timer.C:
	case <-c.req.Context().Done():
	case <-t.sim.done:
	}
}
