package localdb

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestAFirstStartMakesAClusterAndALaterOneFindsItsRows(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	for setting, want := range map[string]string{"data_checksums": "on", "listen_addresses": "", "TimeZone": "UTC", "server_encoding": "UTF8"} {
		if got := mustQuery(t, first.URL("postgres"), "show "+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	writeRow(t, first.URL("postgres"))
	stop(t, first)
	if !gone(first.PID()) {
		t.Error("the server runs after Stop")
	}
	second := start(t, dir)
	wantRow(t, second.URL("postgres"))
	if second.Reattached() {
		t.Error("Reattached() after an orderly stop")
	}
}

func TestOnlyTheOwnerReachesTheServerWhateverTheSettings(t *testing.T) {
	t.Parallel()
	cfg := config(seeded(t), logger(t))
	cfg.Settings["listen_addresses"] = "*"
	cfg.Settings["work_mem"] = "7MB"
	c := startWith(t, cfg)
	for setting, want := range map[string]string{"listen_addresses": "", "work_mem": "7MB"} {
		if got := mustQuery(t, c.URL("postgres"), "show "+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	info, err := os.Stat(c.home.socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder: mode %v, error %v, want 0700", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(c.home.socket, ".s.PGSQL."+port)); err != nil {
		t.Errorf("socket: %v", err)
	}
}

func TestAPathWithOddCharactersWorks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`we"ird + it's %20 数据`, "a,b"} {
		dir := filepath.Join(folder(t), name)
		seed(t, dir)
		c := start(t, dir)
		mustQuery(t, c.URL("postgres"), "select 'fine'")
		if strings.HasPrefix(c.home.socket, "/tmp/sembang-") {
			t.Cleanup(func() { _ = os.RemoveAll(c.home.socket) })
		}
	}
}

func TestALongPathGetsAShortSocketFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 30))
	seed(t, dir)
	first := start(t, dir)
	socket := first.home.socket
	t.Cleanup(func() { _ = os.RemoveAll(socket) })
	mustQuery(t, first.URL("postgres"), "select 'fine'")
	stop(t, first)
	second := start(t, dir)
	if second.home.socket != socket || !strings.HasPrefix(socket, "/tmp/sembang-") {
		t.Errorf("socket folders %s and %s, want one short one", socket, second.home.socket)
	}
}

func TestARelativeFolderWorks(t *testing.T) {
	t.Chdir(folder(t))
	seed(t, "data")
	c := start(t, "data")
	mustQuery(t, c.URL("postgres"), "select 'fine'")
}

func TestRowsSurviveTheProgramsDeath(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	other := startHolder(t, dir)
	writeRow(t, other.url)
	other.kill()
	c := start(t, dir)
	wantRow(t, c.URL("postgres"))
	if !c.Reattached() && c.PID() == other.server {
		t.Errorf("PID() = %d, the dead program's server", c.PID())
	}
	mustQuery(t, c.URL("postgres"), "select 'still fine'")
}

func TestTheServerEndsWithItsProgram(t *testing.T) {
	t.Parallel()
	other := startHolder(t, seeded(t))
	other.kill()
	eventually(t, "the server is gone", func() bool { return gone(other.server) })
}

func TestAServerThatOutlivedItsProgramIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	first := start(t, dir)
	writeRow(t, first.URL("postgres"))
	stop(t, first)
	orphan := runServer(t, first)

	c := start(t, dir)
	if !c.Reattached() || c.PID() != orphan {
		t.Fatalf("Reattached() = %v with pid %d, want true with %d", c.Reattached(), c.PID(), orphan)
	}
	wantRow(t, c.URL("postgres"))
	stop(t, c)
	if serves(orphan, first.home.cluster) {
		t.Error("the server that was taken over runs after Stop")
	}
}

// runServer starts a server the way pg_ctl would: bound to no program's life.
func runServer(t *testing.T, c *Cluster) int {
	t.Helper()
	cmd := exec.Command(c.program.postgres, c.arguments()...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.home.cluster, serverEnv(), c.runAs.attributes()
	p, err := spawn(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.signal(syscall.SIGQUIT) })
	eventually(t, "the server is ready", func() bool {
		f, ok, err := readPIDFile(c.pidFile())
		return err == nil && ok && f.pid == p.pid && f.status == "ready"
	})
	return p.pid
}

func TestATakenOverServerThatLostItsSocketIsReplaced(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	first := start(t, dir)
	writeRow(t, first.URL("postgres"))
	stop(t, first)
	orphan := runServer(t, first)
	if err := os.Remove(filepath.Join(first.home.socket, ".s.PGSQL."+port)); err != nil {
		t.Fatal(err)
	}
	c := start(t, dir)
	wantRow(t, c.URL("postgres"))
	if c.Reattached() || c.PID() == orphan {
		t.Error("an unreachable server was taken over")
	}
}

func TestAKilledServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"kill -9": syscall.SIGKILL, "immediate": syscall.SIGQUIT, "pg_ctl stop": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, seeded(t))
			writeRow(t, c.URL("postgres"))
			killed := c.PID()
			if err := syscall.Kill(killed, signal); err != nil {
				t.Fatal(err)
			}
			eventually(t, "another server runs", func() bool { return c.PID() != killed })
			wantRow(t, c.URL("postgres"))
		})
	}
}

func TestRowsSurviveTheDeathOfProgramAndServer(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	other := startHolder(t, dir)
	writeRow(t, other.url)
	other.kill()
	_ = syscall.Kill(other.server, syscall.SIGKILL) // it may be ending already
	wantRow(t, start(t, dir).URL("postgres"))
}

func TestAStalePIDFileThatNamesAStrangerIsNoHindrance(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	first := start(t, dir)
	writeRow(t, first.URL("postgres"))
	stop(t, first)

	stranger := exec.Command("sleep", "300")
	stranger.SysProcAttr = first.runAs.attributes()
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = stranger.Process.Kill(), stranger.Wait() })
	lines := []string{strconv.Itoa(stranger.Process.Pid), first.home.cluster, "1", port, first.home.socket, "", "1 1", "ready   ", ""}
	for _, path := range []string{first.pidFile(), filepath.Join(first.home.socket, ".s.PGSQL."+port+".lock")} {
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, first.runAs.uid, first.runAs.gid); err != nil {
			t.Fatal(err)
		}
	}
	c := start(t, dir)
	wantRow(t, c.URL("postgres"))
	if gone(stranger.Process.Pid) {
		t.Error("the stranger was killed")
	}
}

func TestTheServerOutlivesTheThreadThatStartedIt(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	started := make(chan *Cluster, 1)
	thread := make(chan int, 1)
	go onAThreadThatEnds(func() {
		c, err := Start(context.Background(), config(dir, logger(t)))
		if err != nil {
			t.Errorf("Start() = %v", err)
		}
		thread <- syscall.Gettid()
		started <- c
	})
	c := <-started
	if c == nil {
		t.FailNow()
	}
	t.Cleanup(func() { stop(t, c) })
	server := c.PID()
	task := "/proc/self/task/" + strconv.Itoa(<-thread)
	eventually(t, "the thread is gone", func() bool {
		_, err := os.Stat(task)
		return err != nil
	})
	for range 50 {
		mustQuery(t, c.URL("postgres"), "select 'alive'")
	}
	if c.PID() != server {
		t.Errorf("server %d was replaced by %d", server, c.PID())
	}
}

// onAThreadThatEnds runs work on a thread that ends with it: its goroutine locks
// the thread and never unlocks it. Only a program's main thread would go on.
func onAThreadThatEnds(work func()) {
	runtime.LockOSThread()
	if syscall.Gettid() != os.Getpid() {
		work()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		onAThreadThatEnds(work)
	}()
	<-done // holds the main thread, so that work gets another one
	runtime.UnlockOSThread()
}

func TestStopWithoutTimeLeftStillEndsTheServer(t *testing.T) {
	t.Parallel()
	dir := seeded(t)
	c := start(t, dir)
	writeRow(t, c.URL("postgres"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Stop(ended); err != nil {
		t.Errorf("Stop() = %v", err)
	}
	if !gone(c.PID()) {
		t.Error("the server runs after Stop")
	}
	wantRow(t, start(t, dir).URL("postgres"))
}
