package onsend_test

import (
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
)

func BenchmarkParse(b *testing.B) {
	p := onsend.New("http://x", http.DefaultClient)
	r := channel.Request{Body: []byte(`{"event":"message","sessionId":"s","timestamp":1761800000,"data":{"id":"3A01",` +
		`"from":"60123456789@c.us","to":"60312345678@c.us","body":"ada stok?","type":"chat","notifyName":"Aisyah"}}`)}
	b.ReportAllocs()
	for b.Loop() {
		if events, err := p.Parse(account(), r); err != nil || len(events) != 1 {
			b.Fatal(events, err)
		}
	}
}
