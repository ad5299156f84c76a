package onsend_test

import (
	"testing"
	"time"

	"sembang/internal/channel"
)

func TestTimesAreReadByTheirSize(t *testing.T) {
	t.Parallel()
	want := time.Unix(1761800000, 0).UTC()
	for _, written := range []string{
		`1761800000`, `1761800000000`, `1761800000000000`, `1761800000000000000`, `"1761800000"`, `1761800000.0`, `"1.7618e9"`,
		`"2025-10-30T04:53:20Z"`, `"2025-10-30T12:53:20+08:00"`, `"2025-10-30 04:53:20"`, `"2025-10-30T04:53:20.000Z"`,
	} {
		if got := one[channel.Inbound](t, `{"from":"60123456789","message":"hi","timestamp":`+written+`}`); !got.SentAt.Equal(want) {
			t.Errorf("time %s = %v, want %v", written, got.SentAt, want)
		}
	}
	for _, written := range []string{`"NaN"`, `"Inf"`, `"-Inf"`, `1e400`, `1e300`, `-5`, `0`, `"yesterday"`, `null`, `true`, `[]`} {
		got := one[channel.Inbound](t, `{"from":"60123456789","message":"hi","timestamp":`+written+`}`)
		if !got.SentAt.IsZero() || got.VendorID != "" {
			t.Errorf("time %s = %v, key %q, want unknown", written, got.SentAt, got.VendorID)
		}
	}
}

func TestEveryKindOfContentHasAWord(t *testing.T) {
	t.Parallel()
	type content struct{ Content, Text string }
	for name, v := range map[string]struct {
		fields string
		want   content
	}{
		"image with caption":       {`"type":"image","url":"https://x/a.jpg","caption":"ini ada?"`, content{"image", "ini ada?"}},
		"image, caption in body":   {`"type":"image","mediaUrl":"https://x/a.jpg","body":"ini ada?"`, content{"image", "ini ada?"}},
		"voice":                    {`"type":"ptt","media_url":"https://x/a.ogg"`, content{"audio", ""}},
		"document":                 {`"type":"document","url":"https://x/a.pdf","filename":"a.pdf"`, content{"document", ""}},
		"sticker":                  {`"type":"sticker"`, content{"sticker", ""}},
		"location":                 {`"type":"location","latitude":3.1`, content{"location", ""}},
		"contact":                  {`"type":"vcard","body":"BEGIN:VCARD"`, content{"contact", "BEGIN:VCARD"}},
		"baileys image":            {`"message":{"imageMessage":{"caption":"ini ada?"}}`, content{"image", "ini ada?"}},
		"baileys voice":            {`"message":{"audioMessage":{"ptt":true}}`, content{"audio", ""}},
		"baileys document":         {`"message":{"documentMessage":{"fileName":"a.pdf"}}`, content{"document", ""}},
		"poll":                     {`"type":"poll_creation"`, content{"unsupported", ""}},
		"view once":                {`"type":"view_once"`, content{"unsupported", ""}},
		"waiting for this message": {`"type":"ciphertext"`, content{"unsupported", ""}},
		"empty text":               {`"type":"text","message":""`, content{"unsupported", ""}},
		"media of unknown kind":    {`"url":"https://x/a"`, content{"unsupported", ""}},
		"text that is a number":    {`"message":2`, content{"text", "2"}},
		"text in an object":        {`"text":{"body":"hi"}`, content{"text", "hi"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one[channel.Inbound](t, `{"from":"60123456789","id":"1",`+v.fields+`}`)
			if got := (content{got.Content, got.Text}); got != v.want {
				t.Errorf("content = %+v, want %+v", got, v.want)
			}
		})
	}
}
