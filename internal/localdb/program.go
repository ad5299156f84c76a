package localdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version the product supports.
const oldest = 15

// program is one installation of PostgreSQL.
type program struct {
	postgres string
	initdb   string
	version  string
	major    int
}

// folders where distributions put PostgreSQL without adding it to PATH.
var folders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// findProgram returns the newest installation, or the one of the given major
// version when a cluster exists already.
func findProgram(ctx context.Context, major int) (program, error) {
	found := installed(ctx)
	if len(found) == 0 {
		return program{}, fmt.Errorf("%w: version %d or newer is needed; on Debian and Ubuntu: apt-get install postgresql, elsewhere install it and put it on PATH",
			ErrNotInstalled, oldest)
	}
	if major == 0 {
		return found[0], nil
	}
	for _, p := range found {
		if p.major == major {
			return p, nil
		}
	}
	return program{}, fmt.Errorf("%w: the data was made by version %d, installed is %s; nothing was changed. "+
		"Install postgresql-%d and start again; to move to a newer version, dump with pg_dumpall there and restore into a new data folder",
		ErrVersion, major, versions(found), major)
}

func versions(found []program) string {
	var all []string
	for _, p := range found {
		all = append(all, p.version)
	}
	return strings.Join(slices.Compact(all), ", ")
}

// installed lists the usable installations, newest first.
func installed(ctx context.Context) []program {
	var found []program
	for _, dir := range candidates(ctx) {
		if p, ok := examine(ctx, dir); ok {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b program) int { return b.major - a.major })
	return found
}

func candidates(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range folders {
		matches, _ := filepath.Glob(pattern) // the patterns are constants and well formed
		dirs = append(dirs, matches...)
	}
	return dirs
}

// examine tells whether dir holds a server that is new enough.
func examine(ctx context.Context, dir string) (program, bool) {
	p := program{postgres: filepath.Join(dir, "postgres"), initdb: filepath.Join(dir, "initdb")}
	if _, err := os.Stat(p.initdb); err != nil {
		return program{}, false
	}
	out, err := exec.CommandContext(ctx, p.postgres, "--version").Output()
	if err != nil {
		return program{}, false
	}
	p.version, p.major = parseVersion(string(out))
	return p, p.major >= oldest
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) ((\d{1,4})\S*)`)

// parseVersion reads "postgres (PostgreSQL) 15.18 (Debian …)"; the major
// version is 0 when the line is not understood.
func parseVersion(line string) (string, int) {
	m := versionLine.FindStringSubmatch(line)
	if m == nil {
		return "", 0
	}
	major, err := strconv.Atoi(m[2])
	if err != nil {
		return "", 0
	}
	return m[1], major
}
