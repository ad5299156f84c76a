package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"sembang/internal/api"
	"sembang/internal/app"
)

type serveCmd struct {
	storage
	vendors
	listen
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, log *slog.Logger) error {
	config := app.Config{Log: log}
	c.keep(&config)
	c.reach(&config)
	c.answer(&config)
	a, err := app.New(ctx, config)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

type migrateCmd struct{ storage }

// Run migrates and ends.
func (c *migrateCmd) Run(ctx context.Context, log *slog.Logger) error {
	config := app.Config{Log: log}
	c.keep(&config)
	a, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	a.Close(ctx)
	log.InfoContext(ctx, "schema is up to date")
	return nil
}

type openapiCmd struct{}

// Run prints openapi.yaml.
func (openapiCmd) Run() error {
	text, err := api.OpenAPI()
	if err != nil {
		return fmt.Errorf("write OpenAPI: %w", err)
	}
	_, err = os.Stdout.Write(text)
	return err
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	_, err := fmt.Fprintln(os.Stdout, version)
	return err
}
