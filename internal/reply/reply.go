// Package reply decides what the bot answers: a template where one fits, the model
// where none does, a person where neither should. It sends nothing; the worker
// commits what it plans.
package reply

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"sembang/internal/db"
	"sembang/internal/inbox"
	"sembang/internal/template"
)

// Model is a language model behind the engine.
type Model interface {
	// Answer makes one answer; it returns within its own time limit. An error
	// means that there is none to be had now.
	Answer(ctx context.Context, r Request) (Completion, error)
}

// Request is what a model is asked.
type Request struct {
	// Rules are the company's instructions and facts: the same for every
	// message of a company, so that a vendor can cache them.
	Rules string
	// Hints change from message to message.
	Hints string
	// Turns alternate, start and end with the customer.
	Turns []Utterance
	// Contact is an opaque, stable name of the customer for the vendor's abuse
	// checks; no personal data.
	Contact string
}

// Utterance is what one side said.
type Utterance struct {
	Ours bool
	Text string
}

// Completion is a model's answer.
type Completion struct {
	Text string
	// HandOver is why the model wants a person, empty if it answered.
	HandOver     string
	Model        string
	RequestID    string
	InputTokens  int
	OutputTokens int
	CostMicroUSD int64
}

// Source is where an answer came from.
type Source string

// The sources.
const (
	FromTemplate Source = "template"
	FromModel    Source = "claude"
	FromFixed    Source = "fixed" // the company's hand-over sentence
	FromNobody   Source = "none"  // nothing was said
)

// Provenance is what produced an answer, stored with it.
type Provenance struct {
	Source     Source
	Template   *uuid.UUID
	Score      *float64
	Language   string
	Mixed      bool
	Model      string
	RequestID  string
	PromptHash string
	LatencyMS  int
	Completion Completion
	Considered []Considered
	Checks     []Check
}

// Considered is a template that was weighed.
type Considered struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Score float64   `json:"score"`
}

// Check is one test an answer had to pass.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail"`
}

// Plan is a decision about a turn.
type Plan struct {
	// From is the oldest inbound seq it answers; Answer.UpTo the newest.
	From       int64
	Answer     inbox.Answer
	Provenance Provenance
}

// Engine plans answers. It is safe for concurrent use.
type Engine struct {
	db        *db.DB
	templates *template.Cache
	model     Model // nil: no model is configured
	log       *slog.Logger
}

// NewEngine returns an engine; without a model, what no template answers goes to
// a person.
func NewEngine(d *db.DB, templates *template.Cache, model Model, log *slog.Logger) *Engine {
	return &Engine{db: d, templates: templates, model: model, log: log}
}
