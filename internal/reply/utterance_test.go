package reply

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/inbox"
)

func TestTheTranscriptAlternatesAndEndsWithTheCustomer(t *testing.T) {
	t.Parallel()
	say := func(direction, content, body string) inbox.Message {
		return inbox.Message{Direction: direction, Content: content, Body: body}
	}
	got := utterances([]inbox.Message{
		say("out", "text", "welcome"), say("in", "text", "hi"), say("in", "image", "is this one there?"), say("in", "audio", ""),
		say("out", "text", "yes"), say("out", "text", "it is"), say("in", "text", "good"), say("out", "text", "queued answer"),
	}, 1)
	want := []Utterance{
		{Text: "hi\n[image] is this one there?\n[audio]"}, {Ours: true, Text: "yes\nit is"}, {Text: "good"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("utterances (-want +got):\n%s", diff)
	}
}

func TestALongTranscriptKeepsItsNewestPart(t *testing.T) {
	t.Parallel()
	var messages []inbox.Message
	for range 40 {
		messages = append(messages,
			inbox.Message{Direction: "in", Content: "text", Body: strings.Repeat("q", 1000)},
			inbox.Message{Direction: "out", Content: "text", Body: strings.Repeat("a", 1000)})
	}
	messages = append(messages, inbox.Message{Direction: "in", Content: "text", Body: "the newest"})
	got := utterances(messages, 1)
	size := 0
	for _, u := range got {
		size += len(u.Text)
	}
	if size > maxTranscriptBytes || got[0].Ours || got[len(got)-1].Text != "the newest" {
		t.Errorf("%d bytes, starts ours %v, ends with %q", size, got[0].Ours, got[len(got)-1].Text)
	}
}
