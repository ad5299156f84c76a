package onsend_test

import (
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
)

func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`{"from":"60123456789","message":"hi","timestamp":1761800000}`,
		`{"event":"message","data":{"id":{"_serialized":"1"},"from":"60123456789:3@c.us","body":"\ud800\u0000","timestamp":1e19}}`,
		`{"key":{"remoteJid":"9@lid"},"message":{"imageMessage":{"caption":1}},"messageTimestamp":{"low":-1}}`,
		`{"data":[[],{"from":"x@g.us"},null]}`, `{"from":"@","to":"@@:","fromMe":1}`, `[[[]]]`, `"`,
		`from=60123456789&message=hi&data[x][y]=1&data=2&[=3&.=4`, `%00=%00`,
	} {
		f.Add([]byte(body), jsonType)
		f.Add([]byte(body), formType)
	}
	p := onsend.New("http://x", http.DefaultClient)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		events, err := p.Parse(account(), channel.Request{ContentType: contentType, Body: body})
		if err != nil && len(events) > 0 {
			t.Errorf("Parse() = %v and %v", events, err)
		}
		for _, event := range events {
			switch m := event.(type) {
			case channel.Inbound:
				checkStorable(t, m.VendorID, m.Name, m.Text, m.From.Value)
				if m.From.Value == "" || m.Content == "" || len(m.VendorID) > 200 || m.SentAt.Year() > 9999 {
					t.Errorf("message = %+v", m)
				}
			case channel.Echo:
				checkStorable(t, m.VendorID, m.Text, m.To.Value)
				if m.To.Value == "" {
					t.Errorf("echo = %+v", m)
				}
			}
		}
	})
}

func checkStorable(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if text != channel.Clean(text) {
			t.Errorf("%q cannot be stored", text)
		}
	}
}
