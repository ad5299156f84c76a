-- +goose Up

create table integration (
  company_id uuid not null references company,
  id uuid not null,
  channel text not null check (channel in ('onsend', 'whatsapp', 'telegram')),
  name text not null check (name <> '' and length(name) <= 200),
  account_id text not null default '',
  sealed bytea not null,                -- vault: {"token", "hook_secret"}
  settings jsonb not null default '{}',
  -- Sends a minute the vendor allows this account, and how many at once.
  send_per_minute integer not null check (send_per_minute between 1 and 60000),
  send_burst integer not null check (send_burst between 1 and 1000),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);
call protect('integration', 'select, insert, update');

create table integration_door (
  kind text not null check (kind in ('hook', 'token')),
  hash bytea not null,
  company_id uuid not null,
  integration_id uuid not null,
  valid_until timestamptz,
  primary key (kind, hash),
  foreign key (company_id, integration_id) references integration
);
create index on integration_door (company_id, integration_id);
comment on table integration_door is 'Exempt: it turns a webhook key into a company, and keeps two companies from using one token. Reached only through functions.';
grant select, insert, update on integration_door to sembang_exempt;

create table send_limit (
  company_id uuid not null,
  integration_id uuid not null,
  scope text not null,                  -- 'account' or a contact's address
  next_at timestamptz not null,         -- theoretical arrival time (GCRA)
  blocked_until timestamptz,            -- what the vendor asked for
  primary key (company_id, integration_id, scope),
  foreign key (company_id, integration_id) references integration
) with (fillfactor = 70);
call protect('send_limit', 'select, insert, update');

create table contact (
  company_id uuid not null references company,
  id uuid not null,
  name text not null default '' check (length(name) <= 200),
  phone_e164 text check (phone_e164 ~ '^[0-9]{7,15}$'),
  language text check (language in ('en', 'ms', 'zh')),
  opted_out_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);
create index contact_phone on contact (company_id, phone_e164) where phone_e164 is not null;
call protect('contact', 'select, insert, update');

create table contact_identity (
  company_id uuid not null,
  integration_id uuid not null,
  external_id text not null check (external_id <> '' and length(external_id) <= 200),
  kind text not null check (kind in ('phone', 'bsuid', 'chat')),
  contact_id uuid not null,
  reachable boolean not null default true,
  primary key (company_id, integration_id, external_id),
  foreign key (company_id, integration_id) references integration,
  -- Checked at commit: the identity is what rivals race for, so it goes in first
  -- and only its winner makes the contact.
  foreign key (company_id, contact_id) references contact deferrable initially deferred
);
create index on contact_identity (company_id, contact_id);
call protect('contact_identity', 'select, insert, update');

create table conversation (
  company_id uuid not null,
  id uuid not null,
  integration_id uuid not null,
  contact_id uuid not null,
  external_id text not null,            -- where replies go
  status text not null default 'open' check (status in ('open', 'snoozed', 'resolved')),
  outcome text check (outcome in ('won', 'lost', 'appointment', 'none')),
  assignee_id uuid,
  language text check (language in ('en', 'ms', 'zh')),
  mixed boolean not null default false,
  waiting_since timestamptz,            -- the oldest message nobody answered
  active_at timestamptz not null default now(), -- last_at, but moved in steps of 30 s: it is indexed
  last_at timestamptz not null default now(),
  last_author text,
  last_text text,
  unread integer not null default 0,
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, integration_id) references integration,
  foreign key (company_id, contact_id) references contact,
  foreign key (company_id, assignee_id) references app_user
) with (fillfactor = 70);
create unique index conversation_one_open on conversation (company_id, integration_id, contact_id) where status <> 'resolved';
create index conversation_waiting on conversation (company_id, assignee_id, status, waiting_since, id);
create index conversation_recent on conversation (company_id, assignee_id, status, active_at, id);
create index on conversation (company_id, contact_id);
create index on conversation (company_id, integration_id);
call protect('conversation', 'select, insert, update');

create table mailbox (
  company_id uuid not null,
  conversation_id uuid not null,
  last_seq bigint not null default 0,
  last_in bigint not null default 0,    -- the newest inbound message's seq
  processed bigint not null default 0,  -- inbound up to here is answered or handed over
  first_due_at timestamptz,
  due_at timestamptz,                   -- when a turn may be claimed; the lease's end while one runs
  lease uuid,
  lease_until timestamptz,
  discards integer not null default 0,
  attempts integer not null default 0,  -- turns in a row that failed
  bot_state text not null default 'on' check (bot_state in ('on', 'paused', 'handed_over')),
  bot_reason text,
  paused_until timestamptz,
  closed boolean not null default false, -- the conversation is resolved
  primary key (company_id, conversation_id),
  foreign key (company_id, conversation_id) references conversation
) with (fillfactor = 50);
create index mailbox_due on mailbox (company_id, due_at) where due_at is not null;
call protect('mailbox', 'select, insert, update');

create table message (
  company_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  integration_id uuid not null,
  seq bigint not null,
  direction text not null check (direction in ('in', 'out', 'event')),
  author text not null check (author in ('contact', 'bot', 'agent', 'phone', 'system')),
  author_id uuid,
  content text not null default 'text',
  body text not null,
  vendor_id text,
  state text not null check (state in ('received', 'queued', 'sending', 'sent', 'failed', 'unknown', 'done')),
  error text,
  sent_at timestamptz,                  -- the vendor's clock
  at timestamptz not null default now(),
  primary key (company_id, id),
  constraint message_vendor unique (company_id, integration_id, vendor_id),
  constraint message_seq unique (company_id, conversation_id, seq),
  foreign key (company_id, conversation_id) references conversation
) partition by hash (company_id);
-- +goose StatementBegin
do $$ begin
  for i in 0..15 loop
    execute format('create table message_%s partition of message for values with (modulus 16, remainder %s)', i, i);
  end loop;
end $$;
-- +goose StatementEnd
call protect('message', 'select, insert, update');

create table outbox (
  company_id uuid not null,
  message_id uuid not null,
  part integer not null,
  conversation_id uuid not null,
  integration_id uuid not null,
  seq bigint not null,
  external_id text not null,
  kind text not null,
  body text not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'unknown')),
  next_at timestamptz default now(),    -- null once it is over
  attempt_id uuid,
  attempts integer not null default 0,
  withdrawn boolean not null default false, -- a person took over: never queue it again
  started_at timestamptz,
  lease_until timestamptz,
  echoed_at timestamptz,                -- when the vendor posted it back
  vendor_id text,
  error text,
  primary key (company_id, message_id, part),
  constraint outbox_order unique (company_id, conversation_id, seq, part),
  foreign key (company_id, message_id) references message
) with (fillfactor = 70);
create index outbox_next on outbox (company_id, next_at) where next_at is not null;
create index outbox_open on outbox (company_id, conversation_id, seq, part) where state in ('queued', 'sending');
call protect('outbox', 'select, insert, update');

create table inbound_event (
  company_id uuid not null,
  integration_id uuid not null,
  event_key text not null,
  at timestamptz not null default now(),
  primary key (company_id, integration_id, event_key)
);
call protect('inbound_event', 'select, insert');

create table delivery (
  company_id uuid not null,
  received_at timestamptz not null default now(),
  id uuid not null,
  integration_id uuid not null,
  content_type text not null default '',
  headers jsonb not null default '{}',
  body bytea not null,
  -- raw: to be threaded; pending: threaded, but holds events to apply at next_at.
  state text not null check (state in ('raw', 'pending', 'done', 'duplicate', 'poison', 'late')),
  reason text,
  next_at timestamptz,
  attempts integer not null default 0,
  primary key (company_id, received_at, id)
) partition by range (received_at);
create index delivery_next on delivery (next_at) where next_at is not null;
create index delivery_state on delivery (company_id, state, received_at, id);
call protect('delivery', 'select, insert, update');

create table event (
  company_id uuid not null,
  at timestamptz not null default now(),
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity (cache 64),
  kind text not null,
  ref uuid not null,
  assignee_id uuid,
  primary key (company_id, at, xid, id)
) partition by range (at);
create index event_cursor on event (xid, id);
call protect('event', 'select, insert');

create table assignment_counter (
  company_id uuid not null references company,
  next bigint not null default 0,
  primary key (company_id)
);
call protect('assignment_counter', 'select');

create table reply (
  company_id uuid not null,
  message_id uuid not null,             -- what was sent, or the hand-over's event
  from_seq bigint not null,
  to_seq bigint not null,
  source text not null check (source in ('template', 'claude', 'fixed', 'none')),
  template_id uuid,
  score real,
  language text,
  mixed boolean not null default false,
  model text,
  request_id text,
  prompt_hash text,
  latency_ms integer not null default 0,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost_micro_usd bigint not null default 0,
  considered jsonb not null default '[]',
  checks jsonb not null default '[]',
  at timestamptz not null default now(),
  primary key (company_id, message_id),
  foreign key (company_id, message_id) references message
);
call protect('reply', 'select, insert');

create table idempotency (
  company_id uuid not null,
  actor_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  ref uuid not null,
  at timestamptz not null default now(),
  primary key (company_id, actor_id, key)
);
create index on idempotency (company_id, at);
call protect('idempotency', 'select, insert, delete');

-- roll_partitions makes the daily partitions three days ahead and drops those
-- past their keep, by UTC. Safe to call from every node. It gives up at once while
-- a backup holds the tables: every webhook would wait behind it.
-- +goose StatementBegin
create function roll_partitions() returns void language plpgsql security definer set search_path = sembang, pg_temp set lock_timeout = '200ms' set timezone = 'UTC' as $$
declare
  day date; child record;
begin
  perform pg_advisory_xact_lock(7311267);
  for day in select generate_series(current_date - 1, current_date + 3, '1 day')::date loop
    continue when to_regclass('sembang.event_' || to_char(day, 'YYYYMMDD')) is not null;
    execute format('create table delivery_%s partition of delivery for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
    execute format('create table event_%s partition of event for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
  end loop;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where (i.inhparent = 'delivery'::regclass and right(c.relname, 8) < to_char(current_date - 14, 'YYYYMMDD'))
       or (i.inhparent = 'event'::regclass and right(c.relname, 8) < to_char(current_date - 2, 'YYYYMMDD'))
  loop
    execute format('drop table %I', child.relname);
  end loop;
end $$;
-- +goose StatementEnd
revoke all on function roll_partitions() from public;
grant execute on function roll_partitions() to sembang_app;
select roll_partitions();

-- +goose StatementBegin
create function resolve_webhook(p_hash bytea)
returns table (company_id uuid, integration_id uuid, channel text, account_id text, sealed bytea, settings jsonb, country text)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select i.company_id, i.id, i.channel, i.account_id, i.sealed, i.settings, c.country
  from integration_door d
  join integration i on i.company_id = d.company_id and i.id = d.integration_id
  join company c on c.id = i.company_id
  where d.kind = 'hook' and d.hash = p_hash and i.active and (d.valid_until is null or d.valid_until > now())
$$;
-- +goose StatementEnd
alter function resolve_webhook(bytea) owner to sembang_exempt;
revoke all on function resolve_webhook(bytea) from public;
grant execute on function resolve_webhook(bytea) to sembang_app;

-- open_door lets a webhook key or a vendor token lead to one integration of the
-- company that asks; false when another integration has it already.
-- +goose StatementBegin
create function open_door(p_kind text, p_hash bytea, p_integration uuid) returns boolean
language plpgsql security definer set search_path = sembang, pg_temp as $$
begin
  insert into integration_door (kind, hash, company_id, integration_id) values (p_kind, p_hash, own_company(), p_integration) on conflict do nothing;
  return exists (select from integration_door d
    where d.kind = p_kind and d.hash = p_hash and d.company_id = own_company() and d.integration_id = p_integration);
end $$;
-- +goose StatementEnd
alter function open_door(text, bytea, uuid) owner to sembang_exempt;
revoke all on function open_door(text, bytea, uuid) from public;
grant execute on function open_door(text, bytea, uuid) to sembang_app;
