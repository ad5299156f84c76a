-- +goose Up
-- Who may sign in, and the keys that seal credentials.

create table login (
  email_lower text primary key check (email_lower = lower(email_lower) and length(email_lower) between 3 and 254),
  company_id uuid not null,
  user_id uuid not null,
  password_hash text not null,
  changed_at timestamptz not null default now(),
  constraint login_one_per_user unique (company_id, user_id),
  foreign key (company_id, user_id) references app_user on delete cascade
);
comment on table login is 'Exempt from row-level security: an address is unique over the installation. Reached only through functions.';
grant select, insert, update, delete on login to sembang_exempt;

create table session (
  company_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  -- Rises when rights change: access tokens of an older version are dead.
  version integer not null default 1,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  absolute_until timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('logout', 'reuse', 'deactivated', 'password', 'administrator')),
  user_agent text not null default '' check (length(user_agent) <= 300),
  primary key (company_id, id),
  foreign key (company_id, user_id) references app_user on delete cascade,
  check ((ended_at is null) = (end_reason is null))
);
create index session_by_user on session (company_id, user_id);
call protect('session', 'select, insert, update, delete');

-- The tokens of a session form one chain: the session is the family. A used row
-- stays until it expires, so that using it again is noticed.
create table refresh_token (
  company_id uuid not null,
  hash bytea not null check (octet_length(hash) = 32),
  session_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  successor bytea check (octet_length(successor) = 32),
  primary key (company_id, hash),
  foreign key (company_id, session_id) references session on delete cascade,
  check ((used_at is null) = (successor is null))
);
create index refresh_token_by_hash on refresh_token (hash);
create index refresh_token_by_session on refresh_token (company_id, session_id);
call protect('refresh_token', 'select, insert, update, delete');

create unlogged table throttle (
  bucket text not null check (bucket in ('account', 'address')),
  subject_hash bytea not null check (octet_length(subject_hash) = 32),
  failures integer not null,
  failed_at timestamptz not null,
  blocked_until timestamptz not null,
  primary key (bucket, subject_hash)
);
create index throttle_by_age on throttle (failed_at);
comment on table throttle is 'Exempt from row-level security: it counts before anybody is known, and holds keyed hashes only.';
grant select, insert, update, delete on throttle to sembang_app;

create table company_key (
  company_id uuid not null references company on delete cascade,
  id uuid not null,
  kek_id text not null check (kek_id <> '' and length(kek_id) <= 64),
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);
call protect('company_key', 'select, insert, update');

-- own_company is the company of the setting, and an error without one: a door
-- that writes for a company must not write for none.
-- +goose StatementBegin
create function own_company() returns uuid language plpgsql stable set search_path = sembang, pg_temp as $$
declare c uuid := nullif(current_setting('app.company_id', true), '')::uuid;
begin
  if c is null then
    raise exception 'no company is set' using errcode = 'insufficient_privilege';
  end if;
  return c;
end $$;
-- +goose StatementEnd
revoke all on function own_company() from public;
grant execute on function own_company() to sembang_app, sembang_exempt;

-- Doors bound to the setting's company.

-- +goose StatementBegin
create function add_login(p_email text, p_user uuid, p_hash text) returns void
language sql security definer set search_path = sembang, pg_temp as $$
  insert into login (email_lower, company_id, user_id, password_hash) values (p_email, own_company(), p_user, p_hash)
$$;
create function set_password(p_user uuid, p_hash text) returns void
language sql security definer set search_path = sembang, pg_temp as $$
  update login set password_hash = p_hash, changed_at = now() where company_id = own_company() and user_id = p_user
$$;
create function company_logins() returns table (user_id uuid, email text)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select l.user_id, l.email_lower from login l where l.company_id = own_company()
$$;

-- Crossing doors.

create function find_login(p_email text)
returns table (company_id uuid, user_id uuid, password_hash text)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select l.company_id, l.user_id, l.password_hash from login l where l.email_lower = p_email
$$;
create function find_refresh(p_hash bytea) returns table (company_id uuid, session_id uuid)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select t.company_id, t.session_id from refresh_token t where t.hash = p_hash
$$;
create function key_samples() returns table (company_id uuid, id uuid, kek_id text, wrapped bytea)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select distinct on (k.kek_id) k.company_id, k.id, k.kek_id, k.wrapped from company_key k order by k.kek_id, k.company_id, k.id
$$;
create function companies_named(p_name text) returns table (id uuid, name text, status text)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select c.id, c.name, c.status from company c where lower(c.name) = lower(p_name) order by c.id limit 100
$$;
create function ensure_company(p_id uuid, p_name text) returns uuid
language plpgsql security definer set search_path = sembang, pg_temp as $$
declare known uuid;
begin
  -- Names are not unique, so callers that start together take turns by name.
  perform pg_advisory_xact_lock(hashtextextended('company:' || lower(p_name), 0));
  select c.id into known from companies_named(p_name) c limit 1;
  if known is null then
    insert into company (id, name) values (p_id, p_name);
    known := p_id;
  end if;
  return known;
end $$;
-- +goose StatementEnd

comment on function find_login(text) is 'Crossing door: at sign-in the address is all that is known.';
comment on function find_refresh(bytea) is 'Crossing door: at refresh the token is all that is known.';
comment on function key_samples() is 'Crossing door: a start checks that each key id in use is there; the keys it returns are sealed.';
comment on function companies_named(text) is 'Crossing door: the operator names a company on the command line.';
comment on function ensure_company(uuid, text) is 'Crossing door: the operator names a company on the command line.';

-- +goose StatementBegin
do $$
declare f regprocedure;
begin
  foreach f in array array['add_login(text, uuid, text)', 'set_password(uuid, text)', 'company_logins()',
    'find_login(text)', 'find_refresh(bytea)', 'key_samples()']::regprocedure[] loop
    execute format('alter function %s owner to sembang_exempt', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to sembang_app', f);
  end loop;
  foreach f in array array['companies_named(text)', 'ensure_company(uuid, text)']::regprocedure[] loop
    execute format('alter function %s owner to sembang_exempt', f);
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to sembang_platform', f);
  end loop;
end $$;
-- +goose StatementEnd
