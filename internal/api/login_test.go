package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sembang/internal/access"
	"sembang/internal/api"
	"sembang/internal/id"
)

func TestEachRoleSignsInAndLearnsWhoTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, id.Platform, access.SuperAdmin, "root@sembang.example")
	for email, role := range map[string]access.Role{
		adminEmail: access.CompanyAdmin, agentEmail: access.CompanyUser, "root@sembang.example": access.SuperAdmin,
	} {
		signed := w.login(t, email)
		a := w.get(t, "/api/v1/me", signed.AccessToken)
		want(t, a, http.StatusOK)
		if diff := cmp.Diff(signed.Me, into[api.Me](t, a)); diff != "" {
			t.Errorf("GET /me of %s differs from the login's (-login +me):\n%s", email, diff)
		}
		if signed.Me.Role != string(role) || signed.Me.Email != email {
			t.Errorf("login of %s says %s, %s", email, signed.Me.Email, signed.Me.Role)
		}
		if !signed.ExpiresAt.Equal(w.clock.now().Add(10 * time.Minute)) {
			t.Errorf("expires_at = %v, want in 10 minutes", signed.ExpiresAt)
		}
	}
	wantMe := api.Me{
		ID: w.admin.ID.String(), Name: "aina", Email: adminEmail, Role: "company_admin", Language: "en", Availability: "online", Claude: "simulated",
		Company: api.MyCompany{ID: w.company.String(), Name: "Kedai Kuih", Timezone: "Asia/Kuala_Lumpur", Currency: "MYR", Languages: []string{"en", "ms", "zh"}},
	}
	if diff := cmp.Diff(wantMe, w.login(t, " Aina@Kedai.Example").Me); diff != "" {
		t.Errorf("me (-want +got):\n%s", diff)
	}
}

func TestAWrongPasswordAndAnUnknownAddressLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := w.tryLogin(t, adminEmail, "not the password")
	for _, email := range []string{"nobody@kedai.example", "not an address", "\x00", "nobodÿ@kedai.example"} {
		unknown := w.tryLogin(t, email, password)
		want(t, unknown, http.StatusUnauthorized)
		if diff := cmp.Diff(into[api.Problem](t, wrong), into[api.Problem](t, unknown), cmpopts.IgnoreFields(api.Problem{}, "RequestID"), cmpopts.IgnoreUnexported(api.Problem{})); diff != "" {
			t.Errorf("answer for %q differs from the one to a wrong password (-wrong +unknown):\n%s", email, diff)
		}
	}
	want(t, wrong, http.StatusUnauthorized)
	if len(wrong.Cookies()) != 0 {
		t.Error("a refused login set cookies")
	}
}

func TestBrowserCookiesCannotBeReadOrSentElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.call(t, "POST", authPath+"/login", `{"email":"`+adminEmail+`","password":"`+password+`"}`)
	want(t, a, http.StatusOK)
	ignore := cmpopts.IgnoreFields(http.Cookie{}, "Value", "Raw")
	for _, c := range []*http.Cookie{
		{Name: "__Host-access", Path: "/", MaxAge: 600, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode},
		{Name: "__Secure-refresh", Path: "/api/v1/auth", MaxAge: 7 * 24 * 3600, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode},
	} {
		got := a.cookie(t, c.Name)
		if diff := cmp.Diff(c, got, ignore); diff != "" || got.Value == "" {
			t.Errorf("cookie %s (-want +got), value of %d bytes:\n%s", c.Name, len(got.Value), diff)
		}
		if strings.Contains(a.body, got.Value) {
			t.Errorf("the body shows scripts the value of %s", c.Name)
		}
	}
	if a.signedIn(t).AccessToken != "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("browser login gave a token or is cacheable: %q", a.Header.Get("Cache-Control"))
	}
	me := w.call(t, "GET", "/api/v1/me", "", "Cookie", "__Host-access="+a.cookie(t, "__Host-access").Value)
	want(t, me, http.StatusOK)
}

func TestProgramsGetTokensAndNoCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.tryLogin(t, adminEmail, password)
	want(t, a, http.StatusOK)
	if got := a.signedIn(t); len(a.Cookies()) != 0 || got.AccessToken == "" || got.RefreshToken == "" {
		t.Errorf("token login: %d cookies, access %v, refresh %v", len(a.Cookies()), got.AccessToken != "", got.RefreshToken != "")
	}
}

func TestGuessingSlowsDownAndAGoodLoginForgives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 5 {
		if a := w.tryLogin(t, adminEmail, "guess"); a.StatusCode != http.StatusUnauthorized {
			t.Fatalf("guess %d = %d, want 401", i+1, a.StatusCode)
		}
	}
	for _, wait := range []int{1, 2, 4, 8} {
		a := w.tryLogin(t, adminEmail, password)
		want(t, a, http.StatusTooManyRequests)
		if got := a.Header.Get("Retry-After"); got != strconv.Itoa(wait) {
			t.Errorf("Retry-After = %q, want %d", got, wait)
		}
		w.clock.pass(time.Duration(wait) * time.Second)
		want(t, w.tryLogin(t, adminEmail, "guess"), http.StatusUnauthorized)
	}
	want(t, w.tryLogin(t, agentEmail, password), http.StatusOK)
	w.clock.pass(16 * time.Second)
	want(t, w.tryLogin(t, adminEmail, password), http.StatusOK)
	want(t, w.tryLogin(t, adminEmail, "guess"), http.StatusUnauthorized)
	want(t, w.tryLogin(t, adminEmail, password), http.StatusOK)
}

func TestTheWaitIsCappedAndNamesSurviveNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	longest := 0
	for range 20 {
		a := w.tryLogin(t, adminEmail, "guess")
		if a.StatusCode == http.StatusTooManyRequests {
			seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
			if err != nil {
				t.Fatalf("Retry-After = %q", a.Header.Get("Retry-After"))
			}
			longest = max(longest, seconds)
			w.clock.pass(time.Duration(seconds) * time.Second)
		}
	}
	for range 20 {
		a := w.tryLogin(t, adminEmail, "guess")
		if a.StatusCode == http.StatusTooManyRequests {
			seconds, _ := strconv.Atoi(a.Header.Get("Retry-After"))
			longest = max(longest, seconds)
			w.clock.pass(time.Duration(seconds) * time.Second)
		}
	}
	if longest != 900 {
		t.Errorf("longest wait = %d s, want 900", longest)
	}
	if log := w.log.String(); strings.Contains(log, "guess") || strings.Contains(log, adminEmail) {
		t.Error("the log holds a password or an address")
	}
}

func TestOneAddressCannotTryManyAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	verified := 0
	for i := range 200 {
		if a := w.tryLogin(t, "user"+strconv.Itoa(i)+"@kedai.example", "guess"); a.StatusCode == http.StatusUnauthorized {
			verified++
		}
	}
	if verified > 25 {
		t.Errorf("%d of 200 guesses at different accounts were verified, want at most 25", verified)
	}
}

func TestSwitchedOffUsersAndCompaniesCannotSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.access.Deactivate(t.Context(), w.company, w.agent.ID); err != nil {
		t.Fatalf("Deactivate() = %v", err)
	}
	a := w.tryLogin(t, agentEmail, password)
	want(t, a, http.StatusUnauthorized)
	if !strings.Contains(a.body, "switched off") {
		t.Errorf("answer = %s, want it to say that the account is switched off", a.body)
	}
	if a := w.tryLogin(t, agentEmail, "guess"); strings.Contains(a.body, "switched off") {
		t.Error("who does not know the password learns that the account is switched off")
	}
}
