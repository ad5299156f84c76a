package sim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// claude imitates Anthropic's Messages API and answers like a shop's helper.
type claude struct {
	sim     *Sim
	mu      sync.Mutex
	keys    map[string]bool
	scripts []*Script
	count   int
	cache   map[[sha256.Size]byte]time.Time // prefix → until when it is cached
}

func newClaude(s *Sim) *claude {
	return &claude{sim: s, keys: map[string]bool{}, cache: map[[sha256.Size]byte]time.Time{}}
}

func (a *claude) name() string { return Anthropic }

// AddAPIKey makes a key valid.
func (s *Sim) AddAPIKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: a key must not be empty", ErrInvalid)
	}
	s.claude.mu.Lock()
	defer s.claude.mu.Unlock()
	if len(s.claude.keys) >= maxAccounts {
		return fmt.Errorf("%w: too many keys", ErrFull)
	}
	s.claude.keys[key] = true
	return nil
}

// RemoveAPIKey makes a key invalid.
func (s *Sim) RemoveAPIKey(key string) {
	s.claude.mu.Lock()
	defer s.claude.mu.Unlock()
	delete(s.claude.keys, key)
}

func apiKey(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// identify names the account by the key's last characters, as Anthropic's
// console does.
func (a *claude) identify(c *call) {
	key := apiKey(c.req)
	c.account = key[max(0, len(key)-4):]
	c.method = strings.TrimPrefix(c.req.URL.Path, "/anthropic/v1/")
	var meta struct {
		UserID string `json:"user_id"`
	}
	if json.Unmarshal([]byte(c.args["metadata"]), &meta) == nil {
		c.recipient = meta.UserID
	}
}

func (a *claude) serve(c *call) answer {
	result := a.route(c)
	if result.header.Get("Request-Id") == "" {
		result.header.Set("Request-Id", "req_"+a.sim.ids.hex(12))
	}
	result.header.Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-000000000000")
	if result.status == http.StatusOK {
		rateLimitHeaders(result.header, a.sim.cfg.Now())
	}
	return result
}

// rateLimitHeaders tells limits that are never reached.
func rateLimitHeaders(h http.Header, now time.Time) {
	for kind, limit := range map[string]int{"Requests": 4000, "Input-Tokens": 2_000_000, "Output-Tokens": 400_000} {
		h.Set("Anthropic-Ratelimit-"+kind+"-Limit", strconv.Itoa(limit))
		h.Set("Anthropic-Ratelimit-"+kind+"-Remaining", strconv.Itoa(limit-1))
		h.Set("Anthropic-Ratelimit-"+kind+"-Reset", now.Add(time.Second).UTC().Format(time.RFC3339))
	}
}

func (a *claude) route(c *call) answer {
	a.mu.Lock()
	valid := a.keys[apiKey(c.req)]
	a.mu.Unlock()
	switch {
	case c.tooLarge:
		return htmlAnswer(http.StatusRequestEntityTooLarge)
	case apiKey(c.req) == "":
		return a.refuse(http.StatusUnauthorized, "x-api-key header is required")
	case !valid:
		return a.refuse(http.StatusUnauthorized, "invalid x-api-key")
	case c.req.Header.Get("Anthropic-Version") == "":
		return a.refuse(http.StatusBadRequest, "anthropic-version: header is required")
	}
	switch c.req.Method + " " + c.method {
	case "POST messages":
		return a.messages(c)
	case "POST messages/count_tokens":
		return a.countTokens(c)
	case "GET models":
		return a.listModels(c.req.URL.Query())
	}
	if id, found := strings.CutPrefix(c.method, "models/"); found && c.req.Method == http.MethodGet {
		return a.getModel(id)
	}
	return a.refuse(http.StatusNotFound, "Not found")
}

// refuse is Anthropic's error envelope, with the type that belongs to a status.
func (a *claude) refuse(status int, message string) answer {
	kind := map[int]string{
		http.StatusBadRequest: "invalid_request_error", http.StatusUnauthorized: "authentication_error",
		http.StatusPaymentRequired: "billing_error", http.StatusForbidden: "permission_error",
		http.StatusNotFound: "not_found_error", http.StatusConflict: "conflict_error",
		http.StatusRequestEntityTooLarge: "request_too_large", http.StatusTooManyRequests: "rate_limit_error",
		http.StatusGatewayTimeout: "timeout_error", statusOverloaded: "overloaded_error",
	}[status]
	if kind == "" {
		kind = "api_error"
	}
	id := "req_" + a.sim.ids.hex(12)
	result := jsonAnswer(status, map[string]any{
		"type": "error", "error": map[string]string{"type": kind, "message": message}, "request_id": id,
	})
	result.header.Set("Request-Id", id)
	return result
}

// statusOverloaded is Anthropic's own status.
const statusOverloaded = 529

func (a *claude) failure(status, retryAfter int, message string) answer {
	if message == "" {
		message = map[int]string{
			statusOverloaded: "Overloaded", http.StatusInternalServerError: "Internal server error",
			http.StatusTooManyRequests: "This request would exceed your organization's rate limit. Please try again later.",
		}[status]
	}
	if message == "" {
		message = http.StatusText(status)
	}
	result := a.refuse(status, message)
	if retryAfter > 0 {
		result.header.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	return result
}
