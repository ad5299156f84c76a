package telegram_test

import (
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/telegram"
)

func BenchmarkParse(b *testing.B) {
	p := telegram.New("http://x", http.DefaultClient)
	r := channel.Request{Body: []byte(update("message", `"text":"ada stok?"`))}
	b.ReportAllocs()
	for b.Loop() {
		if events, err := p.Parse(account(), r); err != nil || len(events) != 1 {
			b.Fatal(events, err)
		}
	}
}
