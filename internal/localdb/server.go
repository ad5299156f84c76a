package localdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	// poll is how often the launcher looks at a file or a process it waits for.
	poll = 10 * time.Millisecond
	// settle is how long a server found running must stay ready. When its owner
	// is killed, the kernel frees the lock a moment before it tells the server
	// to stop.
	settle = 150 * time.Millisecond
	// grace is how long the workers of a killed server may take to notice.
	grace = 2 * time.Second
	// patience bounds every wait for processes that this one did not start.
	patience = time.Minute
	// maxLog is the size from which postgres.log begins anew at a start.
	maxLog = 8 << 20
)

// attachOrLaunch takes over the server that runs on the cluster, or starts one.
func (c *Cluster) attachOrLaunch(ctx context.Context) (*process, bool, error) {
	server, err := c.attach(ctx)
	if err != nil {
		return nil, false, err
	}
	if server != nil {
		return server, true, nil
	}
	if err := c.clearLeftovers(ctx); err != nil {
		return nil, false, err
	}
	server, err = c.launch(ctx)
	return server, false, err
}

// attach returns the running server, or nil when there is none. A server that
// is starting or stopping is waited for.
func (c *Cluster) attach(ctx context.Context) (*process, error) {
	deadline := time.Now().Add(patience)
	var readySince time.Time
	for time.Now().Before(deadline) {
		f, ok, err := readPIDFile(c.pidFile())
		if err != nil {
			return nil, err
		}
		if !ok || !serves(f.pid, c.home.cluster) {
			return nil, nil
		}
		switch {
		case f.status != "ready":
			readySince = time.Time{}
		case readySince.IsZero():
			readySince = time.Now()
		case time.Since(readySince) >= settle:
			return c.takeOver(ctx, f)
		}
		if err := wait(ctx, poll); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: a PostgreSQL server works on %s and is neither ready nor ending; stop it", ErrInUse, c.home.cluster)
}

// takeOver adopts a ready server, or ends one that nobody can connect to.
func (c *Cluster) takeOver(ctx context.Context, f pidFile) (*process, error) {
	if f.port != port || f.socket == "" {
		return nil, fmt.Errorf("%w: a PostgreSQL server (pid %d) that this program did not start works on %s; stop it", ErrInUse, f.pid, c.home.cluster)
	}
	server := adopt(f.pid, c.home.cluster)
	conn, err := net.DialTimeout("unix", filepath.Join(f.socket, ".s.PGSQL."+port), time.Second)
	if err != nil {
		c.log.WarnContext(ctx, "the running database has lost its socket and is stopped", "pid", f.pid, "error", err)
		return nil, server.shutDown(ctx)
	}
	_ = conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.home.socket = f.socket
	return server, nil
}

// clearLeftovers waits until the workers of a killed server are gone, and makes
// room when its process id now belongs to somebody else: PostgreSQL would take
// that process for a running server.
func (c *Cluster) clearLeftovers(ctx context.Context) error {
	started := time.Now()
	for pids := leftovers(c.home.cluster); len(pids) > 0; pids = leftovers(c.home.cluster) {
		switch age := time.Since(started); {
		case age > patience:
			return fmt.Errorf("%w: processes %v of an ended PostgreSQL server still work on %s; end them", ErrInUse, pids, c.home.cluster)
		case age > grace:
			for _, pid := range pids {
				_ = syscall.Kill(pid, syscall.SIGQUIT) // it may be gone by now
			}
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
	for _, path := range []string{c.pidFile(), filepath.Join(c.home.socket, ".s.PGSQL."+port+".lock")} {
		if err := c.moveStaleAside(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// moveStaleAside renames a pid file whose process is alive but no server of
// this cluster. PostgreSQL itself replaces one whose process is gone.
func (c *Cluster) moveStaleAside(ctx context.Context, path string) error {
	f, ok, err := readPIDFile(path)
	if err != nil || !ok || !isStranger(f.pid, c.home.cluster) {
		return err
	}
	if errors.Is(syscall.Kill(f.pid, 0), syscall.ESRCH) {
		return nil
	}
	c.log.WarnContext(ctx, "pid file of an ended server names another process and is moved aside", "file", path, "pid", f.pid)
	if err := os.Rename(path, path+".stale"); err != nil {
		return fmt.Errorf("move stale pid file aside: %w", err)
	}
	return nil
}

// launch starts the server and waits until it accepts connections. Recovery
// after a crash may take a while; only ctx bounds it.
func (c *Cluster) launch(ctx context.Context) (*process, error) {
	log, err := c.openLog()
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("find end of log: %w", err)
	}
	cmd := exec.Command(c.program.postgres, c.arguments()...)
	cmd.Dir, cmd.Env = c.home.cluster, serverEnv()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = c.runAs.attributes()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	server, err := spawn(cmd)
	if err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	if err := c.awaitReady(ctx, server); err != nil {
		said := make([]byte, 2000)
		n, _ := log.ReadAt(said, before)
		return nil, fmt.Errorf("%w; postgres.log says: %s", err, strings.TrimSpace(string(said[:n])))
	}
	return server, nil
}

func (c *Cluster) awaitReady(ctx context.Context, server *process) error {
	for {
		select {
		case <-server.exited:
			return fmt.Errorf("run postgres: %w", errors.Join(server.err, errors.New("it ended before it was ready")))
		default:
		}
		f, ok, err := readPIDFile(c.pidFile())
		if err == nil && ok && f.pid == server.pid && f.status == "ready" {
			return nil
		}
		if err := wait(ctx, poll); err != nil {
			return fmt.Errorf("await postgres: %w", errors.Join(err, server.shutDown(ctx)))
		}
	}
}

// arguments puts the caller's settings first: of two equal ones the last counts.
func (c *Cluster) arguments() []string {
	args := []string{"-D", c.home.cluster}
	set := func(name, value string) { args = append(args, "-c", name+"="+value) }
	set("timezone", "UTC")
	set("log_timezone", "UTC")
	// The log holds what happens to the server. Errors of statements may quote
	// customers and are the caller's to report.
	set("log_min_messages", "log")
	set("log_checkpoints", "off")
	for _, name := range slices.Sorted(maps.Keys(c.settings)) {
		set(name, c.settings[name])
	}
	set("listen_addresses", "")
	set("unix_socket_directories", `"`+strings.ReplaceAll(c.home.socket, `"`, `""`)+`"`)
	set("unix_socket_permissions", "0700")
	set("port", port)
	return args
}

func (c *Cluster) openLog() (*os.File, error) {
	f, err := os.OpenFile(c.logFile(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.Size() > maxLog {
		if err := f.Truncate(0); err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("begin log anew: %w", err)
		}
	}
	return f, nil
}

// serverEnv keeps the caller's PGPORT, PGDATA and the like away from the server.
func serverEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

// supervise starts the server again whenever it ends.
func (c *Cluster) supervise(ctx context.Context) {
	defer close(c.watched)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.server.exited:
		}
		c.log.ErrorContext(ctx, "database server ended and is started again", "pid", c.server.pid, "error", c.server.err)
		server := c.relaunch(ctx)
		if server == nil {
			return
		}
		c.log.InfoContext(ctx, "database is ready again", "pid", server.pid)
		c.mu.Lock()
		c.server = server
		c.mu.Unlock()
	}
}

// relaunch tries until it succeeds, ever more slowly, or returns nil when ctx ends.
func (c *Cluster) relaunch(ctx context.Context) *process {
	const slowest = 10 * time.Second
	for delay := 100 * time.Millisecond; ; delay = min(2*delay, slowest) {
		server, _, err := c.attachOrLaunch(ctx)
		if err == nil {
			return server
		}
		if ctx.Err() != nil {
			return nil
		}
		c.log.ErrorContext(ctx, "database server does not start", "error", err, "next_try_in", delay)
		if wait(ctx, delay) != nil {
			return nil
		}
	}
}

// shutDown ends the server: in an orderly way while ctx lasts, then hard.
func (p *process) shutDown(ctx context.Context) error {
	if err := p.end(ctx, syscall.SIGINT); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return p.end(hard, syscall.SIGQUIT)
}

func (p *process) end(ctx context.Context, s syscall.Signal) error {
	if err := p.signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal postgres: %w", err)
	}
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("await end of postgres: %w", ctx.Err())
	}
}

// wait pauses, unless ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
