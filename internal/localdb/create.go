package localdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// create makes a new cluster beside its final place and moves it there when it
// is complete and on disk: a cluster that exists is whole.
func (c *Cluster) create(ctx context.Context) error {
	unfinished := c.home.cluster + ".tmp"
	if err := c.emptyFolder(ctx, unfinished); err != nil {
		return err
	}
	c.log.InfoContext(ctx, "making a new database", "folder", c.home.cluster, "version", c.program.version)
	if err := c.initdb(ctx, unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, c.home.cluster); err != nil {
		return fmt.Errorf("move cluster into place: %w", err)
	}
	if err := syncFolder(filepath.Dir(c.home.cluster)); err != nil {
		return err
	}
	c.home.major = c.program.major
	return nil
}

// emptyFolder makes a folder for initdb. What an interrupted first start left
// there never held data, yet it is moved aside and not removed.
func (c *Cluster) emptyFolder(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read folder: %w", err)
	}
	if len(entries) > 0 {
		aside, err := freeName(dir)
		if err != nil {
			return err
		}
		c.log.WarnContext(ctx, "an earlier first start was interrupted; its unfinished cluster is kept and may be removed by hand", "folder", aside)
		if err := os.Rename(dir, aside); err != nil {
			return fmt.Errorf("move unfinished cluster aside: %w", err)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make cluster folder: %w", err)
	}
	return handOver(dir, c.runAs)
}

// freeName appends the first number that is not taken.
func freeName(path string) (string, error) {
	const most = 100
	for n := 1; n <= most; n++ {
		name := path + "-" + strconv.Itoa(n)
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: %d unfinished clusters lie beside %s; remove them and look why none was finished", ErrIncomplete, most, path)
}

func (c *Cluster) initdb(ctx context.Context, dir string) error {
	args := []string{
		"--pgdata=" + dir, "--username=" + superuser, "--data-checksums",
		// Nobody but the owner of the socket's folder can connect at all.
		"--auth-local=trust", "--auth-host=reject",
		// C.UTF-8 sorts the same on every machine and after every upgrade.
		"--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C", "--no-instructions",
	}
	if c.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	var output strings.Builder
	cmd := exec.Command(c.program.initdb, args...)
	cmd.Dir, cmd.Env = filepath.Dir(dir), serverEnv()
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = c.runAs.attributes()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	child, err := spawn(cmd)
	if err != nil {
		return fmt.Errorf("start initdb: %w", err)
	}
	select {
	case <-child.exited:
	case <-ctx.Done():
		_ = child.signal(syscall.SIGTERM) // it may have ended by itself
		<-child.exited
		return fmt.Errorf("run initdb: %w", ctx.Err())
	}
	if child.err != nil {
		return fmt.Errorf("run initdb: %w: %s", child.err, strings.TrimSpace(output.String()))
	}
	return nil
}
