package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"sembang/internal/fault"
)

var (
	errNotReady     = fault.New(fault.Unavailable, "The database does not answer.")
	errUnknownRoute = fault.New(fault.NotFound, "There is nothing at this address of the API.")
)

// healthz tells that the process lives.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, map[string]string{"status": "ok"})
}

// readyz tells whether requests can be served: a balancer sends none otherwise.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.DB.Ping(ctx); err != nil {
		s.Log.WarnContext(ctx, "database does not answer", "error", err)
		return errNotReady
	}
	return writeJSON(w, map[string]string{"status": "ready"})
}

func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(s.spec)
	return nil
}

func unknownRoute(http.ResponseWriter, *http.Request) error { return errUnknownRoute }

func writeJSON(w http.ResponseWriter, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	// The answer has begun: when writing fails, nobody is left to tell.
	_ = json.NewEncoder(w).Encode(body)
	return nil
}
