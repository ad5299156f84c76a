-- +goose Up
-- Runs as sembang_owner in schema sembang; the roles exist (see roles.go).

-- protect makes a table a tenant table: row-level security enabled and forced,
-- the one policy of the app's role, and the door owner's. `grants` is what the
-- app's role may do.
-- +goose StatementBegin
create procedure protect(tab regclass, grants text) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format($p$create policy tenant on %s for all to sembang_app
    using (company_id = (select nullif(current_setting('app.company_id', true), ''))::uuid)
    with check (company_id = (select nullif(current_setting('app.company_id', true), ''))::uuid)$p$, tab);
  execute format('create policy door on %s for all to sembang_exempt using (true) with check (true)', tab);
  execute format('grant %s on %s to sembang_app', grants, tab);
  execute format('grant select, insert, update, delete on %s to sembang_exempt', tab);
end $$;
-- +goose StatementEnd
revoke all on procedure protect(regclass, text) from public;

create table company (
  id uuid primary key,
  name text not null check (name <> '' and length(name) <= 200),
  status text not null default 'active' check (status in ('active', 'suspended')),
  country text not null default 'MY' check (country ~ '^[A-Z]{2}$'),
  currency text not null default 'MYR' check (currency ~ '^[A-Z]{3}$'),
  timezone text not null default 'Asia/Kuala_Lumpur',
  languages text[] not null default '{en,ms,zh}' check (languages <@ '{en,ms,zh}' and languages <> '{}'),
  -- How long a customer must be quiet before a turn is due; data.md, "The engine".
  quiet interval not null default '400 milliseconds' check (quiet between '0' and '10 seconds'),
  takeover_pause interval not null default '30 minutes',
  agent_scope text not null default 'assigned' check (agent_scope in ('assigned', 'unassigned', 'all')),
  persona text not null default '' check (length(persona) <= 20000),
  -- What the bot says when it hands over, by language; see package reply for the default.
  handover_text jsonb not null default '{}',
  created_at timestamptz not null default now()
);
comment on table company is 'Exempt from row-level security: it is the tenant itself. The app reads its own row through company_self.';

insert into company (id, name) values ('00000000-0000-7000-8000-000000000001', 'Platform');

create table app_user (
  company_id uuid not null references company,
  id uuid not null,
  name text not null check (name <> '' and length(name) <= 200),
  role text not null check (role in ('super_admin', 'company_admin', 'company_user')),
  language text not null default 'en' check (language in ('en', 'ms', 'zh')),
  active boolean not null default true,
  availability text not null default 'online' check (availability in ('online', 'offline')),
  capacity integer check (capacity >= 0),
  last_assigned_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  constraint app_user_super_admin_is_platform
    check ((role = 'super_admin') = (company_id = '00000000-0000-7000-8000-000000000001'))
);
call protect('app_user', 'select, insert, update');

-- company_self is the app's view of its own company; the table has no row-level security.
-- +goose StatementBegin
create function company_self() returns setof company language sql stable security definer set search_path = sembang, pg_temp as
$$ select * from company where id = nullif(current_setting('app.company_id', true), '')::uuid $$;
-- +goose StatementEnd
alter function company_self() owner to sembang_exempt;
revoke all on function company_self() from public;
grant execute on function company_self() to sembang_app;
grant select, insert, update on company to sembang_exempt;

-- +goose StatementBegin
create function add_company(p_id uuid, p_name text, p_persona text) returns void language sql security definer set search_path = sembang, pg_temp as
$$ insert into company (id, name, persona) values (p_id, p_name, p_persona) $$;
-- +goose StatementEnd
alter function add_company(uuid, text, text) owner to sembang_exempt;
revoke all on function add_company(uuid, text, text) from public;
grant execute on function add_company(uuid, text, text) to sembang_platform;

-- +goose StatementBegin
create function set_company_status(p_id uuid, p_status text) returns void language sql security definer set search_path = sembang, pg_temp as
$$ update company set status = p_status where id = p_id $$;
-- +goose StatementEnd
alter function set_company_status(uuid, text) owner to sembang_exempt;
revoke all on function set_company_status(uuid, text) from public;
grant execute on function set_company_status(uuid, text) to sembang_platform;
