package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/inbox"
	"sembang/internal/reply"
	"sembang/internal/worker"
)

// Message is one entry of a thread: what was written, or what happened.
type Message struct {
	ID         string             `json:"id" format:"uuid"`
	Seq        int64              `json:"seq" doc:"Its place in the conversation"`
	Direction  string             `json:"direction" enum:"in,out,event"`
	Author     string             `json:"author" enum:"contact,bot,agent,phone,system" doc:"phone: typed by the owner on the phone itself"`
	AuthorName *string            `json:"author_name" nullable:"true"`
	Content    string             `json:"content" doc:"text, or what else the customer sent"`
	Text       string             `json:"text"`
	At         time.Time          `json:"at"`
	State      string             `json:"state" enum:"received,queued,sending,sent,failed,unknown,done" doc:"unknown: maybe not delivered; it is never sent again by itself"`
	Error      *string            `json:"error" nullable:"true"`
	Event      orNull[Happening]  `json:"event"`
	Reply      orNull[Provenance] `json:"reply" doc:"What produced an answer of the bot"`
}

// Happening is what was done in a conversation.
type Happening struct {
	Kind   string  `json:"kind" enum:"taken_over,resumed,handed_over,assigned,completed,reopened"`
	Reason *string `json:"reason" nullable:"true"`
}

// Provenance is what produced an answer of the bot.
type Provenance struct {
	Source         string        `json:"source" enum:"template,claude,fixed,none"`
	Template       orNull[Named] `json:"template"`
	Score          *float64      `json:"score" nullable:"true" doc:"0 to 1: how sure the template fits"`
	Language       *string       `json:"language" nullable:"true"`
	Mixed          bool          `json:"mixed"`
	Model          *string       `json:"model" nullable:"true"`
	Simulated      bool          `json:"simulated" doc:"The model is the simulator's"`
	LatencyMS      int           `json:"latency_ms"`
	InputTokens    int           `json:"input_tokens"`
	OutputTokens   int           `json:"output_tokens"`
	CostMicroUSD   int64         `json:"cost_micro_usd" doc:"Millionths of a US dollar"`
	Considered     []Considered  `json:"considered"`
	AnswersFromSeq int64         `json:"answers_from_seq"`
	AnswersToSeq   int64         `json:"answers_to_seq"`
	Checks         []Check       `json:"checks"`
}

// Considered is a template that was weighed.
type Considered struct {
	ID    string  `json:"id" format:"uuid"`
	Name  string  `json:"name"`
	Score float64 `json:"score"`
}

// Check is one test an answer had to pass.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail"`
}

type listMessagesIn struct {
	OneConversation
	Cursor string `query:"cursor" maxLength:"40" doc:"next_cursor of the page before: older messages"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type messagesOut struct {
	Body struct {
		Items      []Message `json:"items" doc:"Oldest first"`
		NextCursor *string   `json:"next_cursor" nullable:"true" doc:"Null at the beginning of the thread"`
	}
}

type sendMessageIn struct {
	OneConversation
	Key  string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"200" doc:"The same key and text return the first answer"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"16000"`
	}
}

type messageOut struct{ Body Message }

var errCursor = fault.New(fault.Invalid, "This page's cursor is not valid. Start from the newest messages.")

func (s *Server) listMessages(ctx context.Context, in *listMessagesIn) (*messagesOut, error) {
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := s.conversation(ctx, conn, v, in.ID)
	if err != nil {
		return nil, err
	}
	var before int64
	if in.Cursor != "" {
		if before, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || before < 1 {
			return nil, errCursor
		}
	}
	c, err := conversationID(seen.Body.ID)
	if err != nil {
		return nil, err
	}
	list, next, err := inbox.Thread(ctx, conn, callerOf(ctx).Company, c, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &messagesOut{}
	if out.Body.Items, err = s.messages(ctx, conn, list); err != nil {
		return nil, err
	}
	if next > 0 {
		cursor := strconv.FormatInt(next, 10)
		out.Body.NextCursor = &cursor
	}
	return out, nil
}

// messages joins a thread with what produced its answers.
func (s *Server) messages(ctx context.Context, conn db.Conn, list []inbox.Message) ([]Message, error) {
	ids := make([]id.Message, 0, len(list))
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	by, err := reply.Of(ctx, conn, callerOf(ctx).Company, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Message, 0, len(list))
	for _, m := range list {
		message := messageOf(m)
		if r, ok := by[m.ID]; ok {
			message.Reply = orNull[Provenance]{provenanceOf(r)}
		}
		out = append(out, message)
	}
	return out, nil
}

func (s *Server) sendMessage(ctx context.Context, in *sendMessageIn) (*messageOut, error) {
	text := strings.TrimSpace(strings.ReplaceAll(in.Body.Text, "\x00", ""))
	if text == "" {
		return nil, inbox.ErrBlank
	}
	c, err := conversationID(in.ID)
	if err != nil {
		return nil, err
	}
	conn, v, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := s.conversation(ctx, conn, v, in.ID)
	if err != nil {
		return nil, err
	}
	parts, err := worker.Split(s.Providers, seen.Body.Channel, text)
	if err != nil {
		return nil, err
	}
	var m id.Message
	err = s.DB.InCompany(ctx, callerOf(ctx).Company, func(tx *db.Tx) error {
		m, err = inbox.Post(ctx, tx, v, c, inbox.Draft{Key: in.Key, Text: text, Parts: parts})
		return err
	})
	if err != nil {
		return nil, err
	}
	s.Sends.Ring()
	s.Bell.Ring()
	got, err := inbox.GetMessage(ctx, conn, callerOf(ctx).Company, m)
	if err != nil {
		return nil, err
	}
	return &messageOut{messageOf(got)}, nil
}

func messageOf(m inbox.Message) Message {
	out := Message{
		ID: m.ID.String(), Seq: m.Seq, Direction: m.Direction, Author: m.Author, AuthorName: m.AuthorName,
		Content: m.Content, Text: m.Body, At: m.At, State: m.State, Error: m.Error,
	}
	if m.Direction == "event" {
		happened := Happening{Kind: m.Content}
		if m.Body != "" {
			happened.Reason = &m.Body
		}
		out.Event = orNull[Happening]{&happened}
		out.Content, out.Text = "text", ""
	}
	return out
}

func provenanceOf(r reply.Recorded) *Provenance {
	p := &Provenance{
		Source: string(r.Source), Score: r.Score, Language: r.Language, Mixed: r.Mixed, Model: r.Model, LatencyMS: r.LatencyMS,
		Simulated:   r.Model != nil && strings.HasSuffix(*r.Model, "-simulated"),
		InputTokens: r.InputTokens, OutputTokens: r.OutputTokens, CostMicroUSD: r.CostMicroUSD,
		AnswersFromSeq: r.FromSeq, AnswersToSeq: r.ToSeq,
		Considered: make([]Considered, 0, len(r.Considered)), Checks: make([]Check, 0, len(r.Checks)),
	}
	for _, c := range r.Considered {
		p.Considered = append(p.Considered, Considered{c.ID.String(), c.Name, c.Score})
		if r.TemplateID != nil && c.ID == *r.TemplateID {
			p.Template = orNull[Named]{&Named{c.ID.String(), c.Name}}
		}
	}
	for _, c := range r.Checks {
		p.Checks = append(p.Checks, Check(c))
	}
	return p
}
