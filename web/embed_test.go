package web_test

import (
	"io/fs"
	"testing"

	"sembang/web"
)

func TestFSHasAnIndexExactlyWhenItSaysSo(t *testing.T) {
	t.Parallel()
	files, built := web.FS()
	_, err := fs.Stat(files, "index.html")
	if got := err == nil; got != built {
		t.Errorf("web.FS() says built = %v, index.html there = %v", built, got)
	}
}
