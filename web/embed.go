//go:build !no_ui

// Package web carries the built browser app inside the binary. It knows where
// the build puts its files and nothing about how they are served.
package web

import (
	"embed"
	"io/fs"
)

// The folder is always there because its .gitkeep is committed, so that the Go
// side compiles before the web app was built.
//
//go:embed all:dist
var dist embed.FS

// FS returns the built app's files and whether there are any: false when the
// binary was compiled before the web app was built.
func FS() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return dist, false
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return files, false
	}
	return files, true
}
