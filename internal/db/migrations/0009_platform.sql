-- +goose Up
-- What a company is besides its conversations: industry, hours, limits, how far
-- its bot may go, and how far it came in setting itself up.

alter table company
  add column industry text not null default '' check (length(industry) <= 50),
  add column ui_language text not null default 'en' check (ui_language in ('en', 'ms', 'zh')),
  -- {"mon": [["09:00", "18:00"]], …}: local times; a missing day is closed, an empty object is always open.
  add column hours jsonb not null default '{}' check (jsonb_typeof(hours) = 'object' and length(hours::text) <= 4000),
  -- [{"date": "2026-12-25", "name": "Christmas"}]
  add column holidays jsonb not null default '[]' check (jsonb_typeof(holidays) = 'array' and length(holidays::text) <= 20000),
  add column bot_mode text not null default 'full' check (bot_mode in ('off', 'after_hours', 'full')),
  add column require_totp boolean not null default false,
  add column onboarding jsonb not null default '{}' check (jsonb_typeof(onboarding) = 'object' and length(onboarding::text) <= 4000),
  add column live_at timestamptz,
  -- Plan limits; null is no limit. Messages and money count by calendar month in the company's zone.
  add column max_users integer check (max_users >= 1),
  add column max_messages integer check (max_messages >= 0),
  add column ai_budget_micro_usd bigint check (ai_budget_micro_usd >= 0),
  add column suspended_reason text not null default '' check (length(suspended_reason) <= 500),
  drop constraint company_agent_scope_check,
  add constraint company_agent_scope_check check (agent_scope in ('assigned', 'unassigned', 'team', 'all'));

-- company_update_self changes what a company may change about itself; what the
-- patch does not name stays. The rest belongs to the platform.
drop function company_update_self(text, jsonb, text, interval, interval);
-- +goose StatementBegin
create function company_update_self(p jsonb) returns void language sql security definer set search_path = sembang, pg_temp as $$
  update company set
    name = coalesce(p ->> 'name', name), industry = coalesce(p ->> 'industry', industry), country = coalesce(p ->> 'country', country),
    currency = coalesce(p ->> 'currency', currency), timezone = coalesce(p ->> 'timezone', timezone), ui_language = coalesce(p ->> 'ui_language', ui_language),
    languages = case when p ? 'languages' then array(select jsonb_array_elements_text(p -> 'languages')) else languages end,
    hours = coalesce(p -> 'hours', hours), holidays = coalesce(p -> 'holidays', holidays), bot_mode = coalesce(p ->> 'bot_mode', bot_mode),
    require_totp = coalesce((p ->> 'require_totp')::boolean, require_totp), onboarding = coalesce(p -> 'onboarding', onboarding),
    live_at = coalesce((p ->> 'live_at')::timestamptz, live_at), persona = coalesce(p ->> 'persona', persona),
    handover_text = coalesce(p -> 'handover_text', handover_text), agent_scope = coalesce(p ->> 'agent_scope', agent_scope),
    quiet = coalesce((p ->> 'quiet')::interval, quiet), takeover_pause = coalesce((p ->> 'takeover_pause')::interval, takeover_pause)
  where id = own_company()
$$;
-- +goose StatementEnd
alter function company_update_self(jsonb) owner to sembang_exempt;
revoke all on function company_update_self(jsonb) from public;
grant execute on function company_update_self(jsonb) to sembang_app;

-- Links that work once: invitations, password resets, the first set-up. The token
-- itself is derived from the row's id and is nowhere stored.
create table one_time_token (
  company_id uuid not null references company on delete cascade,
  id uuid not null,
  purpose text not null check (purpose in ('invitation', 'password_reset', 'setup')),
  user_id uuid,
  hash bytea not null check (octet_length(hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, user_id) references app_user on delete cascade
);
create index one_time_token_by_hash on one_time_token (hash);
create index one_time_token_by_user on one_time_token (company_id, user_id);
call protect('one_time_token', 'select, insert, update, delete');

-- +goose StatementBegin
create function find_one_time_token(p_hash bytea) returns table (company_id uuid, id uuid, purpose text, user_id uuid, expires_at timestamptz, used_at timestamptz)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select t.company_id, t.id, t.purpose, t.user_id, t.expires_at, t.used_at from one_time_token t where t.hash = p_hash
$$;
-- +goose StatementEnd
alter function find_one_time_token(bytea) owner to sembang_exempt;
revoke all on function find_one_time_token(bytea) from public;
grant execute on function find_one_time_token(bytea) to sembang_app;
comment on function find_one_time_token(bytea) is 'Crossing door: whoever opens a link has nothing but its token.';

-- +goose StatementBegin
create function company_ids() returns setof uuid language sql stable security definer set search_path = sembang, pg_temp as $$
  select id from company order by id
$$;
-- +goose StatementEnd
alter function company_ids() owner to sembang_exempt;
revoke all on function company_ids() from public;
grant execute on function company_ids() to sembang_app;
comment on function company_ids() is 'Crossing door: jobs that visit every company, one after the other, each in its own transaction.';
