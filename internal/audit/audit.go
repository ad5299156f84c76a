// Package audit is the append-only record of who did what: one hash chain a
// company, in which a changed, missing or added row shows. It knows no area; an
// area says what happened in words of its own.
package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
)

// ActorKind is what acts: a person, a program with a key, the operator at the
// command line, or the product itself.
type ActorKind string

// The kinds of actors.
const (
	User     ActorKind = "user"
	APIKey   ActorKind = "api_key"
	Operator ActorKind = "operator"
	System   ActorKind = "system"
)

// Actor is who acts, and from where. Name is kept as it was then: people are
// renamed and leave.
type Actor struct {
	Kind    ActorKind
	ID      uuid.UUID
	Name    string
	Address string
	Request string
}

type actorKey struct{}

// As returns a context in which a acts.
func As(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf returns who acts in ctx; the system when nobody was named.
func ActorOf(ctx context.Context) Actor {
	a, ok := ctx.Value(actorKey{}).(Actor)
	if !ok {
		return Actor{Kind: System, Name: "Sembang"}
	}
	return a
}

// Entry is one thing that was done. Action is area.verb in lower case, as in
// user.invited. Before and After are what changed, as JSON writes them; fields
// whose names say that they are secret are masked.
type Entry struct {
	Action     string
	TargetKind string
	Target     string
	Reason     string
	Before     any
	After      any
}

// Append records an entry in the chain of the company that conn sees. Give it
// the transaction that does the thing: either both happen or neither. Entries of
// one company wait for each other, so it belongs late in a transaction.
func Append(ctx context.Context, conn db.Conn, e Entry) error {
	before, err := masked(e.Before)
	if err != nil {
		return err
	}
	after, err := masked(e.After)
	if err != nil {
		return err
	}
	a := ActorOf(ctx)
	var actor *uuid.UUID
	if a.ID != uuid.Nil {
		actor = &a.ID
	}
	_, err = conn.Exec(ctx, `
		select audit_append(@at, @kind, @actor, @name, @action, @target_kind, @target, @reason, @address, @request, @before, @after)`,
		pgx.NamedArgs{
			"at": time.Now().UTC().Truncate(time.Microsecond), "kind": a.Kind, "actor": actor, "name": db.Text(a.Name, 300), "action": e.Action,
			"target_kind": db.Text(e.TargetKind, 50), "target": db.Text(e.Target, 300), "reason": db.Text(e.Reason, 500),
			"address": db.Text(a.Address, 64), "request": db.Text(a.Request, 64), "before": before, "after": after,
		})
	if err != nil {
		return fmt.Errorf("append to audit log: %w", err)
	}
	return nil
}

// maxDetail bounds a recorded value: a list of thousands belongs elsewhere.
const maxDetail = 32 << 10

const mask = "••••"

// masked writes a value as JSON without secrets; nil for nothing.
func masked(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write audit detail: %w", err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("read audit detail: %w", err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(hide(tree)); err != nil {
		return nil, fmt.Errorf("write audit detail: %w", err)
	}
	line := strings.TrimSpace(strings.ReplaceAll(out.String(), `\u0000`, `\ufffd`))
	if len(line) > maxDetail {
		line = `{"cut":"too long to keep"}`
	}
	return &line, nil
}

func hide(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, field := range v {
			if secretive(name) && field != nil {
				v[name] = mask
				continue
			}
			v[name] = hide(field)
		}
	case []any:
		for i := range v {
			v[i] = hide(v[i])
		}
	}
	return v
}

// secretive tells by its name that a field is a secret's. A count or a setting
// about secrets, such as require_totp, is none.
func secretive(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"password", "token", "secret", "hash", "api_key", "recovery"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
