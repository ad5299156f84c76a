package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// rolesLock is taken in the database postgres: advisory locks are per database,
// roles are per cluster, and two `alter role` at once fail.
const rolesLock = 7311265

// ensureRoles creates the roles once per cluster and the schema once per database.
// sembang_owner is a member of sembang_exempt so that migrations can give the
// doors to it; nobody else is a member of either.
func ensureRoles(ctx context.Context, c *pgx.ConnConfig) error {
	if err := rolesOfCluster(ctx, c.Copy()); err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	if err := conn.QueryRow(ctx, `select count(*) = 2 from pg_namespace where nspname in ($1, $2)`, schema, QueueSchema).Scan(&there); err != nil {
		return fmt.Errorf("look for schema: %w", err)
	}
	if there {
		return nil
	}
	if _, err := conn.Exec(ctx, `
		create schema if not exists sembang authorization sembang_owner;
		grant usage on schema sembang to sembang_app, sembang_platform;
		grant usage, create on schema sembang to sembang_exempt;
		create schema if not exists river authorization sembang_owner;`); err != nil {
		return fmt.Errorf("create schema: %w", err)
	}
	return nil
}

func rolesOfCluster(ctx context.Context, c *pgx.ConnConfig) error {
	c.Database = "postgres"
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return fmt.Errorf("connect to database postgres: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var ready bool
	const look = `select count(*) = 4 and bool_and(pg_has_role(oid, 'member')) from pg_roles
		where rolname in ('sembang_owner', 'sembang_exempt', 'sembang_app', 'sembang_platform')`
	if err := conn.QueryRow(ctx, look).Scan(&ready); err == nil && ready {
		return nil
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`
		select pg_advisory_lock(%d);
		do $$ declare r text; begin
			foreach r in array array['sembang_owner', 'sembang_exempt', 'sembang_app', 'sembang_platform'] loop
				if not exists (select from pg_roles where rolname = r) then
					execute format('create role %%I nologin nosuperuser nocreatedb nocreaterole noreplication', r);
				end if;
				if not pg_has_role(r, 'member') then
					execute format('grant %%I to current_user', r);
				end if;
			end loop;
			if not pg_has_role('sembang_owner', 'sembang_exempt', 'member') then
				grant sembang_exempt to sembang_owner;
			end if;
		end $$;
		select pg_advisory_unlock(%d);`, rolesLock, rolesLock))
	if err != nil {
		return fmt.Errorf("create roles: %w", err)
	}
	return nil
}
