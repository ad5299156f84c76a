package reply

import (
	"strings"

	"sembang/internal/inbox"
)

const (
	maxTranscriptBytes = 24_000
	// maxPendingBytes is the part of it for what is still unanswered.
	maxPendingBytes = maxTranscriptBytes / 2
	// maxBeforeBytes is what stays of a customer's older words right before it.
	maxBeforeBytes = 2_000
)

// utterances turns the transcript into alternating turns, oldest first, that
// start and end with the customer and fit the budget. What is unanswered, from
// seq from on, stays in: its beginning and its end where it is too long.
func utterances(messages []inbox.Message, from int64) []Utterance {
	turns, first := alternate(messages, from)
	for len(turns) > 0 && turns[len(turns)-1].Ours {
		turns = turns[:len(turns)-1]
	}
	first = min(first, len(turns)-1)
	size := 0
	for i := len(turns) - 1; i >= 0; i-- {
		if i >= first {
			turns[i].Text = clip(turns[i].Text, maxPendingBytes/(len(turns)-first))
		}
		size += len(turns[i].Text)
		if size > maxTranscriptBytes && i < first {
			turns = turns[i+1:]
			break
		}
	}
	for len(turns) > 1 && turns[0].Ours {
		turns = turns[1:]
	}
	return turns
}

// alternate joins what one side wrote in a row; first is the turn that holds the
// oldest unanswered message.
func alternate(messages []inbox.Message, from int64) (turns []Utterance, first int) {
	first = -1
	for _, m := range messages {
		text := strings.TrimSpace(m.Body)
		if m.Content != "text" && m.Direction == "in" {
			text = strings.TrimSpace("[" + m.Content + "] " + text)
		}
		if text == "" {
			continue
		}
		ours := m.Direction == "out"
		joins := len(turns) > 0 && turns[len(turns)-1].Ours == ours
		if !joins {
			turns = append(turns, Utterance{Ours: ours})
		}
		last := &turns[len(turns)-1]
		if first < 0 && !ours && m.Seq >= from {
			first = len(turns) - 1
			last.Text = tail(last.Text, maxBeforeBytes)
		}
		if joins {
			last.Text += "\n"
		}
		last.Text += text
	}
	if first < 0 {
		first = len(turns)
	}
	return turns, first
}
