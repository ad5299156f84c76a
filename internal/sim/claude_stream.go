package sim

import (
	"encoding/json"
)

// chunkRunes is how much text one delta carries.
const chunkRunes = 12

func sse(kind string, data any) []byte {
	body, _ := json.Marshal(data)
	return []byte("event: " + kind + "\ndata: " + string(body) + "\n\n")
}

// streamEvents cuts a message into the events that build it up again.
func streamEvents(msg claudeMessage) [][]byte {
	start := msg
	start.Content, start.StopReason, start.StopDetails = []json.RawMessage{}, nil, nil
	events := [][]byte{
		sse("message_start", map[string]any{"type": "message_start", "message": start}),
		sse("ping", map[string]any{"type": "ping"}),
	}
	for i, raw := range msg.Content {
		events = append(events, blockEvents(i, raw)...)
	}
	delta := map[string]any{"stop_reason": msg.StopReason, "stop_sequence": msg.StopSequence}
	if msg.StopDetails != nil {
		delta["stop_details"] = msg.StopDetails
	}
	return append(events,
		sse("message_delta", map[string]any{"type": "message_delta", "delta": delta, "usage": msg.Usage}),
		sse("message_stop", map[string]any{"type": "message_stop"}),
	)
}

// blockEvents starts a block without its content and sends that in deltas.
func blockEvents(index int, raw json.RawMessage) [][]byte {
	var fields map[string]any
	_ = json.Unmarshal(raw, &fields)
	kind, _ := fields["type"].(string)
	var deltas []map[string]any
	take := func(field, deltaType string) {
		text, _ := fields[field].(string)
		fields[field] = ""
		for _, piece := range pieces(text) {
			deltas = append(deltas, map[string]any{"type": deltaType, field: piece})
		}
	}
	switch kind {
	case "text":
		take("text", "text_delta")
	case "thinking":
		take("thinking", "thinking_delta")
		signature := fields["signature"]
		fields["signature"] = ""
		deltas = append(deltas, map[string]any{"type": "signature_delta", "signature": signature})
	case "tool_use":
		input, _ := json.Marshal(fields["input"])
		fields["input"] = map[string]any{}
		for _, piece := range pieces(string(input)) {
			deltas = append(deltas, map[string]any{"type": "input_json_delta", "partial_json": piece})
		}
	}
	events := [][]byte{sse("content_block_start", map[string]any{"type": "content_block_start", "index": index, "content_block": fields})}
	for _, delta := range deltas {
		events = append(events, sse("content_block_delta", map[string]any{"type": "content_block_delta", "index": index, "delta": delta}))
	}
	return append(events, sse("content_block_stop", map[string]any{"type": "content_block_stop", "index": index}))
}

func pieces(text string) []string {
	runes := []rune(text)
	var all []string
	for len(runes) > 0 {
		n := min(chunkRunes, len(runes))
		all = append(all, string(runes[:n]))
		runes = runes[n:]
	}
	return all
}
