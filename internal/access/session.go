package access

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// Verify returns who an access token speaks for. Every reason to refuse it gives
// ErrSignedOut; other errors mean that nobody could tell.
func (a *Access) Verify(ctx context.Context, token secret.String) (Identity, error) {
	who, err := a.readAccess(token)
	if err != nil {
		return Identity{}, ErrSignedOut
	}
	state, err := a.check(ctx, who)
	if err != nil {
		return Identity{}, err
	}
	who.Name = state.Name
	return who, nil
}

// Recheck returns ErrSignedOut when the session behind an identity is over or
// its rights changed. It is true to at most 5 seconds: a stream that stays open
// longer calls it again.
func (a *Access) Recheck(ctx context.Context, who Identity) error {
	_, err := a.check(ctx, who)
	return err
}

func (a *Access) check(ctx context.Context, who Identity) (sessionState, error) {
	at := a.now()
	state, ok := a.sessions.get(who.Session, at)
	if !ok {
		read, err := readSession(ctx, a.db.For(who.Company), who.Company, who.Session)
		if errors.Is(err, pgx.ErrNoRows) {
			return sessionState{}, ErrSignedOut
		}
		if err != nil {
			return sessionState{}, fmt.Errorf("read session: %w", err)
		}
		state = read
		state.readAt = at
		a.sessions.put(who.Session, state)
	}
	if !state.alive(at) || state.CompanyID != who.Company || state.UserID != who.User ||
		state.Version != who.Version || state.Role != who.Role {
		return sessionState{}, ErrSignedOut
	}
	return state, nil
}

// Logout ends a session on every node, within 5 seconds elsewhere.
func (a *Access) Logout(ctx context.Context, who Identity) error {
	err := endSession(ctx, a.db.For(who.Company), who.Company, who.Session, "logout", a.now())
	a.sessions.drop(who.Session)
	return err
}

// LogoutRefresh ends the session a refresh token belongs to, for a browser whose
// access token has run out. An unknown token is no error.
func (a *Access) LogoutRefresh(ctx context.Context, token secret.String) error {
	company, session, err := a.findRefresh(ctx, token)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		return nil
	case err != nil:
		return err
	}
	return a.Logout(ctx, Identity{Company: company, Session: session})
}

// sessionState is a session as far as a request cares.
type sessionState struct {
	CompanyID     id.Company
	UserID        id.User
	Name          string
	Role          Role
	Version       int
	Active        bool
	Status        string
	LastUsedAt    time.Time
	AbsoluteUntil time.Time
	EndedAt       *time.Time
	readAt        time.Time
}

func (s sessionState) alive(at time.Time) bool {
	return s.Active && s.Status == "active" && s.EndedAt == nil &&
		at.Before(s.AbsoluteUntil) && at.Before(s.LastUsedAt.Add(idleLifetime))
}

func readSession(ctx context.Context, conn db.Conn, company id.Company, session uuid.UUID) (sessionState, error) {
	rows, err := conn.Query(ctx, `
		select s.company_id, s.user_id, u.name, u.role, s.version, u.active, c.status, s.last_used_at, s.absolute_until, s.ended_at
		from session s
		join app_user u on u.company_id = s.company_id and u.id = s.user_id
		join company_self() c on c.id = s.company_id
		where s.company_id = @company and s.id = @session`,
		pgx.NamedArgs{"company": company, "session": session})
	if err != nil {
		return sessionState{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[sessionState])
}

func endSession(ctx context.Context, conn db.Conn, company id.Company, session uuid.UUID, reason string, at time.Time) error {
	_, err := conn.Exec(ctx, `
		update session set ended_at = @at, end_reason = @reason
		where company_id = @company and id = @session and ended_at is null`,
		pgx.NamedArgs{"company": company, "session": session, "reason": reason, "at": at})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// sessionCache keeps what this node read for a few seconds, so that a page's
// dozen requests cost one look-up and a revocation still arrives in time.
type sessionCache struct {
	mu     sync.Mutex
	states map[uuid.UUID]sessionState
}

const cachedSessions = 20_000

func (c *sessionCache) get(session uuid.UUID, at time.Time) (sessionState, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.states[session]
	return s, ok && at.Sub(s.readAt) < sessionCached
}

func (c *sessionCache) put(session uuid.UUID, s sessionState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.states) >= cachedSessions {
		clear(c.states)
	}
	c.states[session] = s
}

func (c *sessionCache) drop(sessions ...uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range sessions {
		delete(c.states, s)
	}
}
