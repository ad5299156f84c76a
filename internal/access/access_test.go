package access_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"sembang/internal/access"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
)

func TestASecretCanBeReplacedWithoutSigningPeopleOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.login(t, "aina@kedai.example")
	second, err := w.access.Refresh(t.Context(), signed.Refresh)
	if err != nil {
		t.Fatalf("Refresh() = %v", err)
	}
	rotated := w.node(t, newSecret, oldSecret)
	if _, err := rotated.Verify(t.Context(), second.Access); err != nil {
		t.Errorf("Verify() of an old token by the new secrets = %v", err)
	}
	again, err := rotated.Refresh(t.Context(), signed.Refresh)
	if err != nil || again.Refresh != second.Refresh {
		t.Errorf("Refresh() of the predecessor by the new secrets: same successor %v, %v", again.Refresh == second.Refresh, err)
	}
	third, err := rotated.Refresh(t.Context(), second.Refresh)
	if err != nil {
		t.Fatalf("Refresh() by the new secrets = %v", err)
	}
	if _, err := w.node(t, newSecret).Verify(t.Context(), third.Access); err != nil {
		t.Errorf("Verify() after the old secret went = %v", err)
	}
	if _, err := w.node(t, newSecret).Verify(t.Context(), second.Access); !errors.Is(err, access.ErrSignedOut) {
		t.Errorf("Verify() of a token of a removed secret = %v, want ErrSignedOut", err)
	}
}

func TestSuspendingACompanySignsItsPeopleOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aina, ben := w.login(t, "aina@kedai.example"), w.login(t, "ben@bengkel.example")
	w.operator(t, `update sembang.company set status = 'suspended' where id = $1`, w.a)
	w.clock.pass(5 * time.Second)
	if _, err := w.access.Verify(t.Context(), aina.Access); !errors.Is(err, access.ErrSignedOut) {
		t.Errorf("Verify() = %v, want ErrSignedOut", err)
	}
	if _, err := w.access.Refresh(t.Context(), aina.Refresh); !errors.Is(err, access.ErrSignedOut) {
		t.Errorf("Refresh() = %v, want ErrSignedOut", err)
	}
	if _, err := w.try(t, w.access, "aina@kedai.example", password); !errors.Is(err, access.ErrSwitchedOff) {
		t.Errorf("Login() = %v, want ErrSwitchedOff", err)
	}
	if _, err := w.access.Verify(t.Context(), ben.Access); err != nil {
		t.Errorf("Verify() in the other company = %v", err)
	}
}

func TestAChangeOfRightsEndsOldAccessTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.login(t, "aina@kedai.example")
	w.operator(t, `update sembang.app_user set role = 'company_user' where id = $1`, w.aina.ID)
	if _, err := w.access.Verify(t.Context(), signed.Access); !errors.Is(err, access.ErrSignedOut) {
		t.Errorf("Verify() with the old role = %v, want ErrSignedOut", err)
	}
	next, err := w.access.Refresh(t.Context(), signed.Refresh)
	if err != nil || next.Role != access.CompanyUser {
		t.Fatalf("Refresh() = %s, %v, want the new role", next.Role, err)
	}
	w.operator(t, `update sembang.session set version = version + 1 where id = $1`, signed.Session)
	w.clock.pass(5 * time.Second)
	if _, err := w.access.Verify(t.Context(), next.Access); !errors.Is(err, access.ErrSignedOut) {
		t.Errorf("Verify() of an older version = %v, want ErrSignedOut", err)
	}
}

func TestAPasswordWithAnOldCostIsRehashedAtSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	salt := []byte("0123456789abcdef")
	b64 := base64.RawStdEncoding
	weak := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", b64.EncodeToString(salt),
		b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 8192, 1, 32)))
	w.operator(t, `update sembang.login set password_hash = $1 where user_id = $2`, weak, w.aina.ID)
	for range 2 {
		w.login(t, "aina@kedai.example")
		var stored string
		if err := w.db.Doors().QueryRow(t.Context(), `select password_hash from find_login('aina@kedai.example')`).Scan(&stored); err != nil {
			t.Fatalf("read hash: %v", err)
		}
		if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("stored hash = %.40s, want today's cost", stored)
		}
	}
	if _, err := w.try(t, w.access, "aina@kedai.example", "guess"); !errors.Is(err, access.ErrWrongCredentials) {
		t.Errorf("Login() with a wrong password = %v", err)
	}
}

func TestParallelGuessesAreNotVerifiedMoreOftenThanSerialOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var verified, refused atomic.Int32
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			for range 10 {
				_, err := w.try(t, w.access, "aina@kedai.example", "guess")
				switch {
				case errors.Is(err, access.ErrWrongCredentials):
					verified.Add(1)
				case fault.KindOf(err) == fault.TooMany:
					refused.Add(1)
				default:
					t.Errorf("Login() = %v", err)
				}
			}
		})
	}
	wg.Wait()
	if verified.Load() < 5 || verified.Load() > 30 {
		t.Errorf("%d of 400 parallel guesses were verified, %d refused, want 5 to 30 verified", verified.Load(), refused.Load())
	}
}

func TestPasswordsMustBeWorthSomething(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		password string
		accepted bool
	}{
		"seven characters":    {"seven77", false},
		"eight characters":    {"eight 88", true},
		"eight Chinese ones":  {"你好我们卖糕点的", true},
		"128 characters":      {strings.Repeat("ab ", 42) + "xy", true},
		"129 characters":      {strings.Repeat("ab ", 43), false},
		"a common one":        {"Password123", false},
		"a Malay common one":  {"malaysiaboleh", false},
		"the address":         {"NOBODY@kedai.example", false},
		"spaces are kept":     {"        ", true},
		"the address's start": {"nobody-at-all", true},
	} {
		_, err := w.access.AddUser(t.Context(), access.NewUser{
			Company: w.a, Role: access.CompanyUser, Email: strings.ReplaceAll(name, " ", "-") + "@kedai.example", Password: secret.New(c.password),
		})
		if name == "the address" {
			_, err = w.access.AddUser(t.Context(), access.NewUser{
				Company: w.a, Role: access.CompanyUser, Email: "nobody@kedai.example", Password: secret.New(c.password),
			})
		}
		if (err == nil) != c.accepted || (err != nil && fault.KindOf(err) != fault.Invalid) {
			t.Errorf("AddUser() with %s = %v, want accepted %v", name, err, c.accepted)
		}
	}
}

func TestAnAddressIsUniqueOverTheInstallation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	add := func(n access.NewUser) error {
		n.Password = secret.New(password)
		_, err := w.access.AddUser(t.Context(), n)
		return err
	}
	if err := add(access.NewUser{Company: w.b, Role: access.CompanyUser, Email: " AINA@kedai.example "}); !errors.Is(err, access.ErrEmailTaken) {
		t.Errorf("AddUser() with a taken address = %v, want ErrEmailTaken", err)
	}
	users, err := w.access.Users(t.Context(), w.b)
	if err != nil || len(users) != 1 {
		t.Errorf("users of B = %d, %v: a refused user left a trace", len(users), err)
	}
	for name, n := range map[string]access.NewUser{
		"a super admin of a company": {Company: w.a, Role: access.SuperAdmin, Email: "x@kedai.example"},
		"an agent of the platform":   {Company: id.Platform, Role: access.CompanyUser, Email: "x@kedai.example"},
		"no role":                    {Company: w.a, Email: "x@kedai.example"},
		"no address":                 {Company: w.a, Role: access.CompanyUser, Email: "kedai.example"},
		"a name in the address":      {Company: w.a, Role: access.CompanyUser, Email: "X <x@kedai.example>"},
		"an address not of ASCII":    {Company: w.a, Role: access.CompanyUser, Email: "İ@kedai.example"},
		"another language":           {Company: w.a, Role: access.CompanyUser, Email: "x@kedai.example", Language: "fr"},
	} {
		if err := add(n); fault.KindOf(err) != fault.Invalid {
			t.Errorf("AddUser() with %s = %v, want Invalid", name, err)
		}
	}
}

func TestCompaniesNamedTogetherAreAddedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]id.Company, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			var err error
			if ids[i], err = w.access.EnsureCompany(t.Context(), "Kedai Baru"); err != nil {
				t.Errorf("EnsureCompany() = %v", err)
			}
		})
	}
	wg.Wait()
	for _, got := range ids {
		if got != ids[0] || got == w.a || got == w.b {
			t.Errorf("EnsureCompany() = %v", ids)
			break
		}
	}
	if again, err := w.access.EnsureCompany(t.Context(), " kedai kuih "); err != nil || again != w.a {
		t.Errorf("EnsureCompany() in another case = %v, %v, want the same company", again, err)
	}
	w.operator(t, `insert into sembang.company (id, name) values ($1, 'KEDAI KUIH')`, id.New())
	if _, err := w.access.EnsureCompany(t.Context(), "Kedai Kuih"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("EnsureCompany() of two namesakes = %v, want Conflict", err)
	}
}

func TestASecretThatIsTooShortIsRefused(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]secret.String{nil, {secret.New("")}, {secret.New(strings.Repeat("x", 31))}, {secret.New(newSecret), secret.New("short")}} {
		if _, err := access.New(access.Config{Secrets: secrets}); err == nil {
			t.Errorf("New() with %d secrets = nil, want an error", len(secrets))
		}
	}
}
