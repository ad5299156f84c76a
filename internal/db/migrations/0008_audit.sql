-- +goose Up
-- Who did what: one hash chain a company. The app may read it and append to it
-- through audit_append; nobody but the owner can change a row.

create table audit_head (
  company_id uuid not null references company on delete cascade,
  seq bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (company_id)
);
call protect('audit_head', 'select');

create table audit_entry (
  company_id uuid not null references company on delete cascade,
  seq bigint not null,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'api_key', 'operator', 'system')),
  actor_id uuid,
  actor_name text not null check (length(actor_name) <= 300),
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  target_kind text not null check (length(target_kind) <= 50),
  target_id text not null check (length(target_id) <= 300),
  reason text not null default '' check (length(reason) <= 500),
  address text not null default '' check (length(address) <= 64),
  request_id text not null default '' check (length(request_id) <= 64),
  before text,
  after text,
  previous bytea not null check (octet_length(previous) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (company_id, seq)
);
create index audit_entry_by_target on audit_entry (company_id, target_id, seq);
call protect('audit_entry', 'select');

-- audit_digest is the hash of an entry: every column with its length, so that no
-- two entries read the same.
-- +goose StatementBegin
create function audit_digest(e audit_entry) returns bytea language sql immutable set search_path = sembang, pg_temp as $$
  select sha256(e.previous || convert_to(string_agg(coalesce(length(f)::text || ':' || f, '-'), '|' order by n), 'UTF8'))
  from unnest(array[e.company_id::text, e.seq::text, (extract(epoch from e.at) * 1000000)::bigint::text, e.actor_kind, e.actor_id::text, e.actor_name,
    e.action, e.target_kind, e.target_id, e.reason, e.address, e.request_id, e.before, e.after]) with ordinality as x (f, n)
$$;
create function audit_append(p_at timestamptz, p_actor_kind text, p_actor_id uuid, p_actor_name text, p_action text, p_target_kind text,
  p_target_id text, p_reason text, p_address text, p_request_id text, p_before text, p_after text)
returns bigint language plpgsql security definer set search_path = sembang, pg_temp as $$
declare e audit_entry;
begin
  insert into audit_head as h (company_id, seq, hash) values (own_company(), 1, decode(repeat('00', 32), 'hex'))
    on conflict (company_id) do update set seq = h.seq + 1
    returning h.company_id, h.seq, h.hash into e.company_id, e.seq, e.previous;
  e.at := p_at; e.actor_kind := p_actor_kind; e.actor_id := p_actor_id; e.actor_name := p_actor_name; e.action := p_action;
  e.target_kind := p_target_kind; e.target_id := p_target_id; e.reason := p_reason; e.address := p_address; e.request_id := p_request_id;
  e.before := p_before; e.after := p_after;
  e.hash := audit_digest(e);
  insert into audit_entry select e.*;
  update audit_head set hash = e.hash where company_id = e.company_id;
  return e.seq;
end $$;
-- +goose StatementEnd
alter function audit_append(timestamptz, text, uuid, text, text, text, text, text, text, text, text, text) owner to sembang_exempt;
revoke all on function audit_append(timestamptz, text, uuid, text, text, text, text, text, text, text, text, text) from public;
grant execute on function audit_append(timestamptz, text, uuid, text, text, text, text, text, text, text, text, text) to sembang_app;
revoke all on function audit_digest(audit_entry) from public;
grant execute on function audit_digest(audit_entry) to sembang_app, sembang_exempt;
