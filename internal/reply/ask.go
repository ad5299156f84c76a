package reply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sembang/internal/inbox"
	"sembang/internal/product"
	"sembang/internal/template"
)

const maxProducts = 200

// ask lets the model answer, with the templates that may fit as hints, and holds
// its answer against the facts.
func (e *Engine) ask(ctx context.Context, q question, hits []template.Hit, p Provenance) (Plan, error) {
	products, err := product.Active(ctx, e.db.For(q.company.ID), q.company.ID, maxProducts)
	if err != nil {
		return Plan{}, err
	}
	r := Request{Rules: rules(q, products), Hints: hints(q, hits), Turns: utterances(q.script.Messages, q.pending[0].Seq), Contact: opaque(q)}
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
	c.Text, c.Model, c.RequestID = clean(c.Text), clean(c.Model), clean(c.RequestID)
	p.Completion, p.Model, p.RequestID = c, c.Model, c.RequestID
	switch {
	case c.HandOver != "":
		return handOver(q, ReasonAsked, p), nil
	case c.Text == "":
		return handOver(q, ReasonRefused, p), nil
	}
	p.Checks = checkFacts(c.Text, r.Rules+"\n"+r.Hints, q.company.Currency)
	for _, check := range p.Checks {
		if !check.Passed {
			return handOver(q, ReasonFacts, p), nil
		}
	}
	p.Source = FromModel
	return Plan{Answer: inbox.Answer{Text: c.Text}, Provenance: p}, nil
}

// opaque names the contact for the vendor without telling who it is.
func opaque(q question) string {
	sum := sha256.Sum256([]byte("contact:" + q.company.ID.String() + ":" + q.script.Conversation.ContactID.String()))
	return hex.EncodeToString(sum[:16])
}
