package localdb

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a child of this process, or a server that was taken over.
type process struct {
	pid    int
	signal func(syscall.Signal) error
	exited chan struct{}
	err    error // how it ended; read after exited is closed
}

// spawn starts cmd and watches it. The kernel sends Pdeathsig when the thread
// that started a child ends, not the process: the goroutine keeps its thread
// until the child is gone.
func spawn(cmd *exec.Cmd) (*process, error) {
	p := &process{exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	p.signal = func(s syscall.Signal) error { return cmd.Process.Signal(s) }
	return p, nil
}

// adopt watches a server that another process started. Only the parent learns
// the end of a process from the kernel, so this one looks.
func adopt(pid int, folder string) *process {
	p := &process{pid: pid, exited: make(chan struct{})}
	p.signal = func(s syscall.Signal) error {
		if !serves(pid, folder) {
			return os.ErrProcessDone
		}
		return syscall.Kill(pid, s)
	}
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for serves(pid, folder) {
			<-tick.C
		}
		p.err = errors.New("taken-over server ended")
		close(p.exited)
	}()
	return p
}

// serves tells whether pid is a PostgreSQL process of the cluster in folder,
// and not one that got a dead server's number.
func serves(pid int, folder string) bool {
	if !isPostgres(pid) {
		return false
	}
	cwd, err := os.Readlink(procFile(pid, "cwd"))
	if errors.Is(err, fs.ErrPermission) {
		// A container may forbid even root to look there, but not here.
		line, err := os.ReadFile(procFile(pid, "cmdline"))
		return err == nil && slices.Contains(strings.Split(string(line), "\x00"), folder)
	}
	return err == nil && cwd == folder
}

// isStranger tells whether pid certainly works on nothing in folder, because it
// is another program, or dead and not yet buried. In doubt it is false.
func isStranger(pid int, folder string) bool {
	if !isPostgres(pid) {
		return true
	}
	cwd, err := os.Readlink(procFile(pid, "cwd"))
	return errors.Is(err, fs.ErrNotExist) || err == nil && cwd != folder
}

func isPostgres(pid int) bool {
	name, err := os.ReadFile(procFile(pid, "comm"))
	return err == nil && string(bytes.TrimSpace(name)) == "postgres"
}

func procFile(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}

// leftovers lists the processes of a server whose main process is gone.
func leftovers(folder string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && serves(pid, folder) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// pidFile is what a server tells about itself in postmaster.pid.
type pidFile struct {
	pid    int
	port   string
	socket string
	status string // starting, ready, standby, stopping; empty while being written
}

// parsePIDFile reads the lines of postmaster.pid: pid, data folder, start time,
// port, socket folder, listen address, shared memory, status. Lines may still
// be missing. A server in single-user mode writes its pid negative.
func parsePIDFile(text string) (pidFile, error) {
	lines := strings.Split(text, "\n")
	pid, err := strconv.ParseInt(strings.TrimSpace(lines[0]), 10, 32)
	if err != nil || pid == 0 {
		return pidFile{}, errors.New("no process id in pid file")
	}
	line := func(n int) string {
		if n >= len(lines) {
			return ""
		}
		return strings.TrimSpace(lines[n])
	}
	f := pidFile{pid: int(max(pid, -pid)), port: line(3), socket: line(4), status: line(7)}
	return f, nil
}

// readPIDFile reads postmaster.pid, or the lock of a socket, which begins the
// same. It returns false when there is no file, or none that makes sense yet.
func readPIDFile(path string) (pidFile, bool, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return pidFile{}, false, nil
	}
	if err != nil {
		return pidFile{}, false, fmt.Errorf("read pid file: %w", err)
	}
	f, err := parsePIDFile(string(text))
	return f, err == nil, nil
}
