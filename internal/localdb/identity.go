package localdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// fallbackFolder is where a root process keeps the cluster when no other user
// can reach its data folder.
const fallbackFolder = "/var/lib/sembang"

// identity is who the server runs as. PostgreSQL refuses to run as root.
type identity struct {
	name     string
	uid, gid int // owner of the files, as this process sees it
	// attributes of a process that runs so.
	attributes func() *syscall.SysProcAttr
}

// chooseIdentity decides who runs the server. An ordinary user runs it himself.
// Root hands it to another user, or keeps the files and appears as nobody in a
// user namespace. An existing cluster stays with its owner.
func chooseIdentity(ctx context.Context, cfg Config, h *home, p program) (identity, error) {
	if os.Geteuid() != 0 {
		return self(), nil
	}
	possible := possibleForRoot(cfg)
	if h.major != 0 {
		return ownerIdentity(ctx, possible, h, p)
	}
	for _, who := range possible {
		if who.canWork(ctx, filepath.Dir(h.cluster), p) == nil {
			return who, nil
		}
	}
	return useFallback(ctx, cfg, possible, h, p)
}

func self() identity {
	return identity{
		name: "self", uid: os.Geteuid(), gid: os.Getegid(),
		attributes: func() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} },
	}
}

func possibleForRoot(cfg Config) []identity {
	var all []identity
	for _, name := range []string{"postgres", "nobody"} {
		if who, err := otherUser(name); err == nil {
			all = append(all, who)
		}
	}
	if nobody, err := otherUser("nobody"); err == nil && !cfg.refuseNamespace {
		all = append(all, namespaced(nobody))
	}
	return all
}

// otherUser runs as a user of the system. It must be in the user database:
// initdb looks its own name up.
func otherUser(name string) (identity, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return identity{}, fmt.Errorf("look up user: %w", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return identity{}, fmt.Errorf("read user id: %w", err)
	}
	return identity{
		name: name, uid: int(uid), gid: int(gid),
		attributes: func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{
				Setpgid:    true,
				Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
			}
		},
	}, nil
}

// namespaced stays root for the file system and looks like nobody to itself.
func namespaced(nobody identity) identity {
	return identity{
		name: "root as nobody", uid: 0, gid: 0,
		attributes: func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{
				Setpgid:     true,
				Cloneflags:  syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody.uid, HostID: 0, Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody.gid, HostID: 0, Size: 1}},
			}
		},
	}
}

// canWork tries: it starts the server's program in dir, only to print its version.
func (i identity) canWork(ctx context.Context, dir string, p program) error {
	cmd := exec.CommandContext(ctx, p.postgres, "--version")
	cmd.Dir = dir
	cmd.SysProcAttr = i.attributes()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run as %s: %w", i.name, err)
	}
	return nil
}

// ownerIdentity finds the identity that owns an existing cluster.
func ownerIdentity(ctx context.Context, possible []identity, h *home, p program) (identity, error) {
	err := errors.New("no such user to run as")
	for _, who := range possible {
		if who.uid != h.owner {
			continue
		}
		if err = who.canWork(ctx, h.cluster, p); err == nil {
			return who, nil
		}
	}
	return identity{}, fmt.Errorf("%w: %s belongs to user id %d, and root cannot run PostgreSQL for it there (%w); start this program as that user",
		ErrOwner, h.cluster, h.owner, err)
}

// useFallback puts the cluster into a folder of the system that other users can
// reach, and leaves a symbolic link to it in the data folder.
func useFallback(ctx context.Context, cfg Config, possible []identity, h *home, p program) (identity, error) {
	root := cfg.fallback
	if root == "" {
		root = fallbackFolder
	}
	sum := sha256.Sum256([]byte(h.dir))
	dir := filepath.Join(root, hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return identity{}, fmt.Errorf("make fallback folder: %w", err)
	}
	for _, who := range possible {
		if who.canWork(ctx, dir, p) != nil {
			continue
		}
		if err := linkCluster(h, filepath.Join(dir, "pgdata")); err != nil {
			return identity{}, err
		}
		cfg.Log.WarnContext(ctx, "no other user can reach the data folder, the database lives elsewhere", "folder", h.cluster)
		return who, nil
	}
	return identity{}, fmt.Errorf("%w: no other user can reach %s or %s; make one with: useradd --system --shell /usr/sbin/nologin postgres",
		ErrNoUser, h.dir, dir)
}

// linkCluster is repeatable: an interrupted first start finds its own link.
func linkCluster(h *home, target string) error {
	if err := os.Symlink(target, h.cluster); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("link cluster folder: %w", err)
	}
	h.cluster = target
	return nil
}
