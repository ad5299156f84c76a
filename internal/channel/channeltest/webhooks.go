package channeltest

import (
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/sim"
)

func runWebhooks(t *testing.T, v Vendor, form string) {
	t.Helper()
	tests := map[string]func(t *testing.T, w *world, form string){
		"a customer's message is read":                testInbound,
		"a repeated delivery has the same id":         testRepetition,
		"equal texts sent twice have different ids":   testEqualTexts,
		"a group is passed over":                      testGroup,
		"what no database holds is replaced":          testUnstorableText,
		"a field of a wrong type costs only itself":   testWrongTypes,
		"a body that is no document is an error":      testBrokenBodies,
		"deep nesting and huge numbers do no harm":    testExtremes,
		"a document about something else is no event": testForeignDocuments,
	}
	if v.Echoes {
		tests["our own message comes back as an echo"] = testEcho
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, v), form)
		})
	}
}

func testInbound(t *testing.T, w *world, form string) {
	at := time.Unix(1761800000, 0).UTC()
	text := "Ada stok? 有货吗 👨‍👩‍👧‍👦 <b>\"&\\ \n/start x"
	got := w.inbound(t, w.write(t, sim.Letter{Text: text, Name: "Ali 李 Bin", At: at, Form: form}))
	if got.From.Value != w.vendor.Customer {
		t.Errorf("From = %v, want %s", got.From, w.vendor.Customer)
	}
	if got.Text != text || got.Content != "text" {
		t.Errorf("message = %s %q, want text %q", got.Content, got.Text, text)
	}
	if got.Name != "Ali 李 Bin" || !got.SentAt.Equal(at) || got.VendorID == "" {
		t.Errorf("name %q, sent at %v, id %q", got.Name, got.SentAt, got.VendorID)
	}
}

func testRepetition(t *testing.T, w *world, form string) {
	first := w.inbound(t, w.write(t, sim.Letter{Text: "hi", Copies: 2, Form: form}))
	second := w.inbound(t, w.post(t))
	if first.VendorID == "" || first.VendorID != second.VendorID {
		t.Errorf("ids = %q and %q, want the same", first.VendorID, second.VendorID)
	}
}

func testEqualTexts(t *testing.T, w *world, form string) {
	first := w.inbound(t, w.write(t, sim.Letter{Text: "hi", Form: form}))
	second := w.inbound(t, w.write(t, sim.Letter{Text: "hi", Form: form}))
	if first.VendorID == second.VendorID {
		t.Errorf("both ids = %q, want two", first.VendorID)
	}
	third := w.inbound(t, w.write(t, sim.Letter{Text: "hi", Customer: w.vendor.Stranger, Form: form}))
	if third.VendorID == first.VendorID || third.VendorID == second.VendorID || third.From == first.From {
		t.Errorf("another customer's message = %+v, want its own id and sender", third)
	}
}

func testGroup(t *testing.T, w *world, form string) {
	r := w.write(t, sim.Letter{Text: "hi all", Group: w.vendor.Group, Form: form})
	if events := w.parse(t, r); len(events) != 0 {
		t.Errorf("Parse() of %s = %v, want nothing", r.Body, events)
	}
}

func testEcho(t *testing.T, w *world, form string) {
	_, err := w.sim.Echo(sim.Letter{
		Vendor: w.vendor.Name, Account: w.vendor.SimAccount, Customer: w.vendor.Customer, Text: "typed by hand", Form: form,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := w.post(t)
	events := w.parse(t, r)
	if len(events) != 1 {
		t.Fatalf("Parse() of %s = %v, want one event", r.Body, events)
	}
	echo, ok := events[0].(channel.Echo)
	if !ok {
		t.Fatalf("Parse() of %s = %#v, want an Echo", r.Body, events[0])
	}
	if echo.To.Value != w.vendor.Customer || echo.Text != "typed by hand" || echo.VendorID == "" {
		t.Errorf("echo = %+v", echo)
	}
}

// marker stands in a webhook for what a test puts into its place.
const marker = "MARKER"

// with returns what the vendor posts with the marker of the text replaced by raw
// bytes.
func (w *world) with(t *testing.T, form, raw string) channel.Request {
	t.Helper()
	r := w.write(t, sim.Letter{Text: marker, Form: form})
	r.Body = []byte(strings.Replace(string(r.Body), marker, raw, 1))
	if w.vendor.Secure != nil {
		w.account = w.vendor.Secure(w.account, &r)
	}
	return r
}

func testUnstorableText(t *testing.T, w *world, form string) {
	for raw, want := range map[string]string{
		`a\u0000b`:               "a\uFFFDb",
		`a\ud800b`:               "a\uFFFDb",
		`a\udc00\ud800b`:         "a\uFFFD\uFFFDb",
		"a\xffb":                 "a\uFFFDb",
		"a\xed\xa0\x80b":         "a\uFFFD\uFFFD\uFFFDb",
		`\ud83d\ude00 \u4f60`:    "😀 你",
		strings.Repeat("a", 1e6): strings.Repeat("a", 1e6),
	} {
		if got := w.inbound(t, w.with(t, form, raw)); got.Text != want {
			t.Errorf("text of %.30q = %.30q, want %.30q", raw, got.Text, want)
		}
	}
}
