package channeltest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"sembang/internal/channel"
)

// testWrongTypes replaces each value of a webhook in turn. Whatever it was, the
// text of the customer must come through, or the call must be kept as poison.
func testWrongTypes(t *testing.T, w *world, form string) {
	r := w.with(t, form, "the text")
	document := decode(t, r.Body)
	for _, wrong := range []any{
		map[string]any{"x": []any{1}}, []any{}, []any{[]any{"y"}}, json.Number("1e400"), json.Number("-7.5"), "", nil, "\x00",
	} {
		for _, path := range paths(document, nil) {
			spoiled := decode(t, r.Body)
			if was := replace(spoiled, path, wrong); was == "the text" {
				continue
			}
			body, err := json.Marshal(spoiled)
			if err != nil {
				t.Fatal(err)
			}
			events, err := w.provider.Parse(w.account, channel.Request{
				Header: r.Header, ContentType: r.ContentType, Body: body, ReceivedAt: r.ReceivedAt,
			})
			if err != nil || len(events) != 1 {
				t.Errorf("Parse() of %s = %v, %v, want one event", body, events, err)
				continue
			}
			switch event := events[0].(type) {
			case channel.Inbound:
				if event.Text != "the text" {
					t.Errorf("text of %s = %q", body, event.Text)
				}
			case channel.Poison:
			default:
				t.Errorf("Parse() of %s = %#v, want an Inbound or Poison", body, event)
			}
		}
	}
}

func testBrokenBodies(t *testing.T, w *world, form string) {
	good := w.with(t, form, "the text")
	for name, body := range map[string][]byte{
		"empty":          nil,
		"half":           good.Body[:len(good.Body)/2],
		"raw nul":        bytes.Replace(good.Body, []byte("the text"), []byte("a\x00b"), 1),
		"two documents":  append(bytes.Clone(good.Body), good.Body...),
		"words":          []byte("hello"),
		"html":           []byte("<html><body>502</body></html>"),
		"lone bracket":   []byte("["),
		"unclosed depth": bytes.Repeat([]byte(`{"a":`), 1_000_000),
		"closed depth":   append(bytes.Repeat([]byte("["), 1_000_000), bytes.Repeat([]byte("]"), 1_000_000)...),
	} {
		r := good
		r.Body = body
		if events, err := w.provider.Parse(w.account, r); err == nil {
			t.Errorf("Parse() of %s = %v, want an error", name, events)
		}
	}
}

func testExtremes(t *testing.T, w *world, form string) {
	good := w.with(t, form, "the text")
	for name, field := range map[string]string{
		"deep list":    strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"deep object":  strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
		"huge number":  "1" + strings.Repeat("0", 100_000),
		"huge power":   "1e999999999",
		"tiny power":   "-1e-999999999",
		"long fields":  `"` + strings.Repeat("x", 1<<20) + `"`,
		"many numbers": "[" + strings.Repeat("1,", 100_000) + "1]",
	} {
		r := good
		r.Body = []byte(strings.Replace(string(good.Body), "{", `{"unheard_of":`+field+",", 1))
		if w.vendor.Secure != nil {
			w.account = w.vendor.Secure(w.account, &r)
		}
		if got := w.inbound(t, r); got.Text != "the text" {
			t.Errorf("text beside a %s = %q", name, got.Text)
		}
	}
}

// testForeignDocuments posts what is JSON but nothing of this vendor's: it must
// neither panic nor look like a message of a customer.
func testForeignDocuments(t *testing.T, w *world, form string) {
	good := w.with(t, form, "the text")
	for _, body := range []string{`{}`, `[]`, `null`, `0`, `"x"`, `[[]]`, `{"a":{"b":1}}`, `[1,null,"x"]`, `{"message":[]}`, `{"data":[7]}`} {
		r := good
		r.Body = []byte(body)
		events, err := w.provider.Parse(w.account, r)
		if err != nil {
			continue
		}
		for _, event := range events {
			if _, poison := event.(channel.Poison); !poison {
				t.Errorf("Parse() of %s = %#v", body, event)
			}
		}
	}
}

func decode(t *testing.T, body []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	return document
}

// paths returns the way to every value of a document that is no object.
func paths(node any, way []string) [][]string {
	object, ok := node.(map[string]any)
	if !ok {
		return [][]string{way}
	}
	var all [][]string
	for key, value := range object {
		all = append(all, paths(value, append(way[:len(way):len(way)], key))...)
	}
	return all
}

// replace sets the value at the end of a way and returns what was there.
func replace(node any, way []string, value any) any {
	object, _ := node.(map[string]any)
	if len(way) > 1 {
		return replace(object[way[0]], way[1:], value)
	}
	was := object[way[0]]
	object[way[0]] = value
	return was
}
