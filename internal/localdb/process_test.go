package localdb

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The data of a company is in this package's hands; it must not be able to
// remove any of it, whatever a later change gets wrong.
func TestTheLauncherHoldsNoCodeThatDeletes(t *testing.T) {
	t.Parallel()
	deleting := regexp.MustCompile(`os\.(Remove|RemoveAll|RemoveTemp)\b|(?i)\bunlink|\brmdir|"(/bin/)?rm\b|\.Remove\(|\.RemoveAll\(`)
	for _, planted := range []string{`os.RemoveAll(dir)`, `syscall.Unlink(p)`, `unix.Unlinkat(0, p, 0)`, `exec.Command("rm", "-rf")`, `root.Remove("x")`} {
		if !deleting.MatchString(planted) {
			t.Errorf("the search does not find %s", planted)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	searched := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		searched++
		source, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := deleting.Find(source); found != nil {
			t.Errorf("%s contains %s", e.Name(), found)
		}
	}
	if searched < 5 {
		t.Errorf("searched %d files, want the whole package", searched)
	}
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		line, version string
		major         int
	}{
		"debian":   {"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", "15.18", 15},
		"plain":    {"postgres (PostgreSQL) 18.0\n", "18.0", 18},
		"beta":     {"postgres (PostgreSQL) 19beta1\n", "19beta1", 19},
		"old":      {"postgres (PostgreSQL) 9.6.24\n", "9.6.24", 9},
		"stranger": {"mysqld Ver 8\n", "", 0},
		"empty":    {"", "", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if version, major := parseVersion(c.line); version != c.version || major != c.major {
				t.Errorf("parseVersion(%q) = %q, %d, want %q, %d", c.line, version, major, c.version, c.major)
			}
		})
	}
}

func TestParsePIDFile(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text string
		want pidFile
		bad  bool
	}{
		"ready":       {"42\n/d\n17\n5432\n/d/run\n\n1 2\nready   \n", pidFile{42, "5432", "/d/run", "ready"}, false},
		"just begun":  {"42\n/d\n17\n", pidFile{42, "", "", ""}, false},
		"single user": {"-42\n/d\n17\n5432\n", pidFile{42, "5432", "", ""}, false},
		"empty":       {"", pidFile{}, true},
		"words":       {"forty\n", pidFile{}, true},
		"zero":        {"0\n", pidFile{}, true},
		"too large":   {"99999999999\n", pidFile{}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parsePIDFile(c.text)
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(pidFile{})); diff != "" || (err != nil) != c.bad {
				t.Errorf("parsePIDFile(%q): error %v, difference %s", c.text, err, diff)
			}
		})
	}
}

func FuzzParsePIDFile(f *testing.F) {
	f.Add("42\n/d\n17\n5432\n/d/run\n\n1 2\nready   \n")
	f.Add("-1")
	f.Add("\n\n\n\n\n\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parsePIDFile(text)
		if err == nil && got.pid <= 0 {
			t.Errorf("parsePIDFile(%q) = pid %d", text, got.pid)
		}
	})
}

func TestAnotherProgramIsNeverTakenForTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command("sleep", "300")
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	if serves(cmd.Process.Pid, dir) || !isStranger(cmd.Process.Pid, dir) {
		t.Error("a program in the cluster's folder was taken for its server")
	}
}
