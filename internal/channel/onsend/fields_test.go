package onsend_test

import (
	"encoding/json"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/channel/onsend"
)

func TestSettingsSayWhereToLook(t *testing.T) {
	t.Parallel()
	a := account()
	a.Settings = json.RawMessage(`{"fields":{"sender":["payload.wa_id"],"text":["payload.parts.0.content"],"id":["payload.ref"]}}`)
	got := oneOf[channel.Inbound](t, a, jsonType,
		`{"from":"60999999999","message":"not this","payload":{"wa_id":"60123456789","ref":7,"parts":[{"content":"this"}]},"timestamp":1761800000}`)
	if got.From != aisyah() || got.Text != "this" || got.VendorID != "7" || got.SentAt.IsZero() {
		t.Errorf("Parse() = %+v", got)
	}
}

func TestSettingsThatAreNoneAreAnError(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`[]`, `{"fields":{"sender":"from"}}`, `{`} {
		if _, err := onsend.ParseSettings(json.RawMessage(raw)); err == nil {
			t.Errorf("ParseSettings(%s) succeeded", raw)
		}
	}
	if _, err := onsend.ParseSettings(nil); err != nil {
		t.Errorf("ParseSettings() of nothing = %v", err)
	}
}
