package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// child is a process that the bench started.
type child struct {
	cmd     *exec.Cmd
	address string
}

// start runs the built program on a free port of the loopback.
func (w *world) start(ctx context.Context, command string) (*child, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, w.binary, command, "--addr", address), address: address}
	c.cmd.Env, c.cmd.Stderr, c.cmd.Dir = w.env, os.Stderr, w.dir
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 15 * time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command, err)
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// pause stops the process where it stands, so that its polling costs nothing
// while others are measured; resume lets it go on.
func (c *child) pause() error  { return c.cmd.Process.Signal(syscall.SIGSTOP) }
func (c *child) resume() error { return c.cmd.Process.Signal(syscall.SIGCONT) }

func (c *child) stop() {
	if c == nil {
		return
	}
	_ = c.resume()
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = c.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(15 * time.Second):
		_ = c.cmd.Process.Kill()
		<-ended
	}
}

func (w *world) envValue(name string) string {
	for _, line := range w.env {
		if len(line) > len(name) && line[:len(name)+1] == name+"=" {
			return line[len(name)+1:]
		}
	}
	return ""
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
