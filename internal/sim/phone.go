package sim

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed phone
var phoneFiles embed.FS

// phoneRoutes serves the page that imitates a customer's phone.
func phoneRoutes(mux *http.ServeMux) {
	files, err := fs.Sub(phoneFiles, "phone")
	if err != nil {
		return // "phone" is a valid path, so there is none
	}
	serve := http.FileServerFS(files)
	page := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'")
		serve.ServeHTTP(w, r)
	}
	mux.HandleFunc("GET /{$}", page)
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return // embedded files are readable
	}
	for _, e := range entries {
		mux.HandleFunc("GET /"+e.Name(), page)
	}
}
