package sim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Script is an answer of the simulated Claude that a test decides. The match
// fields select calls, empty ones all; the newest script that matches answers.
type Script struct {
	ID       string `json:"id"`
	Contains string `json:"contains,omitempty"` // in the last user text, any case
	Pattern  string `json:"pattern,omitempty"`  // regular expression over it
	System   string `json:"system,omitempty"`   // in the system prompt
	// Call answers only the nth matching call, counted from 1; 0 is every one.
	Call int `json:"call,omitempty"`

	// Text is short for one text block; Content are the blocks as they are.
	Text        string          `json:"text,omitempty"`
	Content     json.RawMessage `json:"content,omitempty"`
	StopReason  string          `json:"stop_reason,omitempty"`
	StopDetails json.RawMessage `json:"stop_details,omitempty"`
	Usage       json.RawMessage `json:"usage,omitempty"` // overrides the fields it names
	// DelayMS is how long the answer takes; nil is the default delay.
	DelayMS *int `json:"delay_ms,omitempty"`

	Matched int `json:"matched"`
	pattern *regexp.Regexp
}

// maxScripts bounds the list.
const maxScripts = 1000

// AddScript decides answers from now on and returns the script's id. Its
// content is sent as it is, without a mark that it is simulated; the answer's
// model still says so.
func (s *Sim) AddScript(sc Script) (string, error) {
	pattern, err := regexp.Compile(sc.Pattern)
	if err != nil {
		return "", fmt.Errorf("%w: pattern: %w", ErrInvalid, err)
	}
	if sc.Content == nil {
		sc.Content, _ = json.Marshal([]block{{Type: "text", Text: sc.Text}})
	}
	var list []json.RawMessage
	if err := json.Unmarshal(sc.Content, &list); err != nil {
		return "", fmt.Errorf("%w: content must be a list of blocks", ErrInvalid)
	}
	if sc.StopReason == "" {
		sc.StopReason = "end_turn"
	}
	a := s.claude
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.scripts) >= maxScripts {
		return "", fmt.Errorf("%w: too many scripts", ErrFull)
	}
	a.count++
	sc.ID, sc.pattern, sc.Matched = fmt.Sprintf("script-%d", a.count), pattern, 0
	a.scripts = append(a.scripts, &sc)
	return sc.ID, nil
}

// Scripts returns the scripts, oldest first.
func (s *Sim) Scripts() []Script {
	s.claude.mu.Lock()
	defer s.claude.mu.Unlock()
	all := make([]Script, 0, len(s.claude.scripts))
	for _, sc := range s.claude.scripts {
		all = append(all, *sc)
	}
	return all
}

// ClearScripts removes every script.
func (s *Sim) ClearScripts() {
	s.claude.mu.Lock()
	defer s.claude.mu.Unlock()
	s.claude.scripts = nil
}

// script returns the script that answers a request, if one does.
func (a *claude) script(r *claudeRequest) (Script, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	text, system := r.lastUserText(), r.System.text()
	for i := len(a.scripts) - 1; i >= 0; i-- {
		sc := a.scripts[i]
		if !strings.Contains(strings.ToLower(text), strings.ToLower(sc.Contains)) ||
			!strings.Contains(system, sc.System) || !sc.pattern.MatchString(text) {
			continue
		}
		sc.Matched++
		if sc.Call == 0 || sc.Call == sc.Matched {
			return *sc, true
		}
	}
	return Script{}, false
}
