package channeltest

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"sembang/internal/channel"
	"sembang/internal/secret"
	"sembang/internal/sim"
)

func runAuthentication(t *testing.T, v Vendor) {
	t.Helper()
	w := newWorld(t, v)
	genuine := w.write(t, sim.Letter{Text: "hi"})
	if err := w.provider.Verify(w.account, genuine); err != nil {
		t.Fatalf("Verify() of what the vendor posts = %v", err)
	}
	signed := genuine
	account := v.Secure(w.account, &signed)
	if err := w.provider.Verify(account, signed); err != nil {
		t.Fatalf("Verify() of a signed call = %v", err)
	}
	value := signed.Header.Get(v.SignatureHeader)
	if value == "" {
		t.Fatal("a signed call has no signature")
	}
	for name, forged := range map[string][]string{
		"missing":      nil,
		"empty":        {""},
		"cut":          {value[:len(value)-1]},
		"longer":       {value + "0"},
		"changed":      {flip(value)},
		"behind a lie": {"x", value},
	} {
		r := signed
		r.Header = signed.Header.Clone()
		r.Header[http.CanonicalHeaderKey(v.SignatureHeader)] = forged
		if err := w.provider.Verify(account, r); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("Verify() with a signature that is %s = %v, want ErrSignature", name, err)
		}
	}
	other := account
	other.HookSecret = secret.New("another-secret-of-another-account-000000000")
	if err := w.provider.Verify(other, signed); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("Verify() for another account = %v, want ErrSignature", err)
	}
}

// flip changes the first character.
func flip(value string) string {
	first := byte('0')
	if value[0] == first {
		first = '1'
	}
	return string(bytes.Join([][]byte{{first}, []byte(value[1:])}, nil))
}
