package reply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"sembang/internal/inbox"
	"sembang/internal/product"
	"sembang/internal/template"
)

const (
	maxProducts        = 200
	maxTranscriptBytes = 24_000
)

// ask lets the model answer, with the templates that may fit as hints, and holds
// its answer against the facts.
func (e *Engine) ask(ctx context.Context, q question, hits []template.Hit, p Provenance) (Plan, error) {
	products, err := product.Active(ctx, e.db.For(q.company.ID), q.company.ID, maxProducts)
	if err != nil {
		return Plan{}, err
	}
	r := Request{Rules: rules(q, products), Hints: hints(q, hits), Turns: utterances(q.script.Messages), Contact: opaque(q)}
	sum := sha256.Sum256([]byte(r.Rules))
	p.PromptHash = hex.EncodeToString(sum[:8])
	c, err := e.model.Answer(ctx, r)
	if err != nil {
		if ctx.Err() != nil {
			return Plan{}, fmt.Errorf("ask model: %w", err)
		}
		e.log.WarnContext(ctx, "model gave no answer", "company", q.company.ID, "error", err)
		return handOver(q, ReasonUnavailable, p), nil
	}
	p.Completion, p.Model, p.RequestID = c, c.Model, c.RequestID
	c.Text = strings.TrimSpace(c.Text)
	switch {
	case c.HandOver != "":
		return handOver(q, ReasonAsked, p), nil
	case c.Text == "":
		return handOver(q, ReasonRefused, p), nil
	}
	p.Checks = checkFacts(c.Text, r.Rules+"\n"+r.Hints)
	for _, check := range p.Checks {
		if !check.Passed {
			return handOver(q, ReasonFacts, p), nil
		}
	}
	p.Source = FromModel
	return Plan{Answer: inbox.Answer{Text: c.Text}, Provenance: p}, nil
}

// utterances turns the transcript into alternating turns, oldest first, that
// start and end with the customer and fit the budget.
func utterances(messages []inbox.Message) []Utterance {
	var turns []Utterance
	for _, m := range messages {
		text := strings.TrimSpace(m.Body)
		if m.Content != "text" && m.Direction == "in" {
			text = strings.TrimSpace("[" + m.Content + "] " + text)
		}
		if text == "" {
			continue
		}
		ours := m.Direction == "out"
		if n := len(turns); n > 0 && turns[n-1].Ours == ours {
			turns[n-1].Text += "\n" + text
			continue
		}
		turns = append(turns, Utterance{Ours: ours, Text: text})
	}
	for len(turns) > 0 && turns[len(turns)-1].Ours {
		turns = turns[:len(turns)-1]
	}
	size := 0
	for i := len(turns) - 1; i >= 0; i-- {
		size += len(turns[i].Text)
		if size > maxTranscriptBytes && i < len(turns)-1 {
			turns = turns[i+1:]
			break
		}
	}
	for len(turns) > 1 && turns[0].Ours {
		turns = turns[1:]
	}
	return turns
}

// opaque names the contact for the vendor without telling who it is.
func opaque(q question) string {
	sum := sha256.Sum256([]byte("contact:" + q.company.ID.String() + ":" + q.script.Conversation.ContactID.String()))
	return hex.EncodeToString(sum[:16])
}
