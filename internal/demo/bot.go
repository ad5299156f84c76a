package demo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"sembang/internal/template"
)

// The answers of the week were written by hand, so they carry the name and the
// mark of the simulated model.
const (
	simulatedModel = "claude-haiku-5-5-simulated"
	simulatedMark  = "[Simulated Claude] "
)

var errSilent = errors.New("the bot is silent here")

// turn is what the engine does about everything pending: T answers with the
// named template, C with the model's text, H hands over.
func (t *thread) turn(st step) error {
	if len(t.pending) == 0 {
		return errors.New("nothing to answer")
	}
	paused := t.box.BotState == "paused" && (t.box.PausedUntil == nil || t.box.PausedUntil.After(t.at))
	if paused || t.box.BotState == "handed_over" {
		return errSilent
	}
	var texts []string
	for _, m := range t.pending {
		texts = append(texts, m.Body)
	}
	question := strings.TrimSpace(strings.Join(texts, "\n"))
	spoken, mixed := t.detect(question)
	r := &replyRow{
		FromSeq: t.box.Processed + 1, ToSeq: t.box.LastIn, Language: spoken, Mixed: mixed, At: t.at,
		LatencyMS: 4 + len(question)%7, Considered: []considered{}, Checks: []check{},
	}
	answer, reason, err := t.decide(st, question, r)
	if err != nil {
		return err
	}
	t.settle(r, answer, reason)
	return nil
}

// decide returns the text and, for a hand-over, its reason; it completes r.
func (t *thread) decide(st step, question string, r *replyRow) (answer, reason string, err error) {
	list, auto := t.find(question)
	switch {
	case st.op == "H":
		return t.handOver(st.text, question, r, list, auto)
	case st.op == "T" && (!auto || list[0].Name != st.text):
		return "", "", fmt.Errorf("%q is not answered by %q: %v, sure %t", question, st.text, list, auto)
	case st.op == "C" && auto:
		return "", "", fmt.Errorf("%q is answered by %v, not by the model", question, list[0])
	}
	r.Considered = list
	if st.op == "C" {
		r.Source = "claude"
		r.asked(question, st.text)
		return simulatedMark + st.text, "", nil
	}
	chosen := t.template(list[0].ID)
	r.Source, r.Template, r.Score = "template", &chosen.ID, &list[0].Score
	answer, err = template.Render(chosen.Texts[r.Language], map[string]string{"contact.name": t.contact.Name, "company.name": companyName})
	return answer, "", err
}

// handOver gives the conversation to a person: the customer asked for one
// (person) or the model did (model), there is no text to read (content), or the
// model named a figure it was never given (figure N).
func (t *thread) handOver(why, question string, r *replyRow, list []considered, auto bool) (answer, reason string, err error) {
	texts, err := handoverTexts()
	if err != nil {
		return "", "", err
	}
	r.Source = "fixed"
	why, figure, _ := strings.Cut(why, " ")
	switch why {
	case "person":
		return texts[r.Language], "asked", nil
	case "content":
		if question != "" {
			return "", "", fmt.Errorf("%q can be read", question)
		}
		return texts[r.Language], "content", nil
	}
	if auto {
		return "", "", fmt.Errorf("%q is answered by %v, not handed over", question, list[0])
	}
	r.Considered = list
	r.asked(question, "")
	switch why {
	case "model":
		r.Checks = []check{}
		return texts[r.Language], "asked", nil
	case "figure":
		r.Checks[0].Passed, r.Checks[0].Detail = false, figure
		return texts[r.Language], "unproven_figure", nil
	}
	return "", "", fmt.Errorf("%q is no reason to hand over", why)
}

// asked completes the row of an answer the model was asked for. The simulated
// one costs nothing.
func (r *replyRow) asked(question, answer string) {
	model := simulatedModel
	r.Model = &model
	r.LatencyMS = 640 + 9*(len(question)%53) + 2*len(answer)
	r.InputTokens, r.OutputTokens = 1900+len(question)/3, 18+len(answer)/3
	r.Checks = []check{{Name: "money", Passed: true}, {Name: "percentages", Passed: true}, {Name: "links", Passed: true}}
}

// settle is what inbox.Settle does with an answer.
func (t *thread) settle(r *replyRow, answer, reason string) {
	m := t.send("bot", nil, answer)
	t.said("bot", answer)
	r.Message = m.ID
	t.replies = append(t.replies, r)
	t.talk.Language, t.talk.Mixed, t.contact.Language = &r.Language, r.Mixed, &r.Language
	waiting := t.talk.WaitingSince
	t.answered()
	t.box.BotState, t.box.BotReason, t.box.PausedUntil = "on", nil, nil
	if reason == "" {
		return
	}
	t.event("handed_over", reason, nil)
	t.box.BotState, t.box.BotReason, t.talk.WaitingSince = "handed_over", &reason, waiting
}

// send adds a message that was carried in one part.
func (t *thread) send(author string, by *uuid.UUID, text string) *messageRow {
	m := t.add("out", author, text)
	m.AuthorID, m.State = by, "sent"
	t.sent = &outboxRow{
		Message: m.ID, Conversation: t.talk.ID, Integration: t.talk.Integration, Seq: m.Seq, External: t.identity.External, Kind: t.identity.Kind,
		Body: text, State: "sent", Attempt: uuid.New(), Attempts: 1, StartedAt: t.at, VendorID: t.vendorID(),
	}
	t.outbox = append(t.outbox, t.sent)
	return m
}

// event adds a line about what was done.
func (t *thread) event(kind, reason string, by *uuid.UUID) {
	m := t.add("event", "system", reason)
	m.Content, m.AuthorID, m.State = kind, by, "done"
}
