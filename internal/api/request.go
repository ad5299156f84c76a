package api

import (
	"context"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"sembang/internal/id"
)

// request is what handlers may know of the HTTP request they serve.
type request struct {
	id      string
	address netip.Addr
	http    *http.Request
}

type requestKey struct{}

// requestOf returns the request of a context; the zero one outside of requests.
func requestOf(ctx context.Context) request {
	r, _ := ctx.Value(requestKey{}).(request)
	return r
}

// outer is what surrounds every request: its id, headers for browsers, the log
// line, and the answer when a handler panics.
func (s *Server) outer(secure bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		q := request{id: id.New().String(), address: s.clientAddress(r), http: r}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		rec := &recorder{ResponseWriter: w}
		securityHeaders(w.Header(), r.URL.Path, secure)
		w.Header().Set("X-Request-Id", q.id)
		defer func() {
			if p := recover(); p != nil {
				s.panicked(rec, r, p)
			}
			s.Log.DebugContext(r.Context(), "request", "request_id", q.id, "method", r.Method, "route", r.Pattern,
				"status", rec.status, "ms", time.Since(start).Milliseconds())
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *Server) panicked(rec *recorder, r *http.Request, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is the panic value
		panic(p) //nolint:forbidigo // net/http's own way to drop the connection
	}
	ctx := r.Context()
	s.Log.ErrorContext(ctx, "handler panicked", "request_id", requestOf(ctx).id, "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
	if rec.status == 0 {
		writeProblem(rec, fromHuma(ctx, http.StatusInternalServerError, "", nil))
	}
}

func securityHeaders(h http.Header, path string, secure bool) {
	h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "+
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
}

// sameOrigin refuses what another site's page makes a browser send to the API.
// Programs send no Sec-Fetch-Site and no Origin and pass.
func sameOrigin(origins *http.CrossOriginProtection, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") && origins.Check(r) != nil {
			writeProblem(w, (&Problem{Status: http.StatusForbidden, Detail: "This request comes from another site."}).complete(r.Context()))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// clientAddress is whom we talk to: the peer, or whom a trusted proxy names. The
// header grows on the right, so what the client wrote itself stays unread.
func (s *Server) clientAddress(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(address); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = next.Unmap()
	}
	return address
}

func (s *Server) trusted(address netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}

// recorder remembers the status for the log and lets http.ResponseController
// reach the writer beneath.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts as 200 unless a status was set.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
