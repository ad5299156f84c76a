package sim

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// claudeMessage is an answer of POST /v1/messages.
type claudeMessage struct {
	ID           string            `json:"id"`
	Type         string            `json:"type"`
	Role         string            `json:"role"`
	Model        string            `json:"model"`
	Content      []json.RawMessage `json:"content"`
	StopReason   *string           `json:"stop_reason"`
	StopSequence *string           `json:"stop_sequence"`
	StopDetails  json.RawMessage   `json:"stop_details"`
	Usage        map[string]any    `json:"usage"`
}

// Bounds and rules of the usage that is told.
const (
	bytesPerToken = 4
	maxCache      = 10_000
	shortTTL      = 5 * time.Minute
	longTTL       = time.Hour
)

func tokens(bytes int) int { return (bytes + bytesPerToken - 1) / bytesPerToken }

func (a *claude) messages(c *call) answer {
	r, m, refusal, ok := a.readRequest(c, false)
	if !ok {
		return refusal
	}
	delay := a.sim.cfg.scaled(a.sim.ids.jitter(max(0, a.sim.cfg.ClaudeDelay), 0.3))
	sc, scripted := a.script(r)
	if !scripted {
		sc = a.improvise(r)
	}
	if sc.DelayMS != nil {
		delay = time.Duration(*sc.DelayMS) * time.Millisecond
	}
	msg := a.compose(r, m, sc)
	if r.Stream {
		return a.stream(c, msg, delay)
	}
	pause(c.req.Context(), delay) // who went away is told nothing either way
	return jsonAnswer(http.StatusOK, msg)
}

// compose makes the message of a script, with its usage.
func (a *claude) compose(r *claudeRequest, m model, sc Script) claudeMessage {
	msg := claudeMessage{
		ID: "msg_" + a.sim.ids.hex(12), Type: "message", Role: "assistant", Model: r.Model + "-simulated",
		StopReason: &sc.StopReason, StopDetails: sc.StopDetails, Usage: a.usage(r, m),
	}
	_ = json.Unmarshal(sc.Content, &msg.Content) // AddScript has read it before
	if msg.Content == nil {
		msg.Content = []json.RawMessage{}
	}
	msg.Usage["output_tokens"] = tokens(len(sc.Content))
	var override map[string]any
	if json.Unmarshal(sc.Usage, &override) == nil {
		for field, n := range override {
			msg.Usage[field] = n
		}
	}
	return msg
}

// usage counts the input, part of which may come from the cache.
func (a *claude) usage(r *claudeRequest, m model) map[string]any {
	total := tokens(r.size())
	var read, written5m, written1h int
	if prefix, ttl := r.cachePrefix(); len(prefix) > 0 && tokens(len(prefix)) >= m.minCache {
		n := tokens(len(prefix))
		switch {
		case a.cached(m.id+prefix, ttl):
			read = n
		case ttl == longTTL:
			written1h = n
		default:
			written5m = n
		}
		total = max(0, total-n)
	}
	return map[string]any{
		"input_tokens": total, "output_tokens": 0,
		"cache_read_input_tokens": read, "cache_creation_input_tokens": written5m + written1h,
		"cache_creation": map[string]int{"ephemeral_5m_input_tokens": written5m, "ephemeral_1h_input_tokens": written1h},
		"service_tier":   "standard",
	}
}

// size is the number of bytes that count as input.
func (r *claudeRequest) size() int {
	n := len(r.System.text())
	for _, t := range r.Tools {
		n += len(t.Name) + len(t.InputSchema)
	}
	for _, t := range r.Messages {
		n += t.Content.size()
	}
	return n
}

func (b blocks) size() int {
	n := 0
	for _, block := range b {
		n += len(block.Text) + len(block.Input) + len(block.Content)
	}
	return n
}

// cachePrefix is the input up to the last breakpoint in tools and system.
func (r *claudeRequest) cachePrefix() (string, time.Duration) {
	var all strings.Builder
	end, ttl := 0, shortTTL
	mark := func(control *cacheControl) {
		if control != nil {
			end, ttl = all.Len(), shortTTL
			if control.TTL == "1h" {
				ttl = longTTL
			}
		}
	}
	for _, t := range r.Tools {
		all.WriteString(t.Name)
		all.Write(t.InputSchema)
		mark(t.CacheControl)
	}
	for _, b := range r.System {
		all.WriteString(b.Text)
		mark(b.CacheControl)
	}
	return all.String()[:end], ttl
}

// cached reports whether a prefix is in the cache and keeps it there.
func (a *claude) cached(prefix string, ttl time.Duration) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key, now := sha256.Sum256([]byte(prefix)), a.sim.cfg.Now()
	if len(a.cache) >= maxCache {
		clear(a.cache)
	}
	hit := now.Before(a.cache[key])
	a.cache[key] = now.Add(ttl)
	return hit
}

func (a *claude) countTokens(c *call) answer {
	r, _, refusal, ok := a.readRequest(c, true)
	if !ok {
		return refusal
	}
	return jsonAnswer(http.StatusOK, map[string]int{"input_tokens": tokens(r.size())})
}

// stream answers as server-sent events.
func (a *claude) stream(c *call, msg claudeMessage, delay time.Duration) answer {
	result := answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}}
	fault := c.fault
	result.stream = func(ctx context.Context, write func([]byte) bool) {
		if !pause(ctx, delay) {
			return
		}
		events := streamEvents(msg)
		for i, e := range events {
			middle := i == len(events)/2
			switch {
			case middle && fault.StreamError:
				write(sse("error", map[string]any{
					"type": "error", "error": map[string]string{"type": "overloaded_error", "message": "Overloaded"},
				}))
				return
			case middle && fault.StreamCut, !write(e):
				return
			}
		}
	}
	return result
}
