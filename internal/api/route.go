package api

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sembang/internal/access"
	"sembang/internal/fault"
)

// Who is the set of roles that may call a route.
type Who uint8

const (
	superAdmin Who = 1 << iota
	companyAdmin
	companyUser

	// public needs no sign-in.
	public Who = 0
	// company is everybody who works in a company.
	company = companyAdmin | companyUser
	// admins run something: a company or the platform.
	admins = superAdmin | companyAdmin
	// everyone is everybody who is signed in.
	everyone = superAdmin | company
)

// Roles lists the roles of the set; none means public.
func (w Who) Roles() []access.Role {
	roles := make([]access.Role, 0, 3)
	for _, role := range []access.Role{access.SuperAdmin, access.CompanyAdmin, access.CompanyUser} {
		if w.allows(role) {
			roles = append(roles, role)
		}
	}
	return roles
}

func (w Who) allows(role access.Role) bool {
	switch role {
	case access.SuperAdmin:
		return w&superAdmin != 0
	case access.CompanyAdmin:
		return w&companyAdmin != 0
	case access.CompanyUser:
		return w&companyUser != 0
	}
	return false
}

// Route is one line of the authorisation table.
type Route struct {
	Method    string
	Path      string
	Operation string
	Who       Who
}

// requestTime bounds a JSON request; streams are plain routes.
const requestTime = 30 * time.Second

// route registers a JSON operation under /api/v1. It is the only place where an
// error becomes an HTTP status: faults keep their message, anything else is
// logged and hidden. Options change the operation, for instance its limits.
func route[I, O any](s *Server, pattern, operation, summary string, who Who,
	handle func(context.Context, *I) (*O, error), options ...func(*huma.Operation),
) {
	method, path, _ := strings.Cut(pattern, " ")
	op := huma.Operation{
		Method: method, Path: prefix + path, OperationID: operation, Summary: summary,
		Tags:         []string{strings.Split(path, "/")[1]},
		MaxBodyBytes: 1 << 20,
		Extensions:   map[string]any{"x-roles": who.Roles()},
		Middlewares:  huma.Middlewares{s.admit(who)},
	}
	if who != public {
		op.Security = []map[string][]string{{"cookie": {}}, {"bearer": {}}}
	}
	for _, change := range options {
		change(&op)
	}
	s.routes = append(s.routes, Route{method, op.Path, operation, who})
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, requestTime)
		defer cancel()
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, operation, err)
		}
		return out, nil
	})
}

// plain registers a handler that reads and writes HTTP itself: webhooks, streams,
// files. Its path is whole. An error it returns before writing becomes a problem,
// later it is logged.
func plain(s *Server, pattern string, who Who, handle func(http.ResponseWriter, *http.Request) error) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = "", pattern
	}
	s.routes = append(s.routes, Route{method, path, "", who})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		ctx, err := s.authorize(r, who)
		if err == nil {
			err = handle(w, r.WithContext(ctx))
		}
		if err == nil {
			return
		}
		p := s.problem(r.Context(), pattern, err)
		if rec, ok := w.(*recorder); !ok || rec.status == 0 {
			writeProblem(w, p)
		}
	})
}

// status201 is the option of operations that add something.
func status201(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// admit lets a request pass to the operation if its sender may call it.
func (s *Server) admit(who Who) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(c)
		ctx, err := s.authorize(r, who)
		if err == nil {
			err = contentType(r, c.Operation())
		}
		if err != nil {
			writeProblem(w, s.problem(r.Context(), c.Operation().OperationID, err))
			return
		}
		next(huma.WithContext(c, ctx))
	}
}

var errContentType = &Problem{Status: http.StatusUnsupportedMediaType, Detail: "Send the body as application/json."}

// contentType refuses bodies a plain HTML form can send.
func contentType(r *http.Request, op *huma.Operation) error {
	if r.ContentLength == 0 || r.Method == http.MethodGet {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return errContentType
	}
	if op.RequestBody == nil && media == "application/json" {
		return nil
	}
	if op.RequestBody != nil && op.RequestBody.Content[media] != nil {
		return nil
	}
	return errContentType
}

// problem is what the caller is told about an error.
func (s *Server) problem(ctx context.Context, operation string, err error) *Problem {
	p, ok := errors.AsType[*Problem](err)
	if ok {
		p = &Problem{Status: p.Status, Detail: p.Detail, Errors: p.Errors}
	} else {
		p = &Problem{Status: statusOf(err), Detail: fault.Message(err)}
	}
	if throttled, ok := errors.AsType[*access.ThrottledError](err); ok {
		p.retryAfter = throttled.Seconds()
	} else if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		p.retryAfter = 1
	}
	if p.Status == http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "request failed", "operation", operation, "request_id", requestOf(ctx).id, "error", err)
	}
	return p.complete(ctx)
}

func statusOf(err error) int {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Gone:
		return http.StatusGone
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

func retryAfter(seconds int) http.Header {
	return http.Header{"Retry-After": {strconv.Itoa(seconds)}}
}
