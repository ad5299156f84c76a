package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"sembang/internal/db"
	"sembang/internal/db/dbtest"
	"sembang/internal/id"
	"sembang/internal/secret"
	"sembang/internal/vault"
)

var (
	keyA = strings.Repeat("a1", 32)
	keyB = strings.Repeat("b2", 32)
)

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	v := vault.New(d, ring(t, keyA))
	here := vault.Place{Company: addCompany(t, d), Table: "integration", Row: id.New(), Field: "token"}
	sealed, err := v.Seal(t.Context(), here, secret.New("canary-token"))
	if err != nil {
		t.Fatalf("Seal() = %v", err)
	}
	if bytes.Contains(sealed, []byte("canary")) {
		t.Error("Seal() holds the plain text")
	}
	// A second vault has an empty cache: the key comes from the database.
	got, err := vault.New(d, ring(t, keyA)).Open(t.Context(), here, sealed)
	if err != nil || got.Reveal() != "canary-token" {
		t.Fatalf("Open() = %q, %v, want the sealed value", got.Reveal(), err)
	}
	other := addCompany(t, d)
	if _, err := v.Seal(t.Context(), vault.Place{Company: other, Table: "integration", Row: here.Row, Field: "token"}, secret.New("x")); err != nil {
		t.Fatalf("Seal() for another company = %v", err)
	}
	for name, place := range map[string]vault.Place{
		"another company": {Company: other, Table: here.Table, Row: here.Row, Field: here.Field},
		"another table":   {Company: here.Company, Table: "app_user", Row: here.Row, Field: here.Field},
		"another row":     {Company: here.Company, Table: here.Table, Row: id.New(), Field: here.Field},
		"another field":   {Company: here.Company, Table: here.Table, Row: here.Row, Field: "secret"},
	} {
		if _, err := v.Open(t.Context(), place, sealed); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("Open() in %s = %v, want ErrSealed", name, err)
		}
	}
}

func TestDamagedValuesDoNotOpen(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	v := vault.New(d, ring(t, keyA))
	here := vault.Place{Company: addCompany(t, d), Table: "integration", Row: id.New(), Field: "token"}
	sealed, err := v.Seal(t.Context(), here, secret.New("value"))
	if err != nil {
		t.Fatalf("Seal() = %v", err)
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := v.Open(t.Context(), here, damaged); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("Open() with byte %d changed = %v, want ErrSealed", i, err)
		}
		if _, err := v.Open(t.Context(), here, sealed[:i]); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("Open() of %d bytes = %v, want ErrSealed", i, err)
		}
	}
}

func TestTheSameValueSealsDifferentlyEachTime(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	v := vault.New(d, ring(t, keyA))
	here := vault.Place{Company: addCompany(t, d), Table: "integration", Row: id.New(), Field: "token"}
	first, err1 := v.Seal(t.Context(), here, secret.New("value"))
	second, err2 := v.Seal(t.Context(), here, secret.New("value"))
	if err1 != nil || err2 != nil || bytes.Equal(first, second) {
		t.Errorf("Seal() twice gave equal = %v, %v, %v", bytes.Equal(first, second), err1, err2)
	}
}

func TestAStartWithoutAKeyInUseIsRefused(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	here := vault.Place{Company: addCompany(t, d), Table: "integration", Row: id.New(), Field: "token"}
	sealed, err := vault.New(d, ring(t, "old:"+keyA)).Seal(t.Context(), here, secret.New("value"))
	if err != nil {
		t.Fatalf("Seal() = %v", err)
	}
	for text, accepted := range map[string]bool{
		"old:" + keyA:                   true,
		"new:" + keyB + ",old:" + keyA:  true,
		"new:" + keyB:                   false,
		"old:" + keyB:                   false,
		keyA:                            false,
		"old:" + keyA + ", new:" + keyB: true,
	} {
		v := vault.New(d, ring(t, text))
		if err := v.Check(t.Context()); (err == nil) != accepted {
			t.Errorf("Check() with %s = %v, want accepted %v", strings.NewReplacer(keyA, "A", keyB, "B").Replace(text), err, accepted)
		}
		got, err := v.Open(t.Context(), here, sealed)
		if (err == nil && got.Reveal() == "value") != accepted {
			t.Errorf("Open() with %s = %v, want opened %v", strings.NewReplacer(keyA, "A", keyB, "B").Replace(text), err, accepted)
		}
	}
}

func TestNodesThatSealTogetherReadEachOther(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	company := addCompany(t, d)
	nodes := make([]*vault.Vault, 4)
	sealed := make([][]byte, len(nodes))
	place := func(i int) vault.Place {
		return vault.Place{Company: company, Table: "integration", Row: uuid.UUID{byte(i)}, Field: "token"}
	}
	var wg sync.WaitGroup
	for i := range nodes {
		nodes[i] = vault.New(d, ring(t, keyA))
		wg.Go(func() {
			var err error
			if sealed[i], err = nodes[i].Seal(t.Context(), place(i), secret.New(fmt.Sprint(i))); err != nil {
				t.Errorf("Seal() on node %d = %v", i, err)
			}
		})
	}
	wg.Wait()
	for i := range sealed {
		for j, node := range nodes {
			if got, err := node.Open(t.Context(), place(i), sealed[i]); err != nil || got.Reveal() != fmt.Sprint(i) {
				t.Errorf("node %d opens node %d's value = %q, %v", j, i, got.Reveal(), err)
			}
		}
	}
}

func TestKeyIDsInUseAreSeenAcrossCompanies(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for i, text := range []string{"one:" + keyA, "two:" + keyB, "two:" + keyB} {
		place := vault.Place{Company: addCompany(t, d), Table: "integration", Row: id.New(), Field: "token"}
		if _, err := vault.New(d, ring(t, text)).Seal(t.Context(), place, secret.New("v")); err != nil {
			t.Fatalf("Seal() %d = %v", i, err)
		}
	}
	var ids int
	if err := d.Doors().QueryRow(t.Context(), `select count(*) from key_samples()`).Scan(&ids); err != nil || ids != 2 {
		t.Errorf("key_samples() over three companies = %d rows, %v, want one per key id", ids, err)
	}
	if err := vault.New(d, ring(t, "one:"+keyA)).Check(t.Context()); err == nil || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("Check() without key two = %v, want it named", err)
	}
}

func TestKeysThatAreNoKeysAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "abc", strings.Repeat("a1", 31), "x:" + keyA + ",x:" + keyB, "bad id:" + keyA, ":" + keyA, keyA + ",", strings.Repeat("zz", 32)} {
		_, err := vault.ParseRing(secret.New(text))
		if err == nil {
			t.Errorf("ParseRing(%q) = nil, want an error", text)
			continue
		}
		if strings.Contains(err.Error(), keyA) {
			t.Errorf("ParseRing() error shows the key")
		}
	}
}

func FuzzParseRing(f *testing.F) {
	f.Add(keyA)
	f.Add("a:" + keyA + ",b:" + keyB)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := vault.ParseRing(secret.New(text)); err != nil && len(text) > 40 && strings.Contains(err.Error(), text) {
			t.Errorf("error repeats the input")
		}
	})
}

func ring(t *testing.T, text string) vault.Ring {
	t.Helper()
	r, err := vault.ParseRing(secret.New(text))
	if err != nil {
		t.Fatalf("ParseRing() = %v", err)
	}
	return r
}

func addCompany(t *testing.T, d *db.DB) id.Company {
	t.Helper()
	company := id.Company(id.New())
	if _, err := d.Platform().Exec(t.Context(), `select add_company($1, 'Kedai', '')`, company); err != nil {
		t.Fatalf("add company: %v", err)
	}
	return company
}
