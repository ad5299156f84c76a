package localdb

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// forEveryUser are the tests in which the server's user matters.
const forEveryUser = "TestAFirstStart|TestOnlyTheOwner|TestRowsSurvive|TestTheServer|TestAServerThatOutlived|" +
	"TestAKilledServer|TestAStalePIDFile|TestStop|TestAClusterOf|TestAFolderOf|TestASecondProgram|TestAProgramKilled|TestASocketFolder"

// As root, these run once more as an ordinary user. Started by an ordinary
// user, the suite is that run already.
func TestAnOrdinaryUserGetsTheSame(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return
	}
	nobody, err := otherUser("nobody")
	if err != nil {
		t.Fatal(err)
	}
	home := folder(t)
	if err := os.Chown(home, nobody.uid, nobody.gid); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copyOfThisBinary(t), "-test.v", "-test.parallel=2", "-test.run="+forEveryUser)
	cmd.Dir, cmd.SysProcAttr = home, nobody.attributes()
	cmd.Env = append(os.Environ(), "TMPDIR="+home, "HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("the suite as nobody: %v\n%s", err, out)
	}
	for name := range strings.SplitSeq(forEveryUser, "|") {
		if !strings.Contains(string(out), "--- PASS: "+name) {
			t.Errorf("%s did not run as nobody", name)
		}
	}
}

// copyOfThisBinary lies where every user can run it.
func copyOfThisBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	path := filepath.Join(folder(t), "localdb.test")
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRootKeepsAPrivateFolderPrivate(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // nobody but root runs the server as somebody else
	}
	for name, refuse := range map[string]bool{"with user namespaces": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			private := folder(t)
			if err := os.Chmod(private, 0o700); err != nil {
				t.Fatal(err)
			}
			cfg := config(filepath.Join(private, "data"), logger(t))
			cfg.fallback, cfg.refuseNamespace = folder(t), refuse
			c := startWith(t, cfg)
			writeRow(t, c.URL("postgres"))
			t.Logf("runs as %s in %s", c.runAs.name, c.home.cluster)
			if inside := strings.HasPrefix(c.home.cluster, private); inside != (c.runAs.uid == 0) {
				t.Errorf("cluster %s runs as %s", c.home.cluster, c.runAs.name)
			}
			if refuse && c.runAs.uid == 0 {
				t.Error("a user namespace was used although refused")
			}
			if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the private folder's mode became %v, error %v", info.Mode(), err)
			}
			stop(t, c)
			again := startWith(t, cfg)
			wantRow(t, again.URL("postgres"))
			if again.home.cluster != c.home.cluster {
				t.Errorf("cluster moved from %s to %s", c.home.cluster, again.home.cluster)
			}
		})
	}
}

func TestRootIsToldWhenNobodyCanRunTheServer(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // an ordinary user runs it himself
	}
	private := folder(t)
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := config(filepath.Join(private, "data"), logger(t))
	cfg.fallback, cfg.refuseNamespace = filepath.Join(private, "fallback"), true
	c, err := Start(t.Context(), cfg)
	if err == nil {
		stop(t, c)
	}
	if !errors.Is(err, ErrNoUser) || !strings.Contains(err.Error(), "useradd") {
		t.Errorf("Start() = %v, want %v with the useradd line", err, ErrNoUser)
	}
}
