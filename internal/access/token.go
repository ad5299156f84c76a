package access

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"sembang/internal/id"
	"sembang/internal/secret"
)

const (
	issuer    = "sembang"
	audience  = "sembang-api"
	tokenType = "at+jwt"
)

// keySet is what one secret is good for, each use with a key of its own.
type keySet struct {
	kid     string
	access  []byte
	refresh []byte
	subject []byte
}

func newKeySet(s secret.String) (keySet, error) {
	if len(s.Reveal()) < 32 {
		return keySet{}, errors.New("JWT_SECRET is too short: use at least 32 characters")
	}
	var keys [4][]byte
	for i, use := range []string{"key id", "access token", "refresh token", "throttle subject"} {
		k, err := hkdf.Key(sha256.New, []byte(s.Reveal()), nil, "sembang v1 "+use, 32)
		if err != nil {
			return keySet{}, fmt.Errorf("derive key: %w", err)
		}
		keys[i] = k
	}
	return keySet{kid: hex.EncodeToString(keys[0][:4]), access: keys[1], refresh: keys[2], subject: keys[3]}, nil
}

// hash makes a subject unreadable in a table that no company owns.
func (k keySet) hash(kind, subject string) []byte {
	return k.mac(k.subject, kind+"|"+subject)
}

func (keySet) mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

const refreshPrefix = "sbr_"

func newRefresh() secret.String {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // documented never to fail
	return secret.New(refreshPrefix + base64.RawURLEncoding.EncodeToString(random))
}

// successor is the token that follows another. It is derived, not random, so
// that every tab that presents the same token is given the same next one and
// nobody has to store it.
func (k keySet) successor(token secret.String) secret.String {
	return secret.New(refreshPrefix + base64.RawURLEncoding.EncodeToString(k.mac(k.refresh, token.Reveal())))
}

type claims struct {
	jwt.RegisteredClaims
	Type    string `json:"typ"`
	Session string `json:"sid"`
	Company string `json:"company_id"`
	Role    Role   `json:"role"`
	Version int    `json:"sv"`
}

func (a *Access) signAccess(who Identity, at time.Time) (secret.String, time.Time, error) {
	until := at.Add(accessLifetime)
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: who.User.String(),
			IssuedAt: jwt.NewNumericDate(at), ExpiresAt: jwt.NewNumericDate(until),
		},
		Type: tokenType, Session: who.Session.String(), Company: who.Company.String(), Role: who.Role, Version: who.Version,
	})
	t.Header["kid"], t.Header["typ"] = a.keys[0].kid, tokenType
	text, err := t.SignedString(a.keys[0].access)
	if err != nil {
		return secret.String{}, time.Time{}, fmt.Errorf("sign access token: %w", err)
	}
	return secret.New(text), until, nil
}

// readAccess checks everything about a token that the token itself can tell.
func (a *Access) readAccess(token secret.String) (Identity, error) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(a.now), jwt.WithLeeway(5*time.Second))
	var c claims
	if _, err := parser.ParseWithClaims(token.Reveal(), &c, a.accessKey); err != nil {
		return Identity{}, err
	}
	if c.Type != tokenType {
		return Identity{}, errors.New("not an access token")
	}
	return c.identity()
}

// accessKey picks the key by the token's key id among ours; the token never
// brings or names a key from elsewhere.
func (a *Access) accessKey(t *jwt.Token) (any, error) {
	for _, k := range a.keys {
		if t.Header["kid"] == k.kid && t.Header["typ"] == tokenType {
			return k.access, nil
		}
	}
	return nil, errors.New("unknown key")
}

func (c claims) identity() (Identity, error) {
	company, err1 := id.Parse[id.Company](c.Company)
	user, err2 := id.Parse[id.User](c.Subject)
	session, err3 := uuid.Parse(c.Session)
	return Identity{Company: company, User: user, Role: c.Role, Session: session, Version: c.Version}, errors.Join(err1, err2, err3)
}
