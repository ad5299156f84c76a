package reply

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"sembang/internal/inbox"
)

// handover is what the bot says by default when it gives a conversation to the
// people; a company may word it otherwise.
var handover = map[string]string{
	"en": "Thank you. I am passing this to a colleague, who will answer you here.",
	"ms": "Terima kasih. Saya serahkan kepada rakan sekerja saya, mereka akan jawab di sini.",
	"zh": "谢谢您。我已转给同事，他们会在这里回复您。",
}

// handOver plans to give the conversation to a person and tells the customer.
func handOver(q question, reason string, p Provenance) Plan {
	text := clean(q.company.HandoverText[q.language])
	if text == "" {
		text = handover[q.language]
	}
	p.Source = FromFixed
	return Plan{Answer: inbox.Answer{Text: text, HandOver: reason}, Provenance: p}
}

// GiveUp plans a hand-over without looking at the conversation, for a turn that
// failed each time it was tried.
func GiveUp(t inbox.Turn) Plan {
	return Plan{
		From: t.Processed + 1, Answer: inbox.Answer{UpTo: t.LastIn, HandOver: ReasonFailed}, Provenance: Provenance{Source: FromNobody},
	}
}

// A message asks for a person when a wish stands right before a word for one
// ("talk to a human"), the word before a please, or the word alone. Nothing else
// looks at such a message.
const (
	wish   = `talk to|speak to|speak with|talk with|chat with|connect me to|connect me with|transfer me to|pass me to|want a|want an|need a|need an|get me a|cakap dengan|bercakap dengan|cakap dgn|jumpa|hubungkan saya|sambungkan saya|sambung saya|nak|mahu`
	person = `human|real person|person|live agent|agent|customer service|staff|manager|operator|manusia|orang sebenar|orang betul|pekerja|staf|pengurus|khidmat pelanggan|wakil`
)

var personWanted = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:` + wish + `)(?:\W+\w+){0,2}?\W+(?:` + person + `)\b`),
	regexp.MustCompile(`\b(?:` + person + `)\W+(?:please|pls|plz|now|tolong)\b`),
	regexp.MustCompile(`^\W*(?:` + person + `)\W*$`),
	regexp.MustCompile(`(?:转|轉|找|要|请|請|跟|和|想|叫|接).{0,6}(?:真人|人工|客服|经理|經理|职员|職員|老板|老闆)|^\W*(?:真人|人工|客服|人工客服|真人客服)\W*$`),
}

const maxWish = 300 // bytes; longer texts are no such request

func asksForPerson(text string) bool {
	text = strings.ToLower(norm.NFKC.String(text))
	if len(text) > maxWish {
		return false
	}
	for _, w := range personWanted {
		if w.MatchString(text) {
			return true
		}
	}
	return false
}
