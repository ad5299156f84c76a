package api_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/id"
)

var (
	platform   = id.Platform
	superAdmin = access.SuperAdmin
)

func TestOneSeesTheOwnCompanysPeopleOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.addCompany(t, "Bengkel Ali")
	w.addUser(t, other, access.CompanyAdmin, "ali@bengkel.example")
	list := into[struct{ Items []api.User }](t, w.get(t, "/api/v1/users", w.login(t, agentEmail).AccessToken))
	wantItems := []api.User{
		{ID: w.admin.ID.String(), Name: "aina", Email: adminEmail, Role: "company_admin", Active: true, Availability: "online"},
		{ID: w.agent.ID.String(), Name: "ben", Email: agentEmail, Role: "company_user", Active: true, Availability: "online"},
	}
	if diff := cmp.Diff(wantItems, list.Items); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

func TestPeopleChangeTheirLanguageAndAvailability(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.login(t, agentEmail).AccessToken
	patch := func(body string) answer {
		return w.call(t, "PATCH", "/api/v1/me", body, "Authorization", "Bearer "+token)
	}
	me := into[api.Me](t, patch(`{"language":"bm","availability":"offline"}`))
	if me.Language != "ms" || me.Availability != "offline" {
		t.Errorf("me = %s, %s, want ms, offline", me.Language, me.Availability)
	}
	if me := into[api.Me](t, patch(`{}`)); me.Language != "ms" || me.Availability != "offline" {
		t.Errorf("an empty change made it %s, %s", me.Language, me.Availability)
	}
	for _, body := range []string{`{"language":"xx"}`, `{"availability":"away"}`, `{"role":"super_admin"}`} {
		want(t, patch(body), http.StatusUnprocessableEntity)
	}
}

func TestProblemsCarryARequestIDAndNoInternals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.login(t, agentEmail).AccessToken
	want(t, w.get(t, "/api/v1/me", token), http.StatusOK)
	w.db.Close()
	a := w.get(t, "/api/v1/me", token)
	want(t, a, http.StatusInternalServerError)
	p := into[api.Problem](t, a)
	if p.RequestID == "" || p.RequestID != a.Header.Get("X-Request-Id") || p.Status != 500 || p.Type != "about:blank" {
		t.Errorf("problem = %+v, header %q", p, a.Header.Get("X-Request-Id"))
	}
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type = %q", got)
	}
	for _, internal := range []string{"pool", "pgx", "closed", "sql", "app_user", ".go"} {
		if strings.Contains(a.body, internal) {
			t.Errorf("the problem tells %q: %s", internal, a.body)
		}
	}
	if log := w.log.String(); !strings.Contains(log, p.RequestID) || !strings.Contains(log, "closed pool") {
		t.Error("the log does not hold the request id with the cause")
	}
	want(t, w.call(t, "GET", "/healthz", ""), http.StatusOK)
	want(t, w.call(t, "GET", "/readyz", ""), http.StatusServiceUnavailable)
}

func TestABadBodyIsNamedWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{
		`{"email":"a@b.example","password":"canary-secret","delivery":"pigeon"}`,
		`{"email":7,"password":"canary-secret"}`,
		`{"email":"a@b.example","password":["canary-secret"]}`,
		`{"email":"a@b.example","canary-secret":1,"password":"x"}`[:0] + `{"password":"canary-secret"`,
	} {
		a := w.call(t, "POST", authPath+"/login", body)
		if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusBadRequest {
			t.Errorf("login with %s = %d, want 400 or 422", body, a.StatusCode)
		}
		if strings.Contains(a.body, "canary-secret") {
			t.Errorf("the problem repeats the password: %s", a.body)
		}
		if into[api.Problem](t, a).RequestID == "" {
			t.Errorf("problem without a request id: %s", a.body)
		}
	}
	large := `{"email":"a@b.example","password":"` + strings.Repeat("x", 1<<20) + `"}`
	want(t, w.call(t, "POST", authPath+"/login", large), http.StatusRequestEntityTooLarge)
}

func TestEveryAnswerTellsBrowsersToBeStrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/api/v1/me", "/api/v1/nothing", "/healthz", "/nothing.js"} {
		h := w.call(t, "GET", path, "").Header
		for name, part := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "strict-origin-when-cross-origin",
			"X-Request-Id":            "-",
		} {
			if !strings.Contains(h.Get(name), part) {
				t.Errorf("GET %s: %s = %q, want %q in it", path, name, h.Get(name), part)
			}
		}
	}
}

func TestUnknownAddressesOfTheAPIAreProblems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, call := range []string{"GET /api/v1/nothing", "DELETE /api/v1/me", "GET /api/", "POST /api/v1/auth/login/x"} {
		method, path, _ := strings.Cut(call, " ")
		a := w.call(t, method, path, "")
		want(t, a, http.StatusNotFound)
		if into[api.Problem](t, a).Detail == "" {
			t.Errorf("%s has no detail", call)
		}
	}
	want(t, w.call(t, "GET", "/readyz", ""), http.StatusOK)
	if a := w.call(t, "GET", "/api/openapi.json", ""); !strings.Contains(a.body, `"operationId":"login"`) {
		t.Errorf("openapi.json = %.100s", a.body)
	}
}

func TestTheBrowserAppIsServedWithItsPagesAndCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.start(t, fstest.MapFS{
		"index.html":         {Data: []byte("<p>app</p>")},
		"assets/a-1234.js":   {Data: []byte("let a")},
		"favicon.svg":        {Data: []byte("<svg/>")},
		"assets/b-1234.woff": {Data: []byte("font")},
	})
	for path, expect := range map[string]struct{ body, cache string }{
		"/":                      {"<p>app</p>", "no-cache"},
		"/index.html":            {"<p>app</p>", "no-cache"},
		"/inbox/0190-something":  {"<p>app</p>", "no-cache"},
		"/assets/a-1234.js":      {"let a", "public, max-age=31536000, immutable"},
		"/favicon.svg":           {"<svg/>", "no-cache"},
		"/assets/%2e%2e/any/one": {"<p>app</p>", "no-cache"},
	} {
		a := n.call(t, "GET", path, "")
		want(t, a, http.StatusOK)
		if a.body != expect.body || a.Header.Get("Cache-Control") != expect.cache {
			t.Errorf("GET %s = %q, %q, want %q, %q", path, a.body, a.Header.Get("Cache-Control"), expect.body, expect.cache)
		}
	}
	for _, path := range []string{"/assets/gone.js", "/server.go", "/assets/..%2f..%2fetc/passwd.txt"} {
		want(t, n.call(t, "GET", path, ""), http.StatusNotFound)
	}
	want(t, n.call(t, "POST", "/", "{}"), http.StatusNotFound)
	if a := w.call(t, "GET", "/inbox", ""); !strings.Contains(a.body, "make build") {
		t.Errorf("without the app GET /inbox = %q", a.body)
	}
}

func TestAnAddressThatCookiesDoNotWorkOnIsRefused(t *testing.T) {
	t.Parallel()
	for base, accepted := range map[string]bool{
		"https://sembang.example": true, "http://localhost:8080": true, "http://127.0.0.1": true, "http://[::1]:80": true,
		"http://sembang.example": false, "": false, "ftp://localhost": false, "localhost:8080": false,
	} {
		if _, err := api.New(api.Config{BaseURL: base}); (err == nil) != accepted {
			t.Errorf("New() with BASE_URL %q = %v, want accepted %v", base, err, accepted)
		}
	}
}

func TestOpenAPIIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	a, err1 := api.OpenAPI()
	b, err2 := api.OpenAPI()
	if err1 != nil || err2 != nil || string(a) != string(b) {
		t.Errorf("OpenAPI() twice: equal %v, %v, %v", string(a) == string(b), err1, err2)
	}
	if len(a) == 0 {
		t.Error("OpenAPI() is empty")
	}
}
