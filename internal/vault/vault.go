// Package vault seals the credentials a company gives us, so that a copy of the
// database is worth nothing without the operator's key and a row copied
// elsewhere does not open. It knows no vendor and not what it seals.
package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// version is the first byte of everything sealed.
const version = 1

// ErrSealed is returned when something sealed does not open in its place.
var ErrSealed = errors.New("sealed value does not open here")

// Place is where a sealed value lives. It is bound to the value: moved to
// another company, table, row or field it does not open.
type Place struct {
	Company id.Company
	Table   string
	Row     uuid.UUID
	Field   string
}

func (p Place) bytes() []byte {
	return []byte(strings.Join([]string{"v1", p.Table, p.Company.String(), p.Row.String(), p.Field}, "|"))
}

// Vault seals and opens with a data key per company, itself sealed by the ring.
type Vault struct {
	db    *db.DB
	ring  Ring
	cache cache
}

// New returns a vault over the ring. Call Check before serving.
func New(d *db.DB, ring Ring) *Vault {
	return &Vault{db: d, ring: ring, cache: cache{now: time.Now, keys: map[keyID]opened{}, newest: map[id.Company]opened{}}}
}

// Check returns an error when a key in use is missing from the ring or is not
// the one that sealed. A program that does not open its credentials must not start.
func (v *Vault) Check(ctx context.Context) error {
	rows, err := v.db.Doors().Query(ctx, `select company_id, id, kek_id, wrapped from key_samples()`)
	if err != nil {
		return fmt.Errorf("read keys in use: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByName[dataKeyRow])
	if err != nil {
		return fmt.Errorf("read keys in use: %w", err)
	}
	for _, k := range keys {
		if _, err := v.ring.unwrap(k.KekID, k.Wrapped, k.where()); err != nil {
			return err
		}
	}
	return nil
}

// Seal encrypts s for its place. Call it before opening a transaction: the first
// value of a company stores the company's data key, which must outlive a rollback.
func (v *Vault) Seal(ctx context.Context, place Place, s secret.String) ([]byte, error) {
	key, err := v.sealingKey(ctx, place.Company)
	if err != nil {
		return nil, err
	}
	blob := append([]byte{version}, key.id[:]...)
	return key.aead.Seal(blob, nil, []byte(s.Reveal()), place.bytes()), nil
}

// Open decrypts what Seal returned for the same place, ErrSealed for any other.
func (v *Vault) Open(ctx context.Context, place Place, sealed []byte) (secret.String, error) {
	if len(sealed) < 17 || sealed[0] != version {
		return secret.String{}, ErrSealed
	}
	key, err := v.openingKey(ctx, keyID{place.Company, uuid.UUID(sealed[1:17])})
	if err != nil {
		return secret.String{}, err
	}
	plain, err := key.aead.Open(nil, nil, sealed[17:], place.bytes())
	if err != nil {
		return secret.String{}, ErrSealed
	}
	return secret.New(string(plain)), nil
}

type keyID struct {
	company id.Company
	id      uuid.UUID
}

type dataKeyRow struct {
	CompanyID id.Company
	ID        uuid.UUID
	KekID     string
	Wrapped   []byte
}

func (k dataKeyRow) where() []byte {
	return []byte(strings.Join([]string{"v1", "company_key", k.CompanyID.String(), k.ID.String(), k.KekID}, "|"))
}

func (v *Vault) sealingKey(ctx context.Context, company id.Company) (opened, error) {
	if key, ok := v.cache.newestOf(company); ok {
		return key, nil
	}
	row, err := v.read(ctx, company, `order by id desc limit 1`, pgx.NamedArgs{"company": company})
	if errors.Is(err, pgx.ErrNoRows) {
		row, err = v.add(ctx, company)
	}
	if err != nil {
		return opened{}, fmt.Errorf("find data key: %w", err)
	}
	key, err := v.unwrap(row)
	if err != nil {
		return opened{}, err
	}
	v.cache.putNewest(company, key)
	return key, nil
}

func (v *Vault) openingKey(ctx context.Context, k keyID) (opened, error) {
	if key, ok := v.cache.get(k); ok {
		return key, nil
	}
	row, err := v.read(ctx, k.company, `and id = @id`, pgx.NamedArgs{"company": k.company, "id": k.id})
	if errors.Is(err, pgx.ErrNoRows) {
		return opened{}, ErrSealed
	}
	if err != nil {
		return opened{}, fmt.Errorf("find data key: %w", err)
	}
	return v.unwrap(row)
}

func (v *Vault) read(ctx context.Context, company id.Company, which string, args pgx.NamedArgs) (dataKeyRow, error) {
	rows, err := v.db.For(company).Query(ctx, `
		select company_id, id, kek_id, wrapped from company_key
		where company_id = @company `+which, args)
	if err != nil {
		return dataKeyRow{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[dataKeyRow])
}

// add stores a fresh data key. Two nodes may each add one: both open, and the
// newest seals.
func (v *Vault) add(ctx context.Context, company id.Company) (dataKeyRow, error) {
	dataKey := make([]byte, 32)
	_, _ = rand.Read(dataKey) // documented never to fail
	row := dataKeyRow{CompanyID: company, ID: id.New(), KekID: v.ring.first}
	row.Wrapped = v.ring.wrap(dataKey, row.where())
	_, err := v.db.For(company).Exec(ctx, `
		insert into company_key (company_id, id, kek_id, wrapped) values (@company, @id, @kek, @wrapped)`,
		pgx.NamedArgs{"company": company, "id": row.ID, "kek": row.KekID, "wrapped": row.Wrapped})
	return row, err
}

func (v *Vault) unwrap(row dataKeyRow) (opened, error) {
	dataKey, err := v.ring.unwrap(row.KekID, row.Wrapped, row.where())
	if err != nil {
		return opened{}, err
	}
	aead, err := newAEAD(dataKey)
	if err != nil {
		return opened{}, err
	}
	key := opened{id: row.ID, aead: aead}
	v.cache.put(keyID{row.CompanyID, row.ID}, key)
	return key, nil
}

type opened struct {
	id    uuid.UUID
	aead  cipher.AEAD
	until time.Time
}

// cache holds opened data keys for a few minutes, so that a key deleted to make
// a company unreadable is forgotten by every node.
type cache struct {
	now    func() time.Time
	mu     sync.Mutex
	keys   map[keyID]opened
	newest map[id.Company]opened
}

const (
	cachedKeys = 1024
	cachedFor  = 5 * time.Minute
)

func (c *cache) get(k keyID) (opened, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := c.keys[k]
	return key, ok && c.now().Before(key.until)
}

func (c *cache) put(k keyID, key opened) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.keys) >= cachedKeys {
		clear(c.keys)
	}
	key.until = c.now().Add(cachedFor)
	c.keys[k] = key
}

func (c *cache) newestOf(company id.Company) (opened, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := c.newest[company]
	return key, ok && c.now().Before(key.until)
}

func (c *cache) putNewest(company id.Company, key opened) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.newest) >= cachedKeys {
		clear(c.newest)
	}
	key.until = c.now().Add(cachedFor)
	c.newest[company] = key
}
