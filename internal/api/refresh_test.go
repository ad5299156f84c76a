package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestARefreshTokenIsReplacedAtEachUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.login(t, adminEmail)
	seen := map[string]bool{signed.RefreshToken: true}
	for range 5 {
		w.clock.pass(9 * time.Minute)
		next := w.refresh(t, signed.RefreshToken)
		if seen[next.RefreshToken] {
			t.Fatal("a refresh token came back")
		}
		seen[next.RefreshToken] = true
		want(t, w.get(t, "/api/v1/me", next.AccessToken), http.StatusOK)
		signed = next
	}
}

func TestBrowsersRefreshByCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	login := w.call(t, "POST", authPath+"/login", `{"email":"`+adminEmail+`","password":"`+password+`"}`)
	old := login.cookie(t, "__Secure-refresh").Value
	a := w.call(t, "POST", authPath+"/refresh", "", "Cookie", "__Secure-refresh="+old)
	want(t, a, http.StatusOK)
	if got := a.cookie(t, "__Secure-refresh").Value; got == old || strings.Contains(a.body, got) {
		t.Errorf("refresh by cookie: same token %v, token in body %v", got == old, strings.Contains(a.body, got))
	}
	both := w.call(t, "POST", authPath+"/refresh", `{"refresh_token":"x"}`, "Cookie", "__Secure-refresh="+old)
	want(t, both, http.StatusBadRequest)
	want(t, w.call(t, "POST", authPath+"/refresh", ""), http.StatusUnauthorized)
	want(t, w.tryRefresh(t, "sbr_unknown"), http.StatusUnauthorized)
}

func TestAnOldRefreshTokenEndsTheSessionOnEveryNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.start(t, nil)
	first := w.login(t, adminEmail)
	other := w.login(t, adminEmail)
	w.clock.pass(time.Minute)
	next := w.refresh(t, first.RefreshToken)
	want(t, second.get(t, "/api/v1/me", next.AccessToken), http.StatusOK)
	w.clock.pass(11 * time.Second)

	want(t, w.tryRefresh(t, first.RefreshToken), http.StatusUnauthorized)
	want(t, w.tryRefresh(t, next.RefreshToken), http.StatusUnauthorized)
	want(t, w.get(t, "/api/v1/me", next.AccessToken), http.StatusUnauthorized)
	w.clock.pass(5 * time.Second)
	want(t, second.get(t, "/api/v1/me", next.AccessToken), http.StatusUnauthorized)
	want(t, w.get(t, "/api/v1/me", other.AccessToken), http.StatusOK)
	if !strings.Contains(w.log.String(), "refresh token used again") {
		t.Error("the log does not tell of the replayed token")
	}
}

func TestOnlyTheImmediatePredecessorHasGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.login(t, adminEmail)
	second := w.refresh(t, first.RefreshToken)
	w.clock.pass(10 * time.Second)
	again := w.refresh(t, first.RefreshToken)
	if again.RefreshToken != second.RefreshToken {
		t.Error("the predecessor was given another successor")
	}
	want(t, w.get(t, "/api/v1/me", again.AccessToken), http.StatusOK)
	third := w.refresh(t, second.RefreshToken)
	w.clock.pass(time.Second)
	want(t, w.tryRefresh(t, first.RefreshToken), http.StatusUnauthorized)
	want(t, w.tryRefresh(t, third.RefreshToken), http.StatusUnauthorized)
}

func TestFiftyTabsThatRefreshTogetherAllStaySignedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nodes := []node{w.node, w.start(t, nil)}
	signed := w.login(t, adminEmail)
	for round := range 3 {
		w.clock.pass(9 * time.Minute)
		answers := make([]answer, 50)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = nodes[i%2].tryRefresh(t, signed.RefreshToken) })
		}
		wg.Wait()
		successors := map[string]bool{}
		for i, a := range answers {
			if a.StatusCode != http.StatusOK {
				t.Fatalf("round %d, tab %d = %d %s, want 200", round, i, a.StatusCode, a.body)
			}
			got := a.signedIn(t)
			successors[got.RefreshToken] = true
			if me := nodes[(i+1)%2].get(t, "/api/v1/me", got.AccessToken); me.StatusCode != http.StatusOK {
				t.Errorf("round %d, tab %d is signed out: %d", round, i, me.StatusCode)
			}
			signed = got
		}
		if len(successors) != 1 {
			t.Errorf("round %d gave %d successors, want 1", round, len(successors))
		}
	}
}

func TestSessionsEndAfterAWeekOfSilenceAndAfterAMonth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	silent := w.login(t, adminEmail)
	busy := w.login(t, adminEmail)
	for range 4 {
		w.clock.pass(6*24*time.Hour + 20*time.Hour)
		busy = w.refresh(t, busy.RefreshToken)
	}
	want(t, w.tryRefresh(t, silent.RefreshToken), http.StatusUnauthorized)
	w.clock.pass(2*24*time.Hour + 15*time.Hour)
	busy = w.refresh(t, busy.RefreshToken)
	w.clock.pass(2 * time.Hour)
	want(t, w.tryRefresh(t, busy.RefreshToken), http.StatusUnauthorized)
	want(t, w.get(t, "/api/v1/me", busy.AccessToken), http.StatusUnauthorized)
}

func TestLogoutEndsTheSessionAndClearsTheCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.start(t, nil)
	signed := w.login(t, adminEmail)
	want(t, second.get(t, "/api/v1/me", signed.AccessToken), http.StatusOK)
	out := w.call(t, "POST", authPath+"/logout", "", "Cookie", "__Host-access="+signed.AccessToken)
	want(t, out, http.StatusNoContent)
	for _, name := range []string{"__Host-access", "__Secure-refresh"} {
		if c := out.cookie(t, name); c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("cookie %s stays: %v", name, c)
		}
	}
	want(t, w.get(t, "/api/v1/me", signed.AccessToken), http.StatusUnauthorized)
	want(t, w.tryRefresh(t, signed.RefreshToken), http.StatusUnauthorized)
	w.clock.pass(5 * time.Second)
	want(t, second.get(t, "/api/v1/me", signed.AccessToken), http.StatusUnauthorized)
}

func TestLogoutWithAnExpiredAccessTokenEndsTheSessionByTheRefreshToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.login(t, adminEmail)
	w.clock.pass(time.Hour)
	want(t, w.call(t, "POST", authPath+"/logout", "", "Cookie", "__Secure-refresh="+signed.RefreshToken), http.StatusNoContent)
	want(t, w.tryRefresh(t, signed.RefreshToken), http.StatusUnauthorized)
	want(t, w.call(t, "POST", authPath+"/logout", ""), http.StatusNoContent)
}
