package localdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdVariable makes the test binary start a cluster in a folder and wait to be killed.
const holdVariable = "SEMBANG_LOCALDB_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		hold(dir)
		return
	}
	code := m.Run()
	if cluster, err := template(); err == nil {
		_ = os.RemoveAll(filepath.Dir(cluster))
	}
	os.Exit(code)
}

func hold(dir string) {
	c, err := Start(context.Background(), config(dir, slog.New(slog.DiscardHandler)))
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(c.PID(), c.URL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func config(dir string, log *slog.Logger) Config {
	return Config{Dir: dir, Log: log, Settings: map[string]string{"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}}
}

// holder is another process that owns a cluster.
type holder struct {
	cmd    *exec.Cmd
	server int
	url    string
}

// startHolder runs a second program on dir and returns when its server is ready.
func startHolder(t *testing.T, dir string) *holder {
	t.Helper()
	h, out := launchHolder(t, dir)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("read from holder: %v", err)
	}
	pid, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	if h.server, err = strconv.Atoi(pid); err != nil {
		t.Fatalf("holder says %q", line)
	}
	h.url = url
	return h
}

func launchHolder(t *testing.T, dir string) (*holder, io.Reader) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := &holder{cmd: exec.Command(self)}
	h.cmd.Env = append(os.Environ(), holdVariable+"="+dir)
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.kill)
	return h, out
}

// kill ends the program as kill -9 does. It can be repeated.
func (h *holder) kill() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}

// folder is a data folder with a path short enough for a socket, which the
// sentence in a test's name would not leave.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ldb") //nolint:usetesting // t.TempDir puts the test's name into the path
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// template is a cluster that no server has run on yet, made once.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ldb")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	c, err := prepare(context.Background(), config(dir, slog.New(slog.DiscardHandler)))
	if err != nil {
		return "", err
	}
	return c.home.cluster, c.lock.Close()
})

// seeded is a data folder with a cluster in it, which spares initdb's seconds.
func seeded(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	seed(t, dir)
	return dir
}

func seed(t *testing.T, dir string) {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from, filepath.Join(dir, "pgdata")).CombinedOutput(); err != nil {
		t.Fatalf("copy cluster: %v: %s", err, out)
	}
}

func logger(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// start runs a cluster that ends with the test.
func start(t *testing.T, dir string) *Cluster {
	t.Helper()
	return startWith(t, config(dir, logger(t)))
}

func startWith(t *testing.T, cfg Config) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Start() = %v", err)
	}
	t.Cleanup(func() { stop(t, c) })
	return c
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		t.Errorf("Stop() = %v", err)
	}
}

// query runs a statement that returns one text, on a connection of its own.
func query(t *testing.T, url, sql string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	var text string
	err = conn.QueryRow(ctx, sql).Scan(&text)
	return text, err
}

func mustQuery(t *testing.T, url, sql string) string {
	t.Helper()
	text, err := query(t, url, sql)
	if err != nil {
		t.Fatalf("query %q: %v", sql, err)
	}
	return text
}

// writeRow commits a row that a later start must find.
func writeRow(t *testing.T, url string) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, `create table kept (v text); insert into kept values ('precious')`); err != nil {
		t.Fatal(err)
	}
}

func wantRow(t *testing.T, url string) {
	t.Helper()
	if got := mustQuery(t, url, `select v from kept`); got != "precious" {
		t.Errorf("row = %q, want precious", got)
	}
}

// eventually polls until ok, and fails after half a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for !ok() {
		if wait(ctx, 20*time.Millisecond) != nil {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// makeFiles writes files below dir, for a cluster that is none.
func makeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
