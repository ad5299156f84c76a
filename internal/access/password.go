package access

import (
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"sembang/internal/fault"
	"sembang/internal/secret"
)

// The argon2id cost: OWASP's minimum, about 45 ms. Raising it rehashes each
// password at its next sign-in.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltBytes    = 16
	hashBytes    = 32

	minPassword      = 8
	maxPassword      = 128
	maxPasswordBytes = 4 * maxPassword
)

// common is one password a line, lower case: those every guesser tries first.
//
//go:embed common.txt
var common string

// checkPassword applies the rules for a new password: length, not one of the
// most common, not the owner's address. It asks for no mix of characters.
func checkPassword(password secret.String, email string) error {
	text := password.Reveal()
	n := utf8.RuneCountInString(text)
	lower := strings.ToLower(text)
	local, _, _ := strings.Cut(email, "@")
	switch {
	case n < minPassword:
		return fault.New(fault.Invalid, "The password is too short: use at least 8 characters.")
	case n > maxPassword:
		return fault.New(fault.Invalid, "The password is too long: use at most 128 characters.")
	case lower == email || lower == local:
		return fault.New(fault.Invalid, "The password must not be the e-mail address.")
	case isCommon(lower):
		return fault.New(fault.Invalid, "This password is one of the first that attackers try. Choose another.")
	}
	return nil
}

func isCommon(lower string) bool {
	for line := range strings.Lines(common) {
		if strings.TrimSpace(line) == lower {
			return true
		}
	}
	return false
}

// hashPassword returns the PHC string of a password. The caller holds the gate.
func hashPassword(password secret.String) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // documented never to fail
	sum := argon2.IDKey([]byte(password.Reveal()), salt, argonTime, argonMemory, argonThreads, hashBytes)
	return phc(argonMemory, argonTime, argonThreads, salt, sum)
}

// nobody is a hash no password matches, with today's cost: an unknown address
// takes as long as a wrong password.
func nobody() string {
	random := make([]byte, saltBytes+hashBytes)
	_, _ = rand.Read(random) // documented never to fail
	return phc(argonMemory, argonTime, argonThreads, random[:saltBytes], random[saltBytes:])
}

func phc(memory, time uint32, threads uint8, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, time, threads,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// verifyPassword tells whether a password matches its PHC string, and whether
// the string was made with another cost than today's. The caller holds the gate.
func verifyPassword(stored string, password secret.String) (matches, stale bool, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, false, fmt.Errorf("read password hash: not argon2id")
	}
	var memory, time uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || time < 1 || threads < 1 || memory > 1<<20 {
		return false, false, fmt.Errorf("read password hash: bad cost")
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(want) != hashBytes {
		return false, false, fmt.Errorf("read password hash: bad encoding")
	}
	got := argon2.IDKey([]byte(password.Reveal()), salt, time, memory, threads, hashBytes)
	stale = memory != argonMemory || time != argonTime || threads != argonThreads
	return subtle.ConstantTimeCompare(got, want) == 1, stale, nil
}
