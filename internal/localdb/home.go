package localdb

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxSocketPath stays below the 108 bytes that the kernel allows.
const maxSocketPath = 100

// home is a data folder and what was found in it.
type home struct {
	dir     string // absolute
	cluster string // the cluster's own folder, symbolic links resolved
	socket  string // the folder of the server's socket
	major   int    // version that made the cluster; 0 when there is none
	owner   int    // user id that owns the cluster, if there is one
}

// openHome makes the data folder if needed and looks at what it holds. It
// changes nothing that is already there.
func openHome(dir string) (home, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return home{}, fmt.Errorf("resolve data folder: %w", err)
	}
	if err := os.MkdirAll(abs, folderMode()); err != nil {
		return home{}, fmt.Errorf("make data folder: %w", err)
	}
	// The running server names its folder without symbolic links.
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return home{}, fmt.Errorf("resolve data folder: %w", err)
	}
	h := home{dir: abs, cluster: filepath.Join(abs, "pgdata")}
	if err := h.inspect(); err != nil {
		return home{}, err
	}
	return h, nil
}

// folderMode lets another user pass through the folder when the process is
// root, because PostgreSQL then runs as that user. What the folder holds is
// protected by its own modes.
func folderMode() fs.FileMode {
	if os.Geteuid() == 0 {
		return 0o711
	}
	return 0o700
}

// inspect fills in the version and the owner of the cluster, if there is one.
func (h *home) inspect() error {
	resolved, err := filepath.EvalSymlinks(h.cluster)
	if errors.Is(err, fs.ErrNotExist) {
		// A link may wait for its cluster: the first start was interrupted.
		if target, err := os.Readlink(h.cluster); err == nil {
			h.cluster = target
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("resolve cluster folder: %w", err)
	}
	h.cluster = resolved
	if h.owner, err = ownerOf(h.cluster); err != nil {
		return err
	}
	if euid := os.Geteuid(); euid != 0 && euid != h.owner {
		return fmt.Errorf("%w: %s belongs to user id %d, this process is user id %d; start it as that user",
			ErrOwner, h.cluster, h.owner, euid)
	}
	return h.readVersion()
}

// readVersion refuses a folder that initdb did not finish or that lost files.
func (h *home) readVersion() error {
	text, err := os.ReadFile(filepath.Join(h.cluster, "PG_VERSION"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read cluster version: %w", err)
	}
	major, convErr := strconv.Atoi(strings.TrimSpace(string(text)))
	_, statErr := os.Stat(filepath.Join(h.cluster, "global", "pg_control"))
	if err != nil || convErr != nil || statErr != nil {
		return fmt.Errorf("%w: %s lacks PG_VERSION or global/pg_control; restore it from a backup, or move it away to start empty",
			ErrIncomplete, h.cluster)
	}
	h.major = major
	return nil
}

func ownerOf(path string) (int, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("look up owner: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("look up owner of %s: not a Unix file system", path)
	}
	return int(stat.Uid), nil
}

// lockFolder makes this process the only one to use the folder. The kernel
// releases the lock when the process dies, however it dies.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = f.Close() }()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data folder: %w", err)
		}
		holder := make([]byte, 20)
		n, _ := f.ReadAt(holder, 0)
		return nil, fmt.Errorf("%w: another process (pid %s) works in %s; stop it, or choose another data folder",
			ErrInUse, strings.TrimSpace(string(holder[:n])), dir)
	}
	// The process id only helps the reader of the message above.
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}

// openSocketFolder makes the private folder of the server's socket. Where the
// data folder's path is too long for a socket, or has a comma, which separates
// hosts in an address, a short one stands in whose name follows from the data
// folder, so that a later process finds it again.
func (h *home) openSocketFolder(runAs identity) error {
	h.socket = filepath.Join(filepath.Dir(h.cluster), "run")
	if len(filepath.Join(h.socket, ".s.PGSQL."+port)) > maxSocketPath || strings.Contains(h.socket, ",") {
		sum := sha256.Sum256([]byte(h.cluster))
		h.socket = "/tmp/sembang-" + hex.EncodeToString(sum[:8])
	}
	if err := os.Mkdir(h.socket, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make socket folder: %w", err)
	}
	return handOver(h.socket, runAs)
}

// handOver gives a folder that this process made to the server's user. It
// refuses one that somebody else may have put there, which in /tmp anybody can.
func handOver(dir string, runAs identity) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("check folder: %w", err)
	}
	owner, err := ownerOf(dir)
	if err != nil {
		return err
	}
	ours := owner == runAs.uid || owner == os.Geteuid()
	if !ours || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("%w: %s must be a directory of user id %d with mode 0700", ErrOwner, dir, runAs.uid)
	}
	if err := os.Lchown(dir, runAs.uid, runAs.gid); err != nil {
		return fmt.Errorf("hand folder over: %w", err)
	}
	return nil
}

// syncFolder makes a rename inside dir durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
