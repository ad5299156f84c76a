package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// Login checks a password and opens a session. An unknown address, a wrong
// password and their timing look the same.
func (a *Access) Login(ctx context.Context, c Credentials) (SignedIn, error) {
	email, valid := normalizeEmail(c.Email)
	subjects := a.subjects(email, c.Address)
	if err := a.checkThrottle(ctx, subjects); err != nil {
		return SignedIn{}, err
	}
	if err := a.gate.enter(ctx); err != nil {
		return SignedIn{}, err
	}
	defer a.gate.leave()
	// Those who waited at the gate together must not all get a guess.
	if err := a.checkThrottle(ctx, subjects); err != nil {
		return SignedIn{}, err
	}
	who, err := a.authenticate(ctx, email, valid, c.Password)
	if errors.Is(err, ErrWrongCredentials) {
		a.log.WarnContext(ctx, "sign-in refused", "address", c.Address.String())
		if err := a.countFailure(ctx, subjects); err != nil {
			return SignedIn{}, err
		}
	}
	if err != nil {
		return SignedIn{}, err
	}
	if err := a.forgive(ctx, subjects); err != nil {
		return SignedIn{}, err
	}
	signed, err := a.openSession(ctx, who, c.UserAgent)
	if err != nil {
		return SignedIn{}, err
	}
	a.log.InfoContext(ctx, "signed in", "company_id", who.Company, "user_id", who.User, "session_id", signed.Session)
	return signed, nil
}

// authenticate returns whose e-mail and password these are. The caller holds the gate.
func (a *Access) authenticate(ctx context.Context, email string, valid bool, password secret.String) (Identity, error) {
	who, stored := Identity{}, nobody()
	known := valid && len(password.Reveal()) <= maxPasswordBytes
	if known {
		err := a.db.Doors().QueryRow(ctx, `select company_id, user_id, password_hash from find_login(@email)`,
			pgx.NamedArgs{"email": email}).Scan(&who.Company, &who.User, &stored)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			known = false
		case err != nil:
			return Identity{}, fmt.Errorf("find login: %w", err)
		}
	}
	matches, stale, err := verifyPassword(stored, password)
	switch {
	case err != nil:
		return Identity{}, err
	case !known || !matches:
		return Identity{}, ErrWrongCredentials
	case stale:
		_, err = a.db.For(who.Company).Exec(ctx, `select set_password(@user, @hash)`,
			pgx.NamedArgs{"user": who.User, "hash": hashPassword(password)})
		if err != nil {
			return Identity{}, fmt.Errorf("rehash password: %w", err)
		}
	}
	return who, nil
}

func (a *Access) openSession(ctx context.Context, who Identity, userAgent string) (SignedIn, error) {
	at := a.now()
	who.Session, who.Version = id.New(), 1
	refresh := newRefresh()
	until := at.Add(idleLifetime)
	err := a.db.InCompany(ctx, who.Company, func(tx *db.Tx) error {
		role, err := activeRole(ctx, tx, who)
		if err != nil {
			return err
		}
		who.Role = role
		return tx.ExecAll(ctx, sessionRows(who, refresh, userAgent, at, until))
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("open session: %w", err)
	}
	return a.signedIn(who, refresh, until, at)
}

// activeRole returns the user's role, ErrSwitchedOff when they or their company
// may not sign in.
func activeRole(ctx context.Context, tx *db.Tx, who Identity) (Role, error) {
	var role Role
	var active bool
	err := tx.QueryRow(ctx, `
		select u.role, u.active and c.status = 'active'
		from app_user u join company_self() c on c.id = u.company_id
		where u.company_id = @company and u.id = @user`,
		pgx.NamedArgs{"company": who.Company, "user": who.User}).Scan(&role, &active)
	switch {
	case err != nil:
		return "", err
	case !active:
		return "", ErrSwitchedOff
	}
	return role, nil
}

func sessionRows(who Identity, refresh secret.String, userAgent string, at, until time.Time) *pgx.Batch {
	args := pgx.NamedArgs{
		"company": who.Company, "session": who.Session, "user": who.User, "at": at, "agent": db.Text(userAgent, 300),
		"absolute": at.Add(sessionLifetime), "hash": id.Hash(refresh.Reveal()), "until": until,
	}
	b := &pgx.Batch{}
	b.Queue(`delete from session where company_id = @company and user_id = @user and absolute_until < @at`, args)
	b.Queue(`
		insert into session (company_id, id, user_id, created_at, last_used_at, absolute_until, user_agent)
		values (@company, @session, @user, @at, @at, @absolute, @agent)`, args)
	b.Queue(`
		insert into refresh_token (company_id, hash, session_id, created_at, expires_at)
		values (@company, @hash, @session, @at, @until)`, args)
	return b
}

func (a *Access) signedIn(who Identity, refresh secret.String, until, at time.Time) (SignedIn, error) {
	access, accessUntil, err := a.signAccess(who, at)
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Identity: who, At: at, Access: access, AccessUntil: accessUntil, Refresh: refresh, RefreshUntil: until}, nil
}
