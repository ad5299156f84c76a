package chaos

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sembang/internal/sim"
)

// world is everything a run consists of.
type world struct {
	c        Config
	plan     plan
	dir      string
	db       *database
	sim      *sim.Sim
	vendors  *http.Server
	simURL   string
	nodes    []*node
	accounts []connected // by the plan's index
	client   *http.Client
}

const (
	claudeKey = "simulated"
	startTime = time.Minute
)

func newWorld(ctx context.Context, c Config, p plan) (*world, error) {
	w := &world{c: c, plan: p, client: &http.Client{Timeout: postTime, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	for _, step := range []func(context.Context) error{w.openFolder, w.startVendors, w.startDatabase, w.connect, w.build, w.startNodes} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, w.close(true))
		}
	}
	return w, nil
}

func (w *world) openFolder(context.Context) (err error) {
	if w.dir, err = os.MkdirTemp("", "sembang-chaos-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	// Root's server runs as another user, who must pass through.
	return os.Chmod(w.dir, 0o711)
}

func (w *world) startVendors(ctx context.Context) error {
	w.sim = sim.New(sim.Config{Seed: max(w.c.Seed, 1), RecorderBytes: 1 << 20})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for vendors: %w", err)
	}
	w.simURL = "http://" + listener.Addr().String()
	w.vendors = &http.Server{Handler: w.sim.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = w.vendors.Serve(listener) }()
	return w.spoilVendors()
}

// spoilVendors adds the faults. Which calls they hit follows from the seed and
// from the order in which calls come.
func (w *world) spoilVendors() error {
	if err := w.sim.AddAPIKey(claudeKey); err != nil {
		return fmt.Errorf("add key: %w", err)
	}
	for _, f := range []sim.Fault{
		{Vendor: sim.OnSend, Method: "send", HTTPStatus: http.StatusTooManyRequests, RetryAfter: 1, Probability: 0.05},
		{Vendor: sim.Telegram, Method: "sendMessage", HTTPStatus: http.StatusTooManyRequests, RetryAfter: 1, Probability: 0.05},
		{Vendor: sim.OnSend, Method: "send", HTTPStatus: http.StatusInternalServerError, Probability: 0.02},
		{Vendor: sim.Telegram, Method: "sendMessage", HTTPStatus: http.StatusBadGateway, Probability: 0.02},
		{Vendor: sim.OnSend, Method: "send", DropAfterProcess: true, Probability: 0.02},
		{Vendor: sim.Telegram, Method: "sendMessage", DropAfterProcess: true, Probability: 0.02},
		{Vendor: sim.Anthropic, Method: "messages", HTTPStatus: 529, Probability: 0.02},
	} {
		if _, err := w.sim.AddFault(f); err != nil {
			return fmt.Errorf("add fault: %w", err)
		}
	}
	return w.addScripts()
}

// addScripts makes the long answers, one for each letter that wants one. A script
// answers when its letter is the last that the customer wrote.
func (w *world) addScripts() error {
	for _, v := range w.plan.Chats {
		for _, l := range v.Letters {
			if l.Subject != long {
				continue
			}
			if _, err := w.sim.AddScript(sim.Script{Pattern: l.Token + `[^\n]*$`, Text: longAnswer(l.Token)}); err != nil {
				return fmt.Errorf("add script: %w", err)
			}
		}
	}
	return nil
}

func (w *world) startDatabase(ctx context.Context) (err error) {
	w.db, err = openDatabase(ctx, filepath.Join(w.dir, "db"), w.c.Log)
	return err
}

// build makes the product's binary once, as `make` does but for the path.
func (w *world) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", w.binary(), "sembang/cmd/sembang")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build sembang: %w: %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}

func (w *world) binary() string { return filepath.Join(w.dir, "sembang") }

func (w *world) startNodes(ctx context.Context) error {
	for i := range nodes {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("find port: %w", err)
		}
		n := &node{name: fmt.Sprintf("node-%d", i), addr: listener.Addr().String(), binary: w.binary(), client: w.client}
		if err := listener.Close(); err != nil {
			return fmt.Errorf("free port: %w", err)
		}
		if n.log, err = os.Create(filepath.Join(w.dir, n.name+".log")); err != nil {
			return fmt.Errorf("make log: %w", err)
		}
		n.env = w.environment(n.addr)
		n.start(ctx)
		w.nodes = append(w.nodes, n)
	}
	for _, n := range w.nodes {
		if err := within(ctx, startTime, n.answers); err != nil {
			return fmt.Errorf("await %s: %w", n.name, err)
		}
	}
	return nil
}

func (w *world) environment(addr string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "DATABASE_URL=" + w.db.url, "SEMBANG_ADDR=" + addr,
		"JWT_SECRET=" + w.secret("jwt"), "CREDENTIAL_ENCRYPTION_KEY=" + w.secret("key"),
		"CLAUDE_API_KEY=" + claudeKey, "CLAUDE_BASE_URL=" + w.simURL + "/anthropic",
		"ONSEND_BASE_URL=" + w.simURL + "/onsend/api/v1", "TELEGRAM_BASE_URL=" + w.simURL + "/telegram",
	}
}

// secret is 32 bytes in hex that belong to this run alone.
func (w *world) secret(what string) string {
	sum := sha256.Sum256([]byte(w.dir + "\x00" + what))
	return hex.EncodeToString(sum[:])
}

// close ends everything that newWorld started, the last first. The folder goes
// unless it is to be kept.
func (w *world) close(keep bool) error {
	for _, n := range slices.Backward(w.nodes) {
		n.close()
		_ = n.log.Close()
	}
	var err error
	if w.db != nil {
		err = w.db.close()
	}
	if w.vendors != nil {
		_ = w.vendors.Close()
		w.sim.Close()
	}
	w.client.CloseIdleConnections()
	if keep {
		fmt.Fprintln(w.c.Out, "logs are in", w.dir)
		return err
	}
	return errors.Join(err, os.RemoveAll(w.dir))
}
