package demo

import (
	"encoding/json"

	"sembang/internal/sim"
)

// Complaint tells the simulated Claude to hand over when a customer complains or
// wants money back. The engine's rules ask that of any model; the simulated one
// does not read rules.
func Complaint() sim.Script {
	return sim.Script{
		Pattern: `(?i)\b(not happy|unhappy|disappoint\w*|complain\w*|refund|terrible|tak puas hati|kecewa|aduan|basi|bayar balik|pulang duit)\b|` +
			`不满意|不好吃|失望|投诉|退款|退钱`,
		Content:    json.RawMessage(`[{"type":"tool_use","id":"toolu_complaint","name":"hand_over","input":{"reason":"The customer complains."}}]`),
		StopReason: "tool_use",
	}
}
