package localdb

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// checksum covers the names, modes, times and contents of a tree.
func checksum(t *testing.T, root string) string {
	t.Helper()
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(sum, path, info.Mode(), info.ModTime().UnixNano())
		if !info.Mode().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		_, _ = sum.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// refuses starts on dir and wants a refusal that says text and changes nothing
// in the cluster's folder.
func refuses(t *testing.T, dir string, want error, text string) {
	t.Helper()
	cluster := filepath.Join(dir, "pgdata")
	before := checksum(t, cluster)
	c, err := Start(t.Context(), config(dir, logger(t)))
	if err == nil {
		stop(t, c)
	}
	if !errors.Is(err, want) || !strings.Contains(err.Error(), text) {
		t.Errorf("Start() = %v, want %v with %q", err, want, text)
	}
	if after := checksum(t, cluster); after != before {
		t.Errorf("the refused folder was changed")
	}
}

func TestAClusterOfAnotherVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	c := start(t, dir)
	writeRow(t, c.URL("postgres"))
	stop(t, c)
	version := filepath.Join(dir, "pgdata", "PG_VERSION")
	setVersion := func(major string) {
		if err := os.WriteFile(version, []byte(major+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, major := range []string{"9", "13", "99"} {
		setVersion(major)
		refuses(t, dir, ErrVersion, "postgresql-"+major)
	}
	setVersion(strconv.Itoa(c.program.major))
	wantRow(t, start(t, dir).URL("postgres"))
}

func TestAFolderThatIsNoWholeClusterIsLeftAlone(t *testing.T) {
	t.Parallel()
	cases := map[string]map[string]string{
		"no version":           {"global/pg_control": "x", "base/1/112": "rows"},
		"no control file":      {"PG_VERSION": "15\n", "base/1/112": "rows"},
		"version not a number": {"PG_VERSION": "fifteen\n", "global/pg_control": "x"},
		"something else":       {"holiday.jpg": "beach"},
	}
	for name, files := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			makeFiles(t, filepath.Join(dir, "pgdata"), files)
			refuses(t, dir, ErrIncomplete, "restore it from a backup")
		})
	}
}

func TestAFolderOfAnotherUserIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cluster := filepath.Join(dir, "pgdata")
	if os.Geteuid() != 0 {
		// An ordinary user cannot give a folder away, but can point at one of root's.
		if err := os.Symlink("/usr/share/doc", cluster); err != nil {
			t.Fatal(err)
		}
		c, err := Start(t.Context(), config(dir, logger(t)))
		if err == nil {
			stop(t, c)
		}
		if !errors.Is(err, ErrOwner) {
			t.Errorf("Start() = %v, want %v", err, ErrOwner)
		}
		return
	}
	makeFiles(t, cluster, map[string]string{"PG_VERSION": "15\n", "global/pg_control": "x"})
	if err := os.Chown(cluster, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	refuses(t, dir, ErrOwner, "user id 12345")
}

func TestASecondProgramOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	other := startHolder(t, dir)
	c, err := Start(t.Context(), config(dir, logger(t)))
	if err == nil {
		stop(t, c)
	}
	if want := fmt.Sprintf("pid %d", other.cmd.Process.Pid); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), want) {
		t.Errorf("Start() = %v, want %v with %q", err, ErrInUse, want)
	}
	if gone(other.server) {
		t.Error("the first program's server was ended")
	}
}

func TestAnInterruptedFirstStartIsSetAsideNotRemoved(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	makeFiles(t, filepath.Join(dir, "pgdata.tmp"), map[string]string{"base/1/112": "half"})
	c := start(t, dir)
	mustQuery(t, c.URL("postgres"), "select 'fine'")
	kept, err := os.ReadFile(filepath.Join(dir, "pgdata.tmp-1", "base", "1", "112"))
	if err != nil || string(kept) != "half" {
		t.Errorf("unfinished cluster = %q, %v; want it kept", kept, err)
	}
}

func TestAProgramKilledDuringItsFirstStartLeavesAFolderThatStarts(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	other, _ := launchHolder(t, dir)
	eventually(t, "initdb has begun", func() bool {
		entries, _ := os.ReadDir(filepath.Join(dir, "pgdata.tmp"))
		return len(entries) > 0
	})
	other.kill()
	c := start(t, dir)
	mustQuery(t, c.URL("postgres"), "select 'fine'")
}

func TestASocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "run"), 0o777); err != nil {
		t.Fatal(err)
	}
	c, err := Start(t.Context(), config(dir, logger(t)))
	if err == nil {
		stop(t, c)
	}
	if !errors.Is(err, ErrOwner) {
		t.Errorf("Start() = %v, want %v", err, ErrOwner)
	}
}
