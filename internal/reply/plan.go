package reply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sembang/internal/company"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/language"
	"sembang/internal/template"
	"sembang/internal/template/match"
)

const (
	maxCandidates = 5
	// maybeOwn is the score from which a company's own template may be meant, so
	// that no global one answers in its place.
	maybeOwn = 0.5
	// maxQuestionBytes is what templates are matched against.
	maxQuestionBytes = 8_000
)

// Why a conversation is handed over; screens translate the words.
const (
	ReasonAsked       = "asked"           // the customer wants a person
	ReasonContent     = "content"         // something that is no text
	ReasonNoModel     = "no_answer"       // no template fits and no model is configured
	ReasonUnavailable = "model_down"      // the model cannot be reached
	ReasonRefused     = "model_refused"   // the model gave no usable answer
	ReasonFailed      = "failed"          // the turn failed each time
	ReasonFacts       = "unproven_figure" // the answer names a figure the company never gave
)

// question is what a turn must answer.
type question struct {
	company  company.Company
	script   inbox.Transcript
	pending  []inbox.Message
	text     string
	language string
	mixed    bool
}

// Plan decides what to answer to everything since the turn's processed seq. It
// opens no transaction and changes nothing.
func (e *Engine) Plan(ctx context.Context, t inbox.Turn) (Plan, error) {
	started := time.Now()
	q, err := e.read(ctx, t)
	if err != nil {
		return Plan{}, err
	}
	plan, err := e.decide(ctx, q)
	if err != nil {
		return Plan{}, err
	}
	plan.From = q.pending[0].Seq
	plan.Answer.UpTo = q.pending[len(q.pending)-1].Seq
	plan.Answer.Language, plan.Answer.Mixed = q.language, q.mixed
	plan.Provenance.Language, plan.Provenance.Mixed = q.language, q.mixed
	plan.Provenance.LatencyMS = int(time.Since(started).Milliseconds())
	return plan, nil
}

func (e *Engine) read(ctx context.Context, t inbox.Turn) (question, error) {
	conn := e.db.For(t.Company)
	script, err := inbox.ReadTranscript(ctx, conn, t)
	if err != nil {
		return question{}, fmt.Errorf("read transcript: %w", err)
	}
	self, err := company.Self(ctx, conn)
	if err != nil {
		return question{}, err
	}
	q := question{company: self, script: script}
	var texts []string
	for _, m := range script.Messages {
		if m.Direction == "in" && m.Seq > t.Processed {
			q.pending = append(q.pending, m)
			texts = append(texts, m.Body)
		}
	}
	if len(q.pending) == 0 {
		return question{}, fmt.Errorf("read transcript: nothing since message %d", t.Processed)
	}
	q.text = clip(clean(strings.Join(texts, "\n")), maxQuestionBytes)
	if script.Omitted > 0 {
		e.log.WarnContext(ctx, "burst longer than a transcript", "company", t.Company, "omitted", script.Omitted)
	}
	q.language, q.mixed = q.detect()
	return q, nil
}

// detect returns the language to answer in: what the customer writes now, else
// what they wrote before, else the company's first.
func (q question) detect() (string, bool) {
	found := language.Detect(q.text)
	if found.Language != "" && (found.Confidence >= language.Sure || q.script.Conversation.Language == nil) {
		return found.Language, found.Mixed
	}
	for _, known := range []*string{q.script.Conversation.Language, q.script.Conversation.ContactLanguage} {
		if known != nil {
			return *known, found.Mixed
		}
	}
	if found.Language != "" {
		return found.Language, found.Mixed
	}
	return q.company.Languages[0], found.Mixed
}

func (e *Engine) decide(ctx context.Context, q question) (Plan, error) {
	switch {
	case q.text == "":
		return handOver(q, ReasonContent, Provenance{}), nil
	case asksForPerson(q.text):
		return handOver(q, ReasonAsked, Provenance{}), nil
	}
	hits, band, err := e.candidates(ctx, q)
	if err != nil {
		return Plan{}, err
	}
	p := Provenance{Considered: consider(hits)}
	if band == match.Auto {
		if plan, ok := fromTemplate(q, hits[0], p); ok {
			return plan, nil
		}
	}
	if e.model == nil {
		return handOver(q, ReasonNoModel, p), nil
	}
	if band == match.Free {
		hits = nil
	}
	return e.ask(ctx, q, hits, p)
}

// candidates matches the company's templates, then the global ones: a company's
// own answer wins wherever it is sure.
func (e *Engine) candidates(ctx context.Context, q question) ([]template.Hit, match.Band, error) {
	own, err := e.templates.Get(ctx, q.company.ID)
	if err != nil {
		return nil, 0, err
	}
	hits, band := own.Find(q.text, maxCandidates)
	if band == match.Auto {
		return hits, band, nil
	}
	global, err := e.templates.Get(ctx, id.Platform)
	if err != nil {
		return nil, 0, err
	}
	shared, sharedBand := global.Find(q.text, maxCandidates)
	if sharedBand == match.Auto && (len(hits) == 0 || hits[0].Score < maybeOwn) {
		return shared, sharedBand, nil
	}
	hits = append(hits, shared...)
	slices.SortStableFunc(hits, func(a, b template.Hit) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	if sharedBand == match.Auto {
		sharedBand = match.Choose
	}
	return hits[:min(len(hits), maxCandidates)], max(band, sharedBand), nil
}

func consider(hits []template.Hit) []Considered {
	list := make([]Considered, 0, len(hits))
	for _, h := range hits {
		list = append(list, Considered{ID: h.Template.ID, Name: h.Template.Name, Score: h.Score})
	}
	return list
}

// fromTemplate fills the template in; false if it has no text in the customer's
// language, a variable without a value, or nothing that shows.
func fromTemplate(q question, h template.Hit, p Provenance) (Plan, bool) {
	body, ok := h.Template.Texts[q.language]
	if !ok {
		return Plan{}, false
	}
	text, err := template.Render(body, map[string]string{
		"contact.name": q.script.Conversation.ContactName,
		"company.name": q.company.Name,
	})
	if text = clean(text); err != nil || text == "" {
		return Plan{}, false
	}
	p.Source, p.Template, p.Score = FromTemplate, &h.Template.ID, &h.Score
	return Plan{Answer: inbox.Answer{Text: text}, Provenance: p}, true
}
