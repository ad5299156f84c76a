package demo_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sembang/internal/app"
	"sembang/internal/channel"
	"sembang/internal/db/dbtest"
	"sembang/internal/demo"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

// end is what a line of the phone page must come to.
type end struct {
	source   string // template, claude, or fixed for a hand-over
	about    string // the template's name, or what Claude's or the hand-over's answer must hold
	language string
}

var ends = map[string]end{
	"Hi, how much is the chocolate cake?":              {"claude", "RM 65.00", "en"},
	"What time do you open today?":                     {"template", "Opening hours", "en"},
	"Do you deliver to Petaling Jaya?":                 {"template", "Delivery", "en"},
	"Are your cakes halal?":                            {"template", "Halal", "en"},
	"I want to order a birthday cake for Saturday":     {"template", "Ordering a custom cake", "en"},
	"Do you have eggless cakes?":                       {"template", "Eggless and allergens", "en"},
	"How much is the red velvet?":                      {"claude", "RM 78.00", "en"},
	"Where's your shop? Got parking?":                  {"template", "Location and parking", "en"},
	"Can I pick up the cake myself?":                   {"template", "Pick-up", "en"},
	"Is the durian cake available?":                    {"claude", "sold out", "en"},
	"Can I talk to a human please?":                    {"fixed", "colleague", "en"},
	"The cake I got yesterday was dry, I am not happy": {"fixed", "colleague", "en"},
	"Thanks a lot!":                                    {"template", "Thanks and goodbye", "en"},

	"Hai, berapa harga kek coklat?":                {"claude", "RM 65.00", "ms"},
	"Kedai buka pukul berapa hari ini?":            {"template", "Opening hours", "ms"},
	"Boleh hantar ke Shah Alam tak?":               {"template", "Delivery", "ms"},
	"Kek awak halal ke?":                           {"template", "Halal", "ms"},
	"Saya nak tempah kek hari jadi untuk Sabtu ni": {"template", "Ordering a custom cake", "ms"},
	"Boleh bayar guna DuitNow?":                    {"template", "Payment methods", "ms"},
	"Kek red velvet berapa harga ya kak?":          {"claude", "RM 78.00", "ms"},
	"Kena order berapa hari awal?":                 {"template", "How early to order", "ms"},
	"Kek ni tahan berapa lama?":                    {"template", "Keeping the cake", "ms"},
	"Kek durian ada lagi?":                         {"claude", "sold out", "ms"},
	"Nak cakap dengan orang boleh?":                {"fixed", "rakan sekerja", "ms"},
	"Kek semalam keras sangat, saya tak puas hati": {"fixed", "rakan sekerja", "ms"},
	"ok tq kak": {"template", "Thanks and goodbye", "ms"},

	"你好，巧克力蛋糕多少钱？":  {"claude", "RM 65.00", "zh"},
	"请问今天几点开门？":     {"template", "Opening hours", "zh"},
	"可以送到八打灵吗？":     {"template", "Delivery", "zh"},
	"你们的蛋糕是清真的吗？":   {"template", "Halal", "zh"},
	"我想订一个星期六的生日蛋糕": {"template", "Ordering a custom cake", "zh"},
	"有没有无蛋蛋糕？":      {"template", "Eggless and allergens", "zh"},
	"红丝绒多少钱？":       {"claude", "RM 78.00", "zh"},
	"店在哪里？好停车吗？":    {"template", "Location and parking", "zh"},
	"蛋糕可以放多久？":      {"template", "Keeping the cake", "zh"},
	"榴莲蛋糕还有吗？":      {"claude", "sold out", "zh"},
	"可以转人工客服吗？":     {"fixed", "同事", "zh"},
	"昨天的蛋糕很硬，我不满意":  {"fixed", "同事", "zh"},
	"谢谢老板":          {"template", "Thanks and goodbye", "zh"},

	"Hi boss, kek coklat how much ah?":                 {"claude", "RM 65.00", "en"},
	"Today open until pukul berapa?":                   {"template", "Opening hours", "en"},
	"老板, delivery to Subang 有吗?":                       {"template", "Delivery", "zh"},
	"Cake ni halal kan? For my office party":           {"template", "Halal", "en"},
	"Nak order birthday cake 8 inch, esok can or not?": {"template", "Ordering a custom cake", "en"},
	"可以 pay by TNG ewallet tak?":                       {"template", "Payment methods", "zh"},
	"burnt cheesecake 多少钱？":                            {"claude", "RM 85.00", "zh"},
	"Boleh talk to real person tak?":                   {"fixed", "colleague", "en"},
	"Semalam punya cake 不好吃 la, how can like that":     {"fixed", "colleague", "en"},
	"ok noted": {"template", "Acknowledged", "en"},
}

// opening is how the simulated Claude begins in each language.
var opening = map[string]string{"en": "You asked", "ms": "Anda bertanya", "zh": "您问的是"}

func TestEveryLineOfThePhonePageEndsAsIntended(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	lines := p.samples(t)
	if len(lines) != len(ends) {
		t.Errorf("lines of the phone page = %d, of the test %d", len(lines), len(ends))
	}
	wrote := map[string]sim.Posted{}
	for i, line := range lines {
		wrote[line] = p.write(t, i, line)
	}
	for line, posted := range wrote {
		want, known := ends[line]
		if !known {
			t.Errorf("the test does not know the line %q", line)
			continue
		}
		p.check(t, line, p.answer(t, line, posted), want)
	}
}

// phone is the whole program with the simulated vendors, over HTTP.
type phone struct {
	*world
	vendors *sim.Sim
	url     string
	bot     string
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	vendors := sim.New(sim.Config{Log: log, Seed: 1})
	server := httptest.NewServer(vendors.Handler())
	url := dbtest.URL(t)
	c := config(url)
	c.Simulated, c.ClaudeKey, c.ClaudeModel = true, secret.New("simulated"), "claude-haiku-5-5"
	c.ClaudeURL, c.OnSendURL, c.TelegramURL = server.URL+"/anthropic", server.URL+"/onsend/api/v1", server.URL+"/telegram"
	a, err := app.New(t.Context(), c)
	if err != nil {
		t.Fatalf("app.New() = %v", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &phone{world: &world{app: a, admin: connect(t, url)}, vendors: vendors, url: server.URL}
	p.mustSeed(t)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		vendors.Close()
		server.Close()
	})
	p.connect(t)
	return p
}

// connect gives the simulator the demo's accounts, as the command does.
func (p *phone) connect(t *testing.T) {
	t.Helper()
	if err := p.vendors.AddAPIKey("simulated"); err != nil {
		t.Fatalf("AddAPIKey() = %v", err)
	}
	if _, err := p.vendors.AddScript(demo.Complaint()); err != nil {
		t.Fatalf("AddScript() = %v", err)
	}
	for _, a := range demo.Accounts(p.app.JWTSecret) {
		hook := p.app.URL() + "/webhooks/" + string(a.Channel) + "/" + a.Key
		if a.Channel == channel.OnSend {
			if err := p.vendors.AddDevice(sim.Device{ID: "shop", Token: a.Token.Reveal(), Name: "Shop", Phone: a.Phone, WebhookURL: hook, WithMessageID: true}); err != nil {
				t.Fatalf("AddDevice() = %v", err)
			}
			continue
		}
		if err := p.vendors.AddBot(sim.Bot{Token: a.Token.Reveal(), Name: "Shop", Username: "kedaikek_bot"}); err != nil {
			t.Fatalf("AddBot() = %v", err)
		}
		registrar, ok := p.app.Providers()[a.Channel].(channel.Registrar)
		if !ok {
			t.Fatalf("%s registers no webhook", a.Channel)
		}
		if _, err := registrar.Register(t.Context(), channel.Account{Token: a.Token, HookSecret: a.HookSecret}, hook); err != nil {
			t.Fatalf("Register() = %v", err)
		}
		p.bot, _, _ = strings.Cut(a.Token.Reveal(), ":")
	}
}

// samples reads the lines as the page's script has them.
func (p *phone) samples(t *testing.T) []string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/samples.js", http.NoBody)
	if err != nil {
		t.Fatalf("NewRequest() = %v", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("get samples: %v", err)
	}
	defer response.Body.Close()
	script, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read samples: %v", err)
	}
	var lines []string
	for _, found := range regexp.MustCompile(`(?m)^\s+"(.*)",$`).FindAllStringSubmatch(string(script), -1) {
		lines = append(lines, found[1])
	}
	return lines
}

// write sends a line as a customer of its own: every sixth over OnSend, which
// allows no more answers in the time of a test.
func (p *phone) write(t *testing.T, i int, line string) sim.Posted {
	t.Helper()
	letter := sim.Letter{Vendor: sim.Telegram, Account: p.bot, Customer: strconv.Itoa(702000000 + i), Name: "Pelanggan " + strconv.Itoa(i), Text: line}
	if i%6 == 0 {
		letter.Vendor, letter.Account, letter.Customer = sim.OnSend, "shop", strconv.Itoa(60115551000+i)
	}
	posted, err := p.vendors.Write(letter)
	if err != nil {
		t.Fatalf("Write(%s) = %v", line, err)
	}
	return posted
}

// answer waits for what the customer's phone gets back.
func (p *phone) answer(t *testing.T, line string, posted sim.Posted) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		for _, m := range p.vendors.Chat(posted.ChatRef) {
			if m.Author == sim.AuthorBusiness {
				return m.Text
			}
		}
	}
	t.Fatalf("no answer to %q", line)
	return ""
}

func (p *phone) check(t *testing.T, line, answer string, want end) {
	t.Helper()
	got := end{}
	var bot string
	if err := p.admin.QueryRow(t.Context(), `
		select r.source, coalesce(t.name, ''), r.language, b.bot_state from reply r
		join message m on m.id = r.message_id join mailbox b using (conversation_id)
		left join template t on t.id = r.template_id
		where m.body = $1 and exists (select from message i where i.conversation_id = m.conversation_id and i.body = $2)
			and m.at > now() - interval '2 minutes' order by m.at desc limit 1`, answer, line).Scan(&got.source, &got.about, &got.language, &bot); err != nil {
		t.Errorf("provenance of %q after %q: %v", answer, line, err)
		return
	}
	if got.source != want.source || got.language != want.language || (got.about != "" && got.about != want.about) {
		t.Errorf("%q is answered by %v, want %v: %s", line, got, want, answer)
	}
	if want.source != "template" && !strings.Contains(answer, want.about) {
		t.Errorf("answer to %q holds no %q: %s", line, want.about, answer)
	}
	if want.source == "claude" && !strings.HasPrefix(answer, "[Simulated Claude] "+opening[want.language]) {
		t.Errorf("answer to %q is not in %s: %s", line, want.language, answer)
	}
	if handedOver := bot == "handed_over"; handedOver != (want.source == "fixed") {
		t.Errorf("after %q the bot is %s", line, bot)
	}
}
