package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"sembang/internal/access"
	"sembang/internal/audit"
	"sembang/internal/fault"
	"sembang/internal/secret"
)

// The cookies of a browser. __Host- allows no path but /, so the refresh token,
// which only the sign-in routes need to see, has the weaker prefix.
const (
	accessCookie  = "__Host-access"
	refreshCookie = "__Secure-refresh"
	authPath      = prefix + "/auth"
)

var (
	errBothCredentials = &Problem{Status: http.StatusBadRequest, Detail: "Send a cookie or an Authorization header, not both."}
	errForbidden       = fault.New(fault.Forbidden, "Your role may not do this.")
)

// Caller is who calls a route that is not public.
type Caller = access.Identity

type callerKey struct{}

// callerOf returns the caller of a route that is not public.
func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// authorize returns a context with the caller, if who may call.
func (s *Server) authorize(r *http.Request, who Who) (context.Context, error) {
	ctx := r.Context()
	token, err := accessToken(r)
	if err != nil || who == public {
		return ctx, err
	}
	if token.Empty() {
		return ctx, access.ErrSignedOut
	}
	caller, err := s.Access.Verify(ctx, token)
	switch {
	case err != nil:
		return ctx, err
	case !who.allows(caller.Role):
		return ctx, errForbidden
	}
	ctx = audit.As(ctx, audit.Actor{
		Kind: audit.User, ID: uuid.UUID(caller.User), Name: caller.Name, Address: requestOf(ctx).address.String(), Request: requestOf(ctx).id,
	})
	return context.WithValue(ctx, callerKey{}, caller), nil
}

// accessToken reads the token from where the sender keeps it.
func accessToken(r *http.Request) (secret.String, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	bearer := strings.EqualFold(scheme, "Bearer")
	cookie, err := r.Cookie(accessCookie)
	switch {
	case err == nil && r.Header.Get("Authorization") != "":
		return secret.String{}, errBothCredentials
	case bearer:
		return secret.New(token), nil
	case err == nil:
		return secret.New(cookie.Value), nil
	}
	return secret.String{}, nil
}

type loginIn struct {
	Body struct {
		Email    string `json:"email" minLength:"1" maxLength:"254" example:"aina@example.com"`
		Password string `json:"password" minLength:"1" maxLength:"512"`
		Delivery string `json:"delivery,omitempty" enum:"cookie,token" default:"cookie" doc:"Browsers take cookies, programs take the tokens in the answer"`
	}
}

type refreshIn struct {
	Body *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200" doc:"For programs; browsers send their cookie"`
	}
}

type signedInOut struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      SignedIn
}

// SignedIn is the answer to a sign-in. The tokens are there for programs only:
// a page's scripts never see those of a browser.
type SignedIn struct {
	Me           Me        `json:"me"`
	AccessToken  string    `json:"access_token,omitempty"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	ExpiresAt    time.Time `json:"expires_at" doc:"When to refresh at the latest"`
}

func (s *Server) login(ctx context.Context, in *loginIn) (*signedInOut, error) {
	q := requestOf(ctx)
	signed, err := s.Access.Login(ctx, access.Credentials{
		Email: in.Body.Email, Password: secret.New(in.Body.Password), Address: q.address, UserAgent: q.http.UserAgent(),
	})
	if err != nil {
		return nil, err
	}
	return s.deliver(ctx, signed, in.Body.Delivery == "token")
}

func (s *Server) refresh(ctx context.Context, in *refreshIn) (*signedInOut, error) {
	token, inBody, err := refreshToken(ctx, in)
	if err != nil {
		return nil, err
	}
	signed, err := s.Access.Refresh(ctx, token)
	if err != nil {
		return nil, err
	}
	return s.deliver(ctx, signed, inBody)
}

// refreshToken reads the token from the body or the cookie, and says which.
func refreshToken(ctx context.Context, in *refreshIn) (token secret.String, inBody bool, err error) {
	cookie, cookieErr := requestOf(ctx).http.Cookie(refreshCookie)
	inBody = in.Body != nil && in.Body.RefreshToken != ""
	switch {
	case inBody && cookieErr == nil:
		return secret.String{}, false, errBothCredentials
	case inBody:
		return secret.New(in.Body.RefreshToken), true, nil
	case cookieErr == nil:
		return secret.New(cookie.Value), false, nil
	}
	return secret.String{}, false, access.ErrSignedOut
}

func (s *Server) deliver(ctx context.Context, signed access.SignedIn, inBody bool) (*signedInOut, error) {
	me, err := s.me(ctx, signed.Identity)
	if err != nil {
		return nil, err
	}
	out := &signedInOut{Body: SignedIn{Me: me, ExpiresAt: signed.AccessUntil}}
	if inBody {
		out.Body.AccessToken, out.Body.RefreshToken = signed.Access.Reveal(), signed.Refresh.Reveal()
		return out, nil
	}
	out.SetCookie = []http.Cookie{
		newAccessCookie(signed.Access.Reveal(), int(signed.AccessUntil.Sub(signed.At).Seconds())),
		newRefreshCookie(signed.Refresh.Reveal(), int(signed.RefreshUntil.Sub(signed.At).Seconds())),
	}
	return out, nil
}

type logoutOut struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// logout ends the session by whichever token is still good, and always clears
// the cookies.
func (s *Server) logout(ctx context.Context, in *refreshIn) (*logoutOut, error) {
	if err := s.endSession(ctx, in); err != nil {
		return nil, err
	}
	return &logoutOut{SetCookie: []http.Cookie{newAccessCookie("", -1), newRefreshCookie("", -1)}}, nil
}

func (s *Server) endSession(ctx context.Context, in *refreshIn) error {
	token, err := accessToken(requestOf(ctx).http)
	if err != nil {
		return err
	}
	caller, err := s.Access.Verify(ctx, token)
	if err == nil {
		return s.Access.Logout(ctx, caller)
	}
	if fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	refresh, _, err := refreshToken(ctx, in)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		return nil
	case err != nil:
		return err
	}
	return s.Access.LogoutRefresh(ctx, refresh)
}

func newAccessCookie(value string, maxAge int) http.Cookie {
	return http.Cookie{Name: accessCookie, Value: value, Path: "/", MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func newRefreshCookie(value string, maxAge int) http.Cookie {
	return http.Cookie{Name: refreshCookie, Value: value, Path: authPath, MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}
