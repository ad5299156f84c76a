package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sembang/internal/api"
)

func TestARequestWithCookieAndBearerIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.login(t, adminEmail).AccessToken
	for _, path := range []string{"GET /api/v1/me", "POST /api/v1/auth/logout"} {
		method, path, _ := strings.Cut(path, " ")
		a := w.call(t, method, path, "", "Cookie", "__Host-access="+token, "Authorization", "Bearer "+token)
		want(t, a, http.StatusBadRequest)
	}
	want(t, w.get(t, "/api/v1/me", token), http.StatusOK)
}

func TestOtherSitesCannotUseABrowsersCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := "__Host-access=" + w.login(t, adminEmail).AccessToken
	change := func(headers ...string) answer {
		return w.call(t, "PATCH", "/api/v1/me", `{"language":"ms"}`, append([]string{"Cookie", cookie}, headers...)...)
	}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		want(t, change(headers...), http.StatusForbidden)
	}
	login := w.call(t, "POST", authPath+"/login", `{"email":"`+adminEmail+`","password":"`+password+`"}`, "Sec-Fetch-Site", "cross-site")
	want(t, login, http.StatusForbidden)
	want(t, change("Content-Type", "text/plain"), http.StatusUnsupportedMediaType)
	want(t, change("Content-Type", "application/x-www-form-urlencoded"), http.StatusUnsupportedMediaType)
	want(t, change("Content-Type", ""), http.StatusUnsupportedMediaType)
	if me := into[api.Me](t, w.call(t, "GET", "/api/v1/me", "", "Cookie", cookie)); me.Language != "en" {
		t.Errorf("language = %q: a refused request changed it", me.Language)
	}
	want(t, change("Sec-Fetch-Site", "same-origin"), http.StatusOK)
	want(t, change("Origin", "http://127.0.0.1:8080"), http.StatusOK)
}

func TestForgedAndForeignTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.login(t, adminEmail).AccessToken
	header, claims, signature := parts(t, good)
	rival := newWorld(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("make key: %v", err)
	}
	sign := func(method jwt.SigningMethod, key any, change map[string]any) string {
		t.Helper()
		c := jwt.MapClaims(maps.Clone(claims))
		maps.Copy(c, change)
		token := jwt.NewWithClaims(method, c)
		token.Header["kid"], token.Header["typ"] = header["kid"], header["typ"]
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatalf("sign: %v", err)
		}
		return text
	}
	none := map[string]any{}
	for name, token := range map[string]string{
		"alg none":                 sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, none),
		"alg None in another case": encode(t, map[string]any{"alg": "None", "typ": "at+jwt", "kid": header["kid"]}) + "." + encode(t, claims) + ".",
		"HS512 by the raw secret":  sign(jwt.SigningMethodHS512, []byte(jwtSecret), none),
		"HS256 by the raw secret":  sign(jwt.SigningMethodHS256, []byte(jwtSecret), none),
		"HS256 by an empty key":    sign(jwt.SigningMethodHS256, []byte{}, none),
		"ES256 by a key of theirs": sign(jwt.SigningMethodES256, ec, none),
		"another role":             encode(t, header) + "." + encode(t, merge(claims, "role", "super_admin")) + "." + signature,
		"no signature":             encode(t, header) + "." + encode(t, claims) + ".",
		"a refresh token":          w.login(t, adminEmail).RefreshToken,
		"nothing":                  "",
		"nonsense":                 "a.b.c",
		"another installation's":   rival.login(t, adminEmail).AccessToken,
	} {
		if a := w.get(t, "/api/v1/me", token); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s = %d, want 401", name, a.StatusCode)
		}
	}
	want(t, w.get(t, "/api/v1/me", good), http.StatusOK)
	want(t, w.call(t, "GET", "/api/v1/me", "", "Authorization", "Basic "+good), http.StatusUnauthorized)
}

func TestAnAccessTokenEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.login(t, adminEmail).AccessToken
	w.clock.pass(10 * time.Minute)
	want(t, w.get(t, "/api/v1/me", token), http.StatusOK)
	w.clock.pass(6 * time.Second)
	want(t, w.get(t, "/api/v1/me", token), http.StatusUnauthorized)
}

func TestADisabledUserIsLockedOutOnEveryNodeWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.start(t, nil)
	signed := w.login(t, agentEmail)
	want(t, second.get(t, "/api/v1/me", signed.AccessToken), http.StatusOK)
	if err := w.access.Deactivate(t.Context(), w.company, w.agent.ID); err != nil {
		t.Fatalf("Deactivate() = %v", err)
	}
	want(t, w.get(t, "/api/v1/me", signed.AccessToken), http.StatusUnauthorized)
	w.clock.pass(5 * time.Second)
	want(t, second.get(t, "/api/v1/me", signed.AccessToken), http.StatusUnauthorized)
	want(t, w.tryRefresh(t, signed.RefreshToken), http.StatusUnauthorized)
}

func TestRolesMayCallWhatTheTableSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, platform, superAdmin, "root@sembang.example")
	tokens := map[string]string{}
	for _, email := range []string{adminEmail, agentEmail, "root@sembang.example"} {
		signed := w.login(t, email)
		tokens[signed.Me.Role] = signed.AccessToken
	}
	checked := 0
	for _, r := range w.api.Routes() {
		if r.Operation == "" || len(r.Who.Roles()) == 0 || strings.Contains(r.Path, "{") {
			continue
		}
		checked++
		if a := w.call(t, r.Method, r.Path, ""); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without a token = %d, want 401", r.Operation, a.StatusCode)
		}
		for role, token := range tokens {
			a := w.call(t, r.Method, r.Path, "", "Authorization", "Bearer "+token)
			allowed := false
			for _, may := range r.Who.Roles() {
				allowed = allowed || string(may) == role
			}
			if refused := a.StatusCode == http.StatusForbidden; refused == allowed {
				t.Errorf("%s as %s = %d, table says allowed %v", r.Operation, role, a.StatusCode, allowed)
			}
		}
	}
	if checked < 3 {
		t.Errorf("checked %d routes, want all", checked)
	}
}

func parts(t *testing.T, token string) (header, claims map[string]any, signature string) {
	t.Helper()
	p := strings.Split(token, ".")
	for i, v := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(p[i])
		if err != nil {
			t.Fatalf("decode token: %v", err)
		}
		if err := json.Unmarshal(raw, v); err != nil {
			t.Fatalf("decode token: %v", err)
		}
	}
	return header, claims, p[2]
}

func encode(t *testing.T, v map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode token: %v", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func merge(m map[string]any, key, value string) map[string]any {
	c := maps.Clone(m)
	c[key] = value
	return c
}
