package channel_test

import (
	"strings"
	"testing"

	"sembang/internal/channel"
)

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat("Kami ada 20 unit. 请问 what size? 👍🏽\n", 400)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(channel.Split(text, 4096)) < 2 {
			b.Fatal("one part")
		}
	}
}
