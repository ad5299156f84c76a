package realtime

import (
	"context"
	"log/slog"
	"time"

	"sembang/internal/db"
)

const (
	// NOTIFY holds one lock of the whole cluster through its commit: never inside
	// a business transaction, and seldom.
	bellEvery   = 50 * time.Millisecond
	bellChannel = "sembang"
	redial      = time.Second
)

// Ring carries rings of news to the hubs of all nodes, this one first, until ctx
// ends. Many rings become one NOTIFY.
func Ring(ctx context.Context, d *db.DB, news, hub *Signal, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-news.C():
		}
		hub.Ring()
		if _, err := d.Doors().Exec(ctx, `select pg_notify($1, '')`, bellChannel); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "bell not rung", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(bellEvery):
		}
	}
}

// Hear rings hub when another node rang, until ctx ends. While the connection is
// away the hub polls.
func Hear(ctx context.Context, d *db.DB, hub *Signal, log *slog.Logger) {
	for ctx.Err() == nil {
		if err := hear(ctx, d, hub); err != nil && ctx.Err() == nil {
			log.DebugContext(ctx, "bell not heard", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(redial):
		}
	}
}

func hear(ctx context.Context, d *db.DB, hub *Signal) error {
	conn, err := d.Listen(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+bellChannel); err != nil {
		return err
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		hub.Ring()
	}
}
