package chaos

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"sembang/internal/channel"
)

// nodes is how many processes of the product run.
const nodes = 2

// Shares of the messages, in percent.
const (
	shareTemplate = 30 // asked in the words of a template, once a chat each
	shareLong     = 3  // answered in several parts, once a chat
	sharePoison   = 1  // cannot be read, in halves
	shareCopied   = 10 // delivered more than once
	shareSwapped  = 10 // delivered before the one written before it
	shareNameless = 10 // of OnSend's: without a message id
	sharePerson   = 5  // of the chats: end with the wish for a person
)

// Sizes that keep the load within the vendors' own limits: OnSend allows a device
// 60 calls a minute, of which the product uses 40.
const (
	messagesPerChat   = 10
	leastChats        = 8
	companies         = 4
	shareOnSend       = 40  // of the chats, in percent
	onSendPerSecond   = 0.4 // messages to one device
	telegramPerSecond = 5.0 // messages to one bot
)

// subject is what a letter is there for.
type subject int

const (
	free     subject = iota // the simulated Claude quotes it
	asked                   // a template answers
	long                    // a script answers in several parts
	person                  // wants a person
	spoilt                  // is poison
	subjects int     = iota
)

// letter is one webhook that a customer causes.
type letter struct {
	Number   int // in the order they were written, from 1
	Subject  subject
	Token    string // names it in texts
	Text     string
	At       time.Duration
	Node     int // that gets it first
	Nameless bool
	Swapped  bool
	Copies   []copied
}

// copied is another delivery of the same webhook.
type copied struct {
	Beside bool          // at the same time, at the other node
	After  time.Duration // otherwise: so long after the acknowledgement
	Node   int
}

// chat is a customer at an account. Letters are in the order they are posted.
type chat struct {
	Account int
	Address string
	Name    string
	Letters []letter
}

// account is a vendor account of one of the companies.
type account struct {
	Channel channel.Kind
	Name    string // the simulator's
	Token   string
	Company int
	Form    string // OnSend: the shape of its webhooks
	Named   bool   // OnSend: answers tell the message's id
	Echoes  bool   // OnSend: what we send comes back on the webhook
}

// blow is something that is done to the system.
type blow struct {
	Kind blowKind
	At   time.Duration
	Node int
	For  time.Duration
}

type blowKind string

const (
	blowKill    blowKind = "kill"
	blowRestart blowKind = "restart"
	blowOutage  blowKind = "outage"
	blowPause   blowKind = "pause"
)

// plan is everything that is decided before a run.
type plan struct {
	Seed     uint64
	Accounts []account
	Chats    []chat
	Blows    []blow
	Length   time.Duration
	Rate     float64
}

// newPlan draws a plan from the seed of c; the same Config gives the same plan.
func newPlan(c Config) plan {
	r := rand.New(rand.NewPCG(c.Seed, 0x5e3ba46)) //nolint:gosec // repeatable by design
	p := plan{Seed: c.Seed, Rate: c.Rate, Length: time.Duration(float64(c.Messages) / c.Rate * float64(time.Second))}
	p.addAccounts()
	p.addChats(r, c.Messages)
	p.addBlows(r, c)
	return p
}

func (p *plan) addAccounts() {
	onsend := max(2, int(p.Rate*shareOnSend/100/onSendPerSecond+0.999))
	telegram := max(2, int(p.Rate*(100-shareOnSend)/100/telegramPerSecond+0.999))
	forms := []string{"flat", "event", "baileys"}
	for i := range onsend {
		p.Accounts = append(p.Accounts, account{
			Channel: channel.OnSend, Name: fmt.Sprintf("device-%d", i), Token: fmt.Sprintf("onsend-token-%d-%d", p.Seed, i),
			Company: i % companies, Form: forms[i%len(forms)], Named: i%2 == 0, Echoes: i%4 == 1,
		})
	}
	for i := range telegram {
		id := 7_100_000_000 + i
		p.Accounts = append(p.Accounts, account{
			Channel: channel.Telegram, Name: fmt.Sprint(id), Token: fmt.Sprintf("%d:chaos-%029d", id, i), Company: i % companies,
		})
	}
}

func (p *plan) addChats(r *rand.Rand, messages int) {
	var by [2][]int // accounts: OnSend's, Telegram's
	for i, a := range p.Accounts {
		if a.Channel == channel.OnSend {
			by[0] = append(by[0], i)
		} else {
			by[1] = append(by[1], i)
		}
	}
	count := max(min(leastChats, messages), messages/messagesPerChat)
	var dealt [2]int // chats of each kind so far
	for i := range count {
		kind := 1
		if i%100*shareOnSend/100 != (i%100+1)*shareOnSend/100 {
			kind = 0
		}
		v := chat{Account: by[kind][dealt[kind]%len(by[kind])], Name: fmt.Sprintf("Customer K%04d", i), Address: fmt.Sprint(8_200_000_000 + i)}
		dealt[kind]++
		if p.Accounts[v.Account].Channel == channel.OnSend {
			v.Address = fmt.Sprintf("6011%08d", i)
		}
		n := messages / count
		if i < messages%count {
			n++
		}
		v.Letters = p.letters(r, i, v, n)
		p.Chats = append(p.Chats, v)
	}
}

// letters draws the letters of a chat: in visits of one to three that follow each
// other closely, so that some are answered together.
func (p *plan) letters(r *rand.Rand, index int, v chat, n int) []letter {
	var at []time.Duration
	for len(at) < n {
		next := draw(r, 0, p.Length)
		for range min(1+r.IntN(3), n-len(at)) {
			at = append(at, next)
			next += draw(r, 30*time.Millisecond, 350*time.Millisecond)
		}
	}
	slices.Sort(at)
	unused := r.Perm(len(topics))
	list := make([]letter, n)
	said := false
	for i := range list {
		l := letter{Number: i + 1, Token: fmt.Sprintf("k%04d-%02d", index, i+1), At: at[i], Node: r.IntN(nodes)}
		l.Subject = subjectOf(r, len(unused) > 0, said)
		said = said || l.Subject == long
		switch {
		case i == n-1 && chance(r, sharePerson):
			l.Subject, l.Text = person, l.Token+" I want to talk to a human please"
		case l.Subject == asked:
			l.Text, unused = topics[unused[0]].ask(r), unused[1:]
		default:
			l.Text = l.Token + " " + smallTalk[r.IntN(len(smallTalk))]
		}
		l.Nameless = p.Accounts[v.Account].Channel == channel.OnSend && (l.Subject == free || l.Subject == long) && chance(r, shareNameless)
		if chance(r, shareCopied) {
			l.Copies = copies(r, l.Node)
		}
		list[i] = l
	}
	swap(r, list)
	return list
}

func subjectOf(r *rand.Rand, topicLeft, said bool) subject {
	n := r.IntN(200)
	switch {
	case n < sharePoison:
		return spoilt
	case n < sharePoison+2*shareLong && !said:
		return long
	case n >= 200-2*shareTemplate && topicLeft:
		return asked
	}
	return free
}

func copies(r *rand.Rand, first int) []copied {
	list := []copied{{Beside: true, Node: (first + 1) % nodes}}
	if r.IntN(2) == 0 {
		list[0] = copied{After: draw(r, 0, 5*time.Second), Node: r.IntN(nodes)}
	}
	if r.IntN(4) == 0 {
		list = append(list, copied{After: draw(r, 0, 10*time.Second), Node: r.IntN(nodes)})
	}
	return list
}

// swap delivers some letters before the one written before them.
func swap(r *rand.Rand, list []letter) {
	for i := 1; i < len(list); i++ {
		if list[i].Subject != person && chance(r, shareSwapped) {
			list[i-1], list[i] = list[i], list[i-1]
			list[i-1].At, list[i].At = list[i].At, list[i-1].At
			list[i-1].Swapped = true
			i++
		}
	}
}

// addBlows spreads each kind over the run, one in each stretch of equal length.
func (p *plan) addBlows(r *rand.Rand, c Config) {
	for _, kind := range []struct {
		kind  blowKind
		count int
		lasts time.Duration
	}{{blowKill, c.Kills, 0}, {blowRestart, c.Restarts, 0}, {blowOutage, c.Outages, c.Outage}, {blowPause, c.Pauses, c.Pause}} {
		for i := range kind.count {
			stretch := p.Length / time.Duration(kind.count)
			p.Blows = append(p.Blows, blow{
				Kind: kind.kind, At: stretch*time.Duration(i) + draw(r, stretch/10, stretch), Node: r.IntN(nodes), For: kind.lasts,
			})
		}
	}
	slices.SortStableFunc(p.Blows, func(a, b blow) int { return cmp.Compare(a.At, b.At) })
}

func draw(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(max(to-from, 1))))
}

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }
