package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// node is one process of the product that is started again whenever it ends.
type node struct {
	name   string
	addr   string
	binary string
	env    []string
	log    *os.File
	client *http.Client

	mu      sync.Mutex
	process *os.Process
	killed  bool // the running process was, by us
	ready   bool // it has answered
	ends    []string

	stop context.CancelFunc
	done chan struct{}
}

const (
	// startAgain is how soon a node that ended by itself comes back, as a service
	// manager does it.
	startAgain = 200 * time.Millisecond
	stopBound  = 15 * time.Second
)

func (n *node) url() string { return "http://" + n.addr }

// start runs the node until close.
func (n *node) start(ctx context.Context) {
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	n.done = make(chan struct{})
	go func() {
		defer close(n.done)
		// The kernel kills the child when the thread that started it ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for ctx.Err() == nil {
			if n.once(ctx) {
				pause(ctx, startAgain)
			}
		}
	}()
}

// once runs one process to its end and reports whether it ended by itself.
func (n *node) once(ctx context.Context) bool {
	cmd := exec.Command(n.binary, "serve")
	cmd.Env, cmd.Stdout, cmd.Stderr = n.env, n.log, n.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		n.note(fmt.Sprintf("not started: %v", err))
		return true
	}
	n.mu.Lock()
	n.process, n.killed, n.ready = cmd.Process, false, false
	n.mu.Unlock()
	ended := make(chan struct{})
	go n.watch(ended)
	err := cmd.Wait()
	close(ended)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.process = nil
	if n.killed || ctx.Err() != nil {
		return false
	}
	// A node that cannot open its database ends with a message, and is started
	// again. One that had begun to serve has no reason to end.
	if exit, ok := errors.AsType[*exec.ExitError](err); n.ready || !ok || exit.ExitCode() != 1 {
		n.ends = append(n.ends, fmt.Sprintf("%s ended by itself: %v (ready: %v)", n.name, err, n.ready))
	}
	return true
}

// watch notes when the process answers for the first time.
func (n *node) watch(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case <-time.After(lookAgain):
		}
		if n.answers() {
			n.mu.Lock()
			n.ready = true
			n.mu.Unlock()
			return
		}
	}
}

func (n *node) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url()+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := n.client.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (n *node) note(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ends = append(n.ends, n.name+" "+what)
}

// kill ends the process without warning; it is started again at once. It reports
// false when there was none to kill.
func (n *node) kill() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil || n.process.Signal(syscall.SIGKILL) != nil {
		return false
	}
	n.killed = true
	return true
}

// sleep stops the process for a time, as a machine that is out of breath does.
// A process that was killed meanwhile is not woken: it is another one.
func (n *node) sleep(ctx context.Context, lasts time.Duration) bool {
	n.mu.Lock()
	process := n.process
	asleep := process != nil && process.Signal(syscall.SIGSTOP) == nil
	n.mu.Unlock()
	if !asleep {
		return false
	}
	pause(ctx, lasts)
	n.mu.Lock()
	defer n.mu.Unlock()
	_ = process.Signal(syscall.SIGCONT) // it may be gone by now
	return true
}

// close asks the process to end, and insists after a while.
func (n *node) close() {
	if n.stop == nil {
		return
	}
	n.stop()
	n.signal(syscall.SIGTERM)
	select {
	case <-n.done:
	case <-time.After(stopBound):
		n.signal(syscall.SIGKILL)
		<-n.done
	}
}

func (n *node) signal(s syscall.Signal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil {
		_ = n.process.Signal(s)
	}
}

// endings lists how the node ended when it should not have.
func (n *node) endings() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.ends...)
}
