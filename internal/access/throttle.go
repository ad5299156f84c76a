package access

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"
)

// A bucket counts failures of one kind of subject. The first `free` cost
// nothing; each further one doubles the wait, up to maxWait. One failure is
// forgotten every `forget`, so nobody is locked out for good.
type bucket struct {
	name   string
	free   int
	forget time.Duration
}

const maxWait = 15 * time.Minute

// An office shares one address, so it may mistype more often than one account.
var (
	accountBucket = bucket{name: "account", free: 5, forget: 15 * time.Minute}
	addressBucket = bucket{name: "address", free: 20, forget: time.Minute}
)

type subject struct {
	bucket bucket
	hash   []byte
}

// subjects are whom an attempt is counted against. Addresses are counted by the
// network a household or an office gets: /24 and /56.
func (a *Access) subjects(email string, from netip.Addr) []subject {
	list := []subject{{accountBucket, a.keys[0].hash("account", email)}}
	if !from.IsValid() {
		return list
	}
	bits := 56
	from = from.Unmap().WithZone("")
	if from.Is4() {
		bits = 24
	}
	network, err := from.Prefix(bits)
	if err != nil {
		return list
	}
	return append(list, subject{addressBucket, a.keys[0].hash("address", network.String())})
}

// checkThrottle returns a ThrottledError while one of the subjects has to wait.
func (a *Access) checkThrottle(ctx context.Context, subjects []subject) error {
	at := a.now()
	names, hashes := make([]string, 0, len(subjects)), make([][]byte, 0, len(subjects))
	for _, s := range subjects {
		names, hashes = append(names, s.bucket.name), append(hashes, s.hash)
	}
	var until *time.Time
	err := a.db.Doors().QueryRow(ctx, `
		select max(t.blocked_until)
		from unnest(@names::text[], @hashes::bytea[]) as s (bucket, subject_hash)
		join throttle t on t.bucket = s.bucket and t.subject_hash = s.subject_hash
		where t.blocked_until > @at`,
		pgx.NamedArgs{"names": names, "hashes": hashes, "at": at}).Scan(&until)
	switch {
	case err != nil:
		return fmt.Errorf("read throttle: %w", err)
	case until != nil:
		return &ThrottledError{Wait: until.Sub(at), err: errThrottled}
	}
	return nil
}

// failures after forgetting; a clock that went back forgets nothing.
const remembered = `greatest(0, t.failures - floor(greatest(0, extract(epoch from excluded.failed_at - t.failed_at)) / @forget)::integer)`

// countFailure adds one failure to each subject.
func (a *Access) countFailure(ctx context.Context, subjects []subject) error {
	at := a.now()
	for _, s := range subjects {
		// The wait is 1 s from the failure number `free` on, and doubles.
		_, err := a.db.Doors().Exec(ctx, `
			insert into throttle as t (bucket, subject_hash, failures, failed_at, blocked_until)
			values (@bucket, @hash, 1, @at, @at)
			on conflict (bucket, subject_hash) do update set
				failures = `+remembered+` + 1,
				failed_at = excluded.failed_at,
				blocked_until = excluded.failed_at + case
					when `+remembered+` + 1 < @free then interval '0'
					else least(@max_wait, power(2, least(20, `+remembered+` + 1 - @free))) * interval '1 second' end`,
			pgx.NamedArgs{
				"bucket": s.bucket.name, "hash": s.hash, "at": at, "free": s.bucket.free,
				"forget": s.bucket.forget.Seconds(), "max_wait": maxWait.Seconds(),
			})
		if err != nil {
			return fmt.Errorf("count failure: %w", err)
		}
	}
	return nil
}

// forgive clears the account's failures after a sign-in, and rows nobody needs.
// The address keeps its count: one account of one's own must not clear it.
func (a *Access) forgive(ctx context.Context, subjects []subject) error {
	_, err := a.db.Doors().Exec(ctx, `
		delete from throttle where bucket = @bucket and subject_hash = @hash or failed_at < @old`,
		pgx.NamedArgs{"bucket": subjects[0].bucket.name, "hash": subjects[0].hash, "old": a.now().Add(-48 * time.Hour)})
	if err != nil {
		return fmt.Errorf("forgive account: %w", err)
	}
	return nil
}

// Seconds is the wait in whole seconds, at least 1: what Retry-After wants.
func (e *ThrottledError) Seconds() int {
	return max(1, int(math.Ceil(e.Wait.Seconds())))
}
