// Command withcluster runs a command beside a throw-away PostgreSQL cluster and
// passes its exit code on:
//
//	go run ./internal/localdb/withcluster -- go test ./...
//
// The command finds the superuser's address of the database postgres in
// SEMBANG_TEST_DATABASE_URL. The cluster is not durable and is removed afterwards.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"sembang/internal/localdb"
)

const urlVariable = "SEMBANG_TEST_DATABASE_URL"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "withcluster:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run returns the command's exit code.
func run(args []string) (int, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: withcluster -- command argument…")
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	dir, err := os.MkdirTemp("", "sembang-")
	if err != nil {
		return 1, fmt.Errorf("make folder: %w", err)
	}
	code, err := beside(ctx, dir, args)
	// The folder is this command's own, and nobody's data.
	return code, errors.Join(err, os.RemoveAll(dir))
}

func beside(ctx context.Context, dir string, args []string) (int, error) {
	// Root's server runs as another user, who must pass through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return 1, fmt.Errorf("open folder: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	cluster, err := localdb.Start(ctx, localdb.Config{Dir: dir, Log: log, Settings: map[string]string{
		"fsync":           "off",
		"max_connections": "300",
		"shared_buffers":  "256MB",
	}})
	if err != nil {
		return 1, fmt.Errorf("start cluster: %w", err)
	}
	code, err := execute(ctx, cluster.URL("postgres"), args)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return code, errors.Join(err, cluster.Stop(stopping))
}

// execute runs the command. When ctx ends, the command is asked to end too.
func execute(ctx context.Context, address string, args []string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), urlVariable+"="+address)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, fmt.Errorf("run command: %w", err)
	}
	return 0, nil
}
