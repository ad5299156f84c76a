//go:build no_ui

// Package web is empty in this build: the tag no_ui leaves the browser app out,
// for machines without Node.
package web

import (
	"embed"
	"io/fs"
)

// FS returns an empty file system and false.
func FS() (fs.FS, bool) {
	return embed.FS{}, false
}
