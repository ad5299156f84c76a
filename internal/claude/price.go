package claude

import "github.com/anthropics/anthropic-sdk-go"

// price is micro-USD for a million tokens.
type price struct{ in, out, write, read int64 }

// Prices of 2026-10-24, US dollars a million tokens, from the vendor's price list.
var prices = map[string]price{
	"claude-haiku-5-5":  {in: 100_000, out: 500_000, write: 125_000, read: 10_000},
	"claude-sonnet-5-5": {in: 2_000_000, out: 10_000_000, write: 2_500_000, read: 100_000},
	"claude-opus-5-5":   {in: 4_000_000, out: 20_000_000, write: 5_000_000, read: 200_000},
	"claude-haiku-4-5":  {in: 1_000_000, out: 5_000_000, write: 1_250_000, read: 100_000},
}

// cost returns micro-USD, rounded up; 0 for a model without a known price, such
// as one that runs locally or the simulator's.
func cost(model string, u anthropic.Usage) int64 {
	p, ok := prices[model]
	if !ok {
		return 0
	}
	sum := u.InputTokens*p.in + u.OutputTokens*p.out + u.CacheCreationInputTokens*p.write + u.CacheReadInputTokens*p.read
	return (sum + 999_999) / 1_000_000
}
