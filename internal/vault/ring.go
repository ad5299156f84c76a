package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"sembang/internal/secret"
)

// Ring is the key-encryption keys an operator gave: the first seals, all open.
type Ring struct {
	first string
	keys  map[string]cipher.AEAD
}

var kekID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ParseRing reads CREDENTIAL_ENCRYPTION_KEY: one key of 32 bytes in hex, or
// several separated by commas, each with an id before a colon. A key without an
// id is known by its fingerprint, so that it can stay in the list when a new key
// is put in front of it.
func ParseRing(text secret.String) (Ring, error) {
	r := Ring{keys: map[string]cipher.AEAD{}}
	for i, part := range strings.Split(text.Reveal(), ",") {
		name, digits, named := strings.Cut(strings.TrimSpace(part), ":")
		if !named {
			name, digits = "", name
		}
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) != 32 {
			return Ring{}, fmt.Errorf("encryption key %d of the list is not 32 bytes in hex", i+1)
		}
		if !named {
			sum := sha256.Sum256(raw)
			name = "fp_" + hex.EncodeToString(sum[:4])
		}
		if !kekID.MatchString(name) {
			return Ring{}, fmt.Errorf("id of encryption key %d of the list is not of letters, digits, - and _", i+1)
		}
		if _, twice := r.keys[name]; twice {
			return Ring{}, fmt.Errorf("encryption key id %q is there twice", name)
		}
		if r.keys[name], err = newAEAD(raw); err != nil {
			return Ring{}, err
		}
		if r.first == "" {
			r.first = name
		}
	}
	return r, nil
}

func (r Ring) wrap(dataKey, where []byte) []byte {
	return r.keys[r.first].Seal(nil, nil, dataKey, where)
}

func (r Ring) unwrap(kek string, wrapped, where []byte) ([]byte, error) {
	key, ok := r.keys[kek]
	if !ok {
		return nil, fmt.Errorf("encryption key %q is missing: add it back to CREDENTIAL_ENCRYPTION_KEY", kek)
	}
	dataKey, err := key.Open(nil, nil, wrapped, where)
	if err != nil {
		return nil, fmt.Errorf("encryption key %q is not the one that sealed: put the right one into CREDENTIAL_ENCRYPTION_KEY", kek)
	}
	return dataKey, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, errors.New("make cipher: no GCM")
	}
	return aead, nil
}
