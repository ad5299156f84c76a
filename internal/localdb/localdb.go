// Package localdb runs a private PostgreSQL cluster from the installed binaries
// inside a data folder, reachable only through a Unix socket.
//
// It knows nothing of the rest of the program and speaks no SQL: it makes a
// cluster, starts it, keeps it running and stops it. It never deletes: whatever
// it does not understand it leaves as it is and explains.
package localdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Errors a caller can test for. Each is wrapped with what to do about it.
var (
	// ErrInUse: another process holds the data folder.
	ErrInUse = errors.New("data folder is in use")
	// ErrNotInstalled: no PostgreSQL that is new enough was found.
	ErrNotInstalled = errors.New("PostgreSQL is not installed")
	// ErrVersion: the cluster was made by another major version.
	ErrVersion = errors.New("PostgreSQL version does not match the data")
	// ErrOwner: the cluster belongs to somebody else.
	ErrOwner = errors.New("data belongs to another user")
	// ErrIncomplete: the folder exists but holds no whole cluster.
	ErrIncomplete = errors.New("data is not a complete PostgreSQL cluster")
	// ErrNoUser: the process is root, and no user may run the server there.
	ErrNoUser = errors.New("PostgreSQL cannot run as root")
)

const (
	superuser = "postgres"
	port      = "5432" // only part of the socket's name
)

// Config says where the cluster lives and how it runs.
type Config struct {
	// Dir is the data folder. It is made if it does not exist.
	Dir string
	// Log receives what the launcher does; the server writes postgres.log.
	Log *slog.Logger
	// Settings are further server settings, such as fsync=off in tests. They
	// cannot open a network port.
	Settings map[string]string

	// fallback replaces /var/lib/sembang in tests.
	fallback string
	// refuseNamespace plays a machine that forbids user namespaces.
	refuseNamespace bool
}

// Cluster is a running PostgreSQL cluster that this process owns.
type Cluster struct {
	home       home
	program    program
	runAs      identity
	settings   map[string]string
	log        *slog.Logger
	lock       *os.File
	reattached bool

	mu     sync.Mutex
	server *process

	stop     context.CancelFunc // ends the supervisor
	watched  chan struct{}      // closed when the supervisor has ended
	stopOnce sync.Once
	stopErr  error
}

// Start makes the cluster if there is none and runs it. A server that outlived
// an earlier process is taken over. If the server dies while the cluster is not
// being stopped, it is started again.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	c, err := prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	server, adopted, err := c.attachOrLaunch(ctx)
	if err != nil {
		_ = c.lock.Close()
		return nil, err
	}
	c.server, c.reattached = server, adopted
	c.log.InfoContext(ctx, "database is ready", "folder", c.home.cluster, "pid", server.pid,
		"reattached", adopted, "version", c.program.version, "run_as", c.runAs.name)
	supervised, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go c.supervise(supervised)
	return c, nil
}

// prepare does everything up to starting the server: it decides who runs it,
// takes the lock, checks or makes the cluster.
func prepare(ctx context.Context, cfg Config) (*Cluster, error) {
	home, err := openHome(cfg.Dir)
	if err != nil {
		return nil, err
	}
	program, err := findProgram(ctx, home.major)
	if err != nil {
		return nil, err
	}
	runAs, err := chooseIdentity(ctx, cfg, &home, program)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(home.dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		home: home, program: program, runAs: runAs, settings: cfg.Settings,
		log: cfg.Log, lock: lock, watched: make(chan struct{}),
	}
	if err := c.prepareFolders(ctx); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) prepareFolders(ctx context.Context) error {
	if c.home.major == 0 {
		if err := c.create(ctx); err != nil {
			return err
		}
	}
	return c.home.openSocketFolder(c.runAs)
}

// URL is the superuser's address of a database, in a form that pgx, psql and
// pg_dump accept.
func (c *Cluster) URL(database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	query := url.Values{"host": {c.home.socket}, "port": {port}, "sslmode": {"disable"}}.Encode()
	u.RawQuery = strings.ReplaceAll(query, "+", "%20") // the readers keep a plus as it is
	return u.String()
}

// PID is the server's process id. It changes when the server had to be started again.
func (c *Cluster) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server.pid
}

// Reattached tells whether Start took over a running server instead of starting one.
func (c *Cluster) Reattached() bool { return c.reattached }

// Stop shuts the server down, also one that was taken over, and releases the
// data folder. Open connections are closed and their transactions rolled back.
// When ctx ends first, the server is stopped hard: it recovers at its next
// start, without loss.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopOnce.Do(func() {
		c.stop()
		<-c.watched
		c.stopErr = c.server.shutDown(ctx)
		if err := c.lock.Close(); err != nil && c.stopErr == nil {
			c.stopErr = fmt.Errorf("release data folder: %w", err)
		}
	})
	return c.stopErr
}

// logFile is where the server writes.
func (c *Cluster) logFile() string { return filepath.Join(c.home.dir, "postgres.log") }

// pidFile is where the server tells about itself.
func (c *Cluster) pidFile() string { return filepath.Join(c.home.cluster, "postmaster.pid") }
