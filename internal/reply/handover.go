package reply

import (
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
	text := q.company.HandoverText[q.language]
	if text == "" {
		text = handover[q.language]
	}
	p.Source = FromFixed
	return Plan{Answer: inbox.Answer{Text: text, HandOver: reason}, Provenance: p}
}

// people are the words for a person in a request to talk to one. A message that
// joins one with a wish for it goes to a person before anything else looks at it.
var (
	people = []string{"human", "real person", "live agent", "customer service", "staff", "manager", "operator", "an agent", "the agent",
		"manusia", "orang sebenar", "orang betul", "pekerja", "pengurus", "khidmat pelanggan", "wakil",
		"真人", "人工", "客服", "真人客服", "经理", "经 理", "職員", "职员"}
	wishes = []string{"talk to", "speak to", "speak with", "talk with", "chat with", "connect me", "transfer me", "pass me", "want a", "want to", "need a", "need to", "can i", "may i", "please",
		"nak cakap", "nak bercakap", "mahu bercakap", "boleh cakap", "boleh bercakap", "hubungkan", "sambungkan", "nak chat", "nak jumpa", "bagi saya", "tolong",
		"转", "轉", "找", "要", "请", "請", "跟", "和", "想", "叫"}
)

func asksForPerson(text string) bool {
	text = strings.ToLower(norm.NFKC.String(text))
	if len(text) > 300 {
		return false
	}
	return contains(text, people) && contains(text, wishes)
}

func contains(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
