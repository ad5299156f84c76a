package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// topic is a template and the messages that ask for it. Its answer names the
// contact, so that no two chats get the same text.
type topic struct {
	name     string
	answer   string
	examples []string
}

func (t topic) ask(r *rand.Rand) string { return t.examples[r.IntN(len(t.examples))] }

// topics are far apart, so that an example always finds its own; read only.
var topics = []topic{
	{"hours", "we open at ten and close at eight.", []string{"what are your opening hours", "what time do you close tonight"}},
	{"delivery", "we deliver within the city in two days.", []string{"do you deliver to my house", "how long does delivery take"}},
	{"halal", "our kitchen is halal certified.", []string{"is your food halal certified", "do you have a halal certificate"}},
	{"parking", "there is free parking behind the shop.", []string{"where can I park my car", "is there free parking nearby"}},
	{"wifi", "the wifi is free, ask at the counter.", []string{"do you have wifi for guests", "what is the wifi password"}},
	{"returns", "you may return it within seven days.", []string{"can I return a broken item", "what is the return policy"}},
	{"gift", "we wrap gifts free of charge.", []string{"can you gift wrap my present", "do you do gift wrapping"}},
	{"allergy", "all nuts are kept apart.", []string{"are there peanuts inside", "I am allergic to nuts is that safe"}},
	{"invoice", "we e-mail an invoice with each purchase.", []string{"please send me an invoice", "can I get a tax invoice by email"}},
	{"membership", "membership is free and gives points.", []string{"how do I join the membership programme", "do members collect points"}},
	{"repair", "repairs take about a week.", []string{"can you repair my old bicycle", "how many days for a bicycle repair"}},
	{"class", "baking classes are on Saturdays.", []string{"when is the next baking class", "how do I register for baking lessons"}},
}

// smallTalk is what no template answers; read only.
var smallTalk = []string{
	"is the blue one still there?", "my sister liked the last one a lot", "does it come with a lid?", "which size fits a round table?",
	"I saw the photo on your page", "could it be a bit smaller?", "warna biru masih ada?", "adik saya suka yang kecil",
	"请问蓝色的还有吗?", "这个适合小朋友吗?", "can it be green instead?", "we are eight people on that evening",
}

// longLines makes an answer of about three parts at either vendor's limit.
const longLines = 150

// longAnswer is what the simulated Claude answers to a letter with a long answer.
// Each line names the letter, so that no two parts of a run are the same.
func longAnswer(token string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "You asked %s.\n", token)
	for i := range longLines {
		fmt.Fprintf(&b, "About %s, line %d: the shop keeps many things and tells you about them at length.\n", token, i+1)
	}
	return strings.TrimSpace(b.String())
}
