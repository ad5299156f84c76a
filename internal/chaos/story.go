package chaos

import (
	"fmt"
	"strings"

	"sembang/internal/channel"
)

// String tells what will happen, for the reader of a run.
func (p plan) String() string {
	kinds := map[channel.Kind]int{}
	for _, a := range p.Accounts {
		kinds[a.Channel]++
	}
	messages, swapped, nameless := 0, 0, 0
	var by [subjects]int
	for _, v := range p.Chats {
		messages += len(v.Letters)
		for _, l := range v.Letters {
			by[l.Subject]++
			if l.Swapped {
				swapped++
			}
			if l.Nameless {
				nameless++
			}
		}
	}
	blows := map[blowKind]int{}
	for _, b := range p.Blows {
		blows[b.Kind]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d messages in %d chats over %.0f s (%.0f/s)\n", p.Seed, messages, len(p.Chats), p.Length.Seconds(), p.Rate)
	fmt.Fprintf(&b, "accounts: %d OnSend devices, %d Telegram bots in %d companies, each at the vendor's real limits (time scale 1)\n",
		kinds[channel.OnSend], kinds[channel.Telegram], companies)
	fmt.Fprintf(&b, "messages: %d free, %d for templates, %d with a long answer, %d for a person, %d poison; %d delivered out of turn, %d without an id\n",
		by[free], by[asked], by[long], by[person], by[spoilt], swapped, nameless)
	fmt.Fprintf(&b, "blows: %d kills of %d nodes, %d database restarts, %d outages, %d pauses\n",
		blows[blowKill], nodes, blows[blowRestart], blows[blowOutage], blows[blowPause])
	return b.String()
}
