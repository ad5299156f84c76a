// Package access is who may sign in and what they are: users, roles, passwords,
// sessions and their tokens. It knows no transport: cookies, headers and statuses
// belong to package api, and what a role may call is the table there.
package access

import (
	"errors"
	"log/slog"
	"net/netip"
	"runtime"
	"time"

	"github.com/google/uuid"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// Role is what a user is in their company.
type Role string

// The roles. A super admin belongs to id.Platform, the others to a company.
const (
	SuperAdmin   Role = "super_admin"
	CompanyAdmin Role = "company_admin"
	CompanyUser  Role = "company_user"
)

// How long things last; docs/security.md repeats these for operators.
const (
	accessLifetime  = 10 * time.Minute
	sessionLifetime = 30 * 24 * time.Hour
	idleLifetime    = 7 * 24 * time.Hour
	refreshGrace    = 10 * time.Second
	sessionCached   = 5 * time.Second
)

// Errors a caller can test for.
var (
	ErrWrongCredentials = fault.New(fault.Unauthenticated, "Wrong e-mail or password.")
	ErrSignedOut        = fault.New(fault.Unauthenticated, "You are signed out. Sign in again.")
	ErrSwitchedOff      = fault.New(fault.Unauthenticated, "This account is switched off. Ask your administrator.")
	ErrUserNotFound     = fault.New(fault.NotFound, "User not found.")
	ErrEmailTaken       = fault.New(fault.Conflict, "This e-mail address already has an account.")
	ErrBusy             = fault.New(fault.TooMany, "Many people are signing in right now. Try again in a moment.")
	errThrottled        = fault.New(fault.TooMany, "Too many failed attempts. Wait a little before you try again.")
)

// ThrottledError is a refused attempt, and how long to wait before the next.
type ThrottledError struct {
	Wait time.Duration
	err  error
}

func (e *ThrottledError) Error() string { return e.err.Error() }

// Unwrap gives the fault with the text for the user.
func (e *ThrottledError) Unwrap() error { return e.err }

// Identity is who an access token speaks for, checked against the session.
type Identity struct {
	Company id.Company
	User    id.User
	// Name is the user's, as far as it was read: a session's check fills it in.
	Name    string
	Role    Role
	Session uuid.UUID
	Version int
}

// Config is what the package needs. Secrets sign and derive tokens: the first
// does, all verify, so that a secret can be replaced without signing people out.
type Config struct {
	DB      *db.DB
	Log     *slog.Logger
	Secrets []secret.String
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Access signs people in and tells who they are.
type Access struct {
	db       *db.DB
	log      *slog.Logger
	now      func() time.Time
	keys     []keySet
	gate     gate
	sessions sessionCache
}

// New returns an Access. It refuses secrets that are too short to sign with.
func New(c Config) (*Access, error) {
	if len(c.Secrets) == 0 {
		return nil, errors.New("JWT_SECRET is missing")
	}
	a := &Access{db: c.DB, log: c.Log, now: c.Now, gate: newGate(runtime.NumCPU(), 20)}
	if a.now == nil {
		a.now = time.Now
	}
	for _, s := range c.Secrets {
		k, err := newKeySet(s)
		if err != nil {
			return nil, err
		}
		a.keys = append(a.keys, k)
	}
	a.sessions = sessionCache{states: map[uuid.UUID]sessionState{}}
	return a, nil
}

// Credentials is what somebody signs in with, and from where.
type Credentials struct {
	Email     string
	Password  secret.String
	Address   netip.Addr
	UserAgent string
}

// SignedIn is a session's fresh tokens and whose they are.
type SignedIn struct {
	Identity
	At           time.Time
	Access       secret.String
	AccessUntil  time.Time
	Refresh      secret.String
	RefreshUntil time.Time
}
