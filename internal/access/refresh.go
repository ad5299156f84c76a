package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// Refresh exchanges a refresh token for its successor and a fresh access token.
// A token works once; for 10 seconds after that it still gives the same
// successor, so that tabs that refresh at the same time all stay signed in. An
// older token means that somebody copied it: the whole session ends.
func (a *Access) Refresh(ctx context.Context, token secret.String) (SignedIn, error) {
	// Taken first: a request is judged as of its arrival, however long it waits.
	at := a.now()
	company, session, err := a.findRefresh(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	var signed SignedIn
	verdict := dead
	err = a.db.InCompany(ctx, company, func(tx *db.Tx) error {
		who, until, err := lockSession(ctx, tx, company, session, at)
		if err != nil {
			return err
		}
		var row tokenRow
		verdict, row, err = judge(ctx, tx, company, token, at)
		if err != nil {
			return err
		}
		signed.Identity = who
		switch verdict {
		case rotate:
			signed.Refresh, signed.RefreshUntil = a.keys[0].successor(token), earlier(at.Add(idleLifetime), until)
			return tx.ExecAll(ctx, rotation(who, token, signed.Refresh, at, signed.RefreshUntil))
		case repeat:
			signed.Refresh, signed.RefreshUntil, err = a.head(ctx, tx, company, token, row)
			return err
		case reuse:
			return endSession(ctx, tx, company, session, "reuse", at)
		case dead:
		}
		return ErrSignedOut
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("refresh session: %w", err)
	}
	if verdict == reuse {
		a.sessions.drop(session)
		a.log.WarnContext(ctx, "refresh token used again, session ended", "company_id", company, "user_id", signed.User, "session_id", session)
		return SignedIn{}, ErrSignedOut
	}
	return a.signedIn(signed.Identity, signed.Refresh, signed.RefreshUntil, at)
}

func (a *Access) findRefresh(ctx context.Context, token secret.String) (id.Company, uuid.UUID, error) {
	var company id.Company
	var session uuid.UUID
	if !strings.HasPrefix(token.Reveal(), refreshPrefix) {
		return company, session, ErrSignedOut
	}
	err := a.db.Doors().QueryRow(ctx, `select company_id, session_id from find_refresh(@hash)`,
		pgx.NamedArgs{"hash": id.Hash(token.Reveal())}).Scan(&company, &session)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return company, session, ErrSignedOut
	case err != nil:
		return company, session, fmt.Errorf("find refresh token: %w", err)
	}
	return company, session, nil
}

// lockSession makes the refreshes of one session take turns, and returns what
// the session may do now. The rows are read behind the lock, in a statement of
// their own: the locking one sees them as of before it waited.
func lockSession(ctx context.Context, tx *db.Tx, company id.Company, session uuid.UUID, at time.Time) (Identity, time.Time, error) {
	_, err := tx.Exec(ctx, `select from session where company_id = @company and id = @session for update`,
		pgx.NamedArgs{"company": company, "session": session})
	if err != nil {
		return Identity{}, time.Time{}, fmt.Errorf("lock session: %w", err)
	}
	s, err := readSession(ctx, tx, company, session)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Identity{}, time.Time{}, ErrSignedOut
	case err != nil:
		return Identity{}, time.Time{}, fmt.Errorf("read session: %w", err)
	case !s.alive(at):
		return Identity{}, time.Time{}, ErrSignedOut
	}
	return Identity{Company: company, User: s.UserID, Role: s.Role, Session: session, Version: s.Version}, s.AbsoluteUntil, nil
}

type tokenRow struct {
	ExpiresAt       time.Time
	UsedAt          *time.Time
	Successor       []byte
	SuccessorUsedAt *time.Time
}

type verdict int

const (
	dead   verdict = iota // expired or unknown
	rotate                // used for the first time
	repeat                // used a moment ago, by another tab
	reuse                 // used long ago or overtaken: somebody copied it
)

func (r tokenRow) verdict(at time.Time) verdict {
	switch {
	case !at.Before(r.ExpiresAt):
		return dead
	case r.UsedAt == nil:
		return rotate
	case at.Sub(*r.UsedAt) > refreshGrace:
		return reuse
	case r.SuccessorUsedAt != nil && r.SuccessorUsedAt.Before(at):
		// Only the immediate predecessor has grace: here the successor had been
		// used before this request came.
		return reuse
	}
	return repeat
}

func judge(ctx context.Context, tx *db.Tx, company id.Company, token secret.String, at time.Time) (verdict, tokenRow, error) {
	row, err := readToken(ctx, tx, company, token)
	if errors.Is(err, pgx.ErrNoRows) {
		return dead, tokenRow{}, nil
	}
	return row.verdict(at), row, err
}

func readToken(ctx context.Context, tx *db.Tx, company id.Company, token secret.String) (tokenRow, error) {
	rows, err := tx.Query(ctx, `
		select t.expires_at, t.used_at, t.successor, n.used_at as successor_used_at
		from refresh_token t
		left join refresh_token n on n.company_id = t.company_id and n.hash = t.successor
		where t.company_id = @company and t.hash = @hash`,
		pgx.NamedArgs{"company": company, "hash": id.Hash(token.Reveal())})
	if err != nil {
		return tokenRow{}, fmt.Errorf("read token: %w", err)
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[tokenRow])
}

// head returns the last token of the chain that a used one began. It is one step
// away, except for a request that waited while others went on.
func (a *Access) head(ctx context.Context, tx *db.Tx, company id.Company, token secret.String, row tokenRow) (secret.String, time.Time, error) {
	for range 10 {
		next, ok := a.storedSuccessor(token, row.Successor)
		if !ok {
			break
		}
		var err error
		if row, err = readToken(ctx, tx, company, next); err != nil {
			return secret.String{}, time.Time{}, fmt.Errorf("read successor: %w", err)
		}
		if row.UsedAt == nil {
			return next, row.ExpiresAt, nil
		}
		token = next
	}
	return secret.String{}, time.Time{}, ErrSignedOut
}

// storedSuccessor derives the successor with the secret that was first when the
// token was used.
func (a *Access) storedSuccessor(token secret.String, hash []byte) (secret.String, bool) {
	for _, k := range a.keys {
		if next := k.successor(token); bytes.Equal(id.Hash(next.Reveal()), hash) {
			return next, true
		}
	}
	return secret.String{}, false
}

func rotation(who Identity, token, next secret.String, at, until time.Time) *pgx.Batch {
	args := pgx.NamedArgs{
		"company": who.Company, "session": who.Session, "at": at, "until": until,
		"hash": id.Hash(token.Reveal()), "next": id.Hash(next.Reveal()),
	}
	b := &pgx.Batch{}
	b.Queue(`update refresh_token set used_at = @at, successor = @next where company_id = @company and hash = @hash`, args)
	b.Queue(`
		insert into refresh_token (company_id, hash, session_id, created_at, expires_at)
		values (@company, @next, @session, @at, @until)`, args)
	b.Queue(`update session set last_used_at = @at where company_id = @company and id = @session`, args)
	b.Queue(`delete from refresh_token where company_id = @company and session_id = @session and expires_at < @at`, args)
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
