package api

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"sembang/internal/fault"
)

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sembang</title>
<h1>Sembang is running</h1>
<p>The browser app is not part of this build. Run <code>make build</code> to make it; the API is at <code>/api/v1</code>.</p>
</html>
`

var errNoFile = fault.New(fault.NotFound, "There is no such file.")

// app serves the browser app. Paths that are no file are the app's own pages, so
// they get its index.
func (s *Server) app(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return errNoFile
	}
	if s.Web == nil {
		return serveFile(w, r, "index.html", []byte(notBuilt))
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	body, err := fs.ReadFile(s.Web, name)
	switch {
	case err == nil && name != "index.html":
		return serveFile(w, r, name, body)
	case err != nil && path.Ext(name) != "":
		return errNoFile
	}
	body, err = fs.ReadFile(s.Web, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		body, err = []byte(notBuilt), nil
	}
	if err != nil {
		return err
	}
	return serveFile(w, r, "index.html", body)
}

// serveFile lets browsers keep files whose names hold a hash of their content.
func serveFile(w http.ResponseWriter, r *http.Request, name string, body []byte) error {
	w.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	return nil
}
