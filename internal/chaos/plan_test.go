package chaos

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
	"sembang/internal/channel/telegram"
	"sembang/internal/secret"
	"sembang/internal/template/match"
)

func planned(t *testing.T, seed uint64) plan {
	t.Helper()
	c, err := Config{Messages: 2000, Kills: 20, Outages: 2, Pauses: 3, Seed: seed}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return newPlan(c)
}

func TestTheSameSeedRepeatsThePlanAndAnotherDoesNot(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(planned(t, 7), planned(t, 7)); diff != "" {
		t.Errorf("two plans of one seed differ:\n%s", diff)
	}
	if cmp.Equal(planned(t, 7), planned(t, 8)) {
		t.Error("two seeds give one plan")
	}
}

func TestAPlanHoldsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	p := planned(t, 3)
	var by [subjects]int
	messages, copies, swapped := 0, 0, 0
	for _, v := range p.Chats {
		messages += len(v.Letters)
		for i, l := range v.Letters {
			by[l.Subject]++
			copies += min(len(l.Copies), 1)
			if l.Swapped {
				swapped++
			}
			if i > 0 && l.At < v.Letters[i-1].At {
				t.Errorf("letter %s is posted before the one before it", l.Token)
			}
		}
	}
	blows := map[blowKind]int{}
	for _, b := range p.Blows {
		blows[b.Kind]++
		if b.At < 0 || b.At > p.Length {
			t.Errorf("%s at %s, the run is %s long", b.Kind, b.At, p.Length)
		}
	}
	if diff := cmp.Diff(map[blowKind]int{blowKill: 20, blowRestart: 2, blowOutage: 2, blowPause: 3}, blows); diff != "" {
		t.Errorf("blows (-want +got):\n%s", diff)
	}
	if messages != 2000 {
		t.Errorf("messages = %d, want 2000", messages)
	}
	for what, share := range map[string]struct{ got, least, most int }{
		"copied": {copies, 150, 260}, "swapped": {swapped, 120, 260}, "for templates": {by[asked], 450, 700},
		"long": {by[long], 20, 100}, "poison": {by[spoilt], 2, 30}, "for a person": {by[person], 2, 30},
	} {
		if share.got < share.least || share.got > share.most {
			t.Errorf("%s = %d, want %d to %d", what, share.got, share.least, share.most)
		}
	}
}

func TestChatsAreSpreadSoThatNoAccountPassesItsVendorsLimit(t *testing.T) {
	t.Parallel()
	p := planned(t, 3)
	letters := make([]int, len(p.Accounts))
	for _, v := range p.Chats {
		letters[v.Account] += len(v.Letters)
	}
	for i, a := range p.Accounts {
		most := telegramPerSecond
		if a.Channel == channel.OnSend {
			most = onSendPerSecond
		}
		if got := float64(letters[i]) / p.Length.Seconds(); got == 0 || got > most*1.1 {
			t.Errorf("%s gets %.2f messages a second, want more than 0 and about %.1f at most", a.Name, got, most)
		}
	}
}

func TestEveryLetterReadsBackAsWhatItIs(t *testing.T) {
	t.Parallel()
	providers := map[channel.Kind]channel.Provider{channel.OnSend: onsend.New("http://x", http.DefaultClient), channel.Telegram: telegram.New("http://x", http.DefaultClient)}
	p := planned(t, 5)
	keys := map[string]bool{}
	for _, v := range p.Chats {
		a := p.Accounts[v.Account]
		for _, l := range v.Letters {
			body, err := bodyOf(a, v, l, time.Unix(1_790_000_000, 0).Add(l.At))
			if err != nil {
				t.Fatal(err)
			}
			events, err := providers[a.Channel].Parse(
				channel.Account{ID: a.vendorsName(), Token: secret.New(a.Token), Settings: json.RawMessage(`{}`)},
				channel.Request{ContentType: "application/json", Body: body})
			if l.Subject == spoilt {
				if err == nil {
					t.Errorf("%s is to be poison and was read: %v", l.Token, events)
				}
				continue
			}
			if err != nil || len(events) != 1 {
				t.Fatalf("Parse(%s) = %v, %v, want one event", body, events, err)
			}
			m, ok := events[0].(channel.Inbound)
			if !ok || m.Text != l.Text || m.From.Value != v.Address || m.Name != v.Name {
				t.Errorf("Parse(%s) = %+v", body, events[0])
			}
			if want := vendorID(a, v, l); m.VendorID == "" || want != "" && m.VendorID != want {
				t.Errorf("%s has vendor's id %q, want %q", l.Token, m.VendorID, want)
			}
			if key := a.Name + "\x00" + m.VendorID; keys[key] {
				t.Errorf("%s has the vendor's id of another letter", l.Token)
			} else {
				keys[key] = true
			}
		}
	}
}

func TestEveryTopicFindsItsOwnTemplateAndSmallTalkNone(t *testing.T) {
	t.Parallel()
	var examples []match.Example
	for _, topic := range topics {
		for _, e := range topic.examples {
			examples = append(examples, match.Example{Template: topic.name, Language: "en", Text: e})
		}
	}
	index := match.Build(examples)
	for _, topic := range topics {
		for _, e := range topic.examples {
			hits := index.Find(e, 2)
			if match.BandOf(hits) != match.Auto || hits[0].Template != topic.name {
				t.Errorf("Find(%q) = %+v, want %s for certain", e, hits, topic.name)
			}
		}
	}
	for _, text := range smallTalk {
		if hits := index.Find("k0001-01 "+text, 2); match.BandOf(hits) == match.Auto {
			t.Errorf("Find(%q) = %+v, want no certain hit", text, hits)
		}
	}
}
