-- +goose Up

-- claim_turns leases conversations whose turn is due: round robin over the
-- companies that have any, at most p_per_company of each, none of p_busy. A lease
-- pushes due_at to its end, so a crashed node's turns come due again by themselves
-- and running ones stay out of the way.
-- +goose StatementBegin
create function claim_turns(p_limit int, p_per_company int, p_lease interval, p_busy uuid[])
returns table (company_id uuid, conversation_id uuid, lease uuid, processed bigint, last_in bigint, attempts int)
language sql security definer set search_path = sembang, pg_temp as $$
  with recursive companies as (
    (select b.company_id as c from mailbox b where b.due_at is not null order by 1 limit 1)
    union all
    select (select b.company_id from mailbox b where b.due_at is not null and b.company_id > k.c order by 1 limit 1)
    from companies k where k.c is not null),
  ranked as (
    select b.*, row_number() over (partition by k.c order by b.due_at) as place
    from companies k cross join lateral (
      select b.company_id, b.conversation_id, b.due_at from mailbox b
      where b.company_id = k.c and b.due_at <= now() order by b.due_at limit p_per_company) b
    where k.c <> all (p_busy)),
  picked as (
    select b.company_id, b.conversation_id from mailbox b
    where (b.company_id, b.conversation_id) in (select r.company_id, r.conversation_id from ranked r order by r.place, r.due_at limit p_limit)
      and b.due_at <= now()
    for no key update skip locked)
  update mailbox b set lease = gen_random_uuid(), lease_until = now() + p_lease, due_at = now() + p_lease, attempts = b.attempts + 1
  from picked p where b.company_id = p.company_id and b.conversation_id = p.conversation_id
  returning b.company_id, b.conversation_id, b.lease, b.processed, b.last_in, b.attempts
$$;
-- +goose StatementEnd
alter function claim_turns(int, int, interval, uuid[]) owner to sembang_exempt;
revoke all on function claim_turns(int, int, interval, uuid[]) from public;
grant execute on function claim_turns(int, int, interval, uuid[]) to sembang_app;

-- extend_turns is the heartbeat: it keeps the leases a node still works on. A
-- locked row is being settled; waiting for it could cost the others.
-- +goose StatementBegin
create function extend_turns(p_leases uuid[], p_conversations uuid[], p_companies uuid[], p_lease interval) returns void
language sql security definer set search_path = sembang, pg_temp as $$
  with mine as (
    select b.company_id, b.conversation_id from mailbox b
    join unnest(p_companies, p_conversations, p_leases) as u(c, v, l) on b.company_id = c and b.conversation_id = v and b.lease = l
    order by b.company_id, b.conversation_id for no key update of b skip locked)
  update mailbox b set lease_until = now() + p_lease, due_at = now() + p_lease
  from mine where b.company_id = mine.company_id and b.conversation_id = mine.conversation_id
$$;
-- +goose StatementEnd
alter function extend_turns(uuid[], uuid[], uuid[], interval) owner to sembang_exempt;
revoke all on function extend_turns(uuid[], uuid[], uuid[], interval) from public;
grant execute on function extend_turns(uuid[], uuid[], uuid[], interval) to sembang_app;

-- take_token tells whether a send may go out now under one limit (GCRA), and
-- counts it if so.
-- +goose StatementBegin
create function take_token(p_company uuid, p_integration uuid, p_scope text, p_interval interval, p_burst int) returns boolean
language plpgsql set search_path = sembang, pg_temp as $$
begin
  insert into send_limit as l (company_id, integration_id, scope, next_at) values (p_company, p_integration, p_scope, now() + p_interval)
  on conflict (company_id, integration_id, scope) do update set next_at = greatest(l.next_at, now()) + p_interval
    where coalesce(l.blocked_until, '-infinity') <= now() and greatest(l.next_at, now()) - now() <= p_interval * (p_burst - 1);
  return found;
end $$;
-- +goose StatementEnd
alter function take_token(uuid, uuid, text, interval, int) owner to sembang_exempt;
revoke all on function take_token(uuid, uuid, text, interval, int) from public;

-- claim_sends first flags what a crashed node left in `sending` as unknown: it
-- may have been sent, so it is never sent again blindly; an echo proves that it was.
-- Then it claims parts in
-- their order within a conversation, round robin over companies, none of p_busy, as far as the
-- account's and the contact's limits allow. `sending` is committed before the call.
-- +goose StatementBegin
create function claim_sends(p_limit int, p_per_company int, p_lease interval, p_busy uuid[])
returns table (company_id uuid, message_id uuid, part int, conversation_id uuid, integration_id uuid, attempt_id uuid, attempts int, kind text, external_id text, body text)
language plpgsql security definer set search_path = sembang, pg_temp as $$
#variable_conflict use_column
declare
  r record; attempt uuid; left_over int := p_limit;
begin
  for r in
    select o.company_id, o.message_id, o.part, o.conversation_id from outbox o
    where o.state = 'sending' and o.next_at <= now() order by 1, 2, 3 limit p_limit for no key update skip locked
  loop
    update outbox o set state = case when echoed_at is null then 'unknown' else 'sent' end,
        error = case when echoed_at is null then 'no_answer' end, next_at = null, lease_until = null
      where o.company_id = r.company_id and o.message_id = r.message_id and o.part = r.part;
    perform settle_message(r.company_id, r.message_id);
  end loop;

  for r in
    with recursive companies as (
      (select o.company_id as c from outbox o where o.next_at is not null order by 1 limit 1)
      union all
      select (select o.company_id from outbox o where o.next_at is not null and o.company_id > k.c order by 1 limit 1)
      from companies k where k.c is not null),
    ready as (
      select o.*, row_number() over (partition by k.c order by o.next_at) as place
      from companies k cross join lateral (
        select o.company_id, o.message_id, o.part, o.next_at from outbox o
        join integration i on i.company_id = o.company_id and i.id = o.integration_id and i.active
        where o.company_id = k.c and o.next_at <= now() and o.state = 'queued'
          and not exists (select from outbox e where e.company_id = o.company_id and e.conversation_id = o.conversation_id
            and e.state in ('queued', 'sending') and (e.seq, e.part) < (o.seq, o.part))
        order by o.next_at limit p_per_company) o
      where k.c <> all (p_busy))
    select o.*, i.send_per_minute, i.send_burst from outbox o
    join integration i on i.company_id = o.company_id and i.id = o.integration_id
    where (o.company_id, o.message_id, o.part) in (select company_id, message_id, part from ready order by place, next_at limit 2 * p_limit)
      and o.state = 'queued' and o.next_at <= now()
    order by o.company_id, o.integration_id, o.next_at, o.seq, o.part
    for no key update of o skip locked
  loop
    exit when left_over = 0;
    if not take_token(r.company_id, r.integration_id, 'account', interval '1 minute' / r.send_per_minute, r.send_burst) then
      -- Look again when the account may send again, not at every claim.
      update outbox o set next_at = greatest(now() + interval '50 milliseconds', coalesce((
          select greatest(l.next_at - interval '1 minute' / r.send_per_minute * (r.send_burst - 1), l.blocked_until)
          from send_limit l where l.company_id = r.company_id and l.integration_id = r.integration_id and l.scope = 'account'), now()))
        where o.company_id = r.company_id and o.message_id = r.message_id and o.part = r.part;
      continue;
    end if;
    attempt := gen_random_uuid();
    update outbox o set state = 'sending', attempt_id = attempt, attempts = o.attempts + 1, started_at = now(),
        lease_until = now() + p_lease, next_at = now() + p_lease
      where o.company_id = r.company_id and o.message_id = r.message_id and o.part = r.part;
    left_over := left_over - 1;
    company_id := r.company_id; message_id := r.message_id; part := r.part; conversation_id := r.conversation_id;
    integration_id := r.integration_id; attempt_id := attempt; attempts := r.attempts + 1; kind := r.kind;
    external_id := r.external_id; body := r.body;
    return next;
  end loop;
end $$;
-- +goose StatementEnd
alter function claim_sends(int, int, interval, uuid[]) owner to sembang_exempt;
revoke all on function claim_sends(int, int, interval, uuid[]) from public;
grant execute on function claim_sends(int, int, interval, uuid[]) to sembang_app;

-- +goose StatementBegin
create function extend_sends(p_companies uuid[], p_messages uuid[], p_parts int[], p_attempts uuid[], p_lease interval) returns void
language sql security definer set search_path = sembang, pg_temp as $$
  with mine as (
    select o.company_id, o.message_id, o.part from outbox o
    join unnest(p_companies, p_messages, p_parts, p_attempts) as u(c, m, p, a) on o.company_id = c and o.message_id = m and o.part = p and o.attempt_id = a
    where o.state = 'sending' order by 1, 2, 3 for no key update of o skip locked)
  update outbox o set lease_until = now() + p_lease, next_at = now() + p_lease
  from mine where o.company_id = mine.company_id and o.message_id = mine.message_id and o.part = mine.part
$$;
-- +goose StatementEnd
alter function extend_sends(uuid[], uuid[], int[], uuid[], interval) owner to sembang_exempt;
revoke all on function extend_sends(uuid[], uuid[], int[], uuid[], interval) from public;
grant execute on function extend_sends(uuid[], uuid[], int[], uuid[], interval) to sembang_app;

-- settle_message derives a message's state from its parts, the worst first, and
-- tells the open pages.
-- +goose StatementBegin
create function settle_message(p_company uuid, p_message uuid) returns void
language plpgsql set search_path = sembang, pg_temp as $$
begin
  -- Before the parts are read: another part may be settled at this moment.
  perform from message where company_id = p_company and id = p_message for no key update;
  with settled as (
    update message m set state = s.state, error = s.error from (
      select case
          when bool_or(state = 'failed') then 'failed' when bool_or(state = 'unknown') then 'unknown'
          when bool_and(state = 'sent') then 'sent' when bool_or(state in ('sending', 'sent')) then 'sending' else 'queued' end as state,
        max(error) filter (where state in ('failed', 'unknown')) as error
      from outbox where company_id = p_company and message_id = p_message) s
    where m.company_id = p_company and m.id = p_message
    returning m.company_id, m.conversation_id)
  insert into event (company_id, kind, ref, assignee_id)
    select s.company_id, 'status', s.conversation_id, v.assignee_id from settled s
    join conversation v on v.company_id = s.company_id and v.id = s.conversation_id;
end $$;
-- +goose StatementEnd
revoke all on function settle_message(uuid, uuid) from public;
grant execute on function settle_message(uuid, uuid) to sembang_app, sembang_exempt;

-- claim_deliveries leases deliveries that still hold work: raw ones to thread,
-- pending ones whose events (echoes, edits) are due. Their age is by this clock, as
-- received_at is.
-- +goose StatementBegin
create function claim_deliveries(p_limit int, p_lease interval)
returns table (company_id uuid, received_at timestamptz, id uuid, integration_id uuid, channel text, content_type text, headers jsonb, body bytea, state text, attempts int, age interval)
language sql security definer set search_path = sembang, pg_temp as $$
  with due as (
    select d.company_id, d.received_at, d.id from delivery d
    where d.next_at is not null and d.next_at <= now() order by d.next_at limit p_limit for no key update skip locked)
  update delivery d set next_at = now() + p_lease, attempts = d.attempts + 1
  from due join integration i on i.company_id = due.company_id
  where d.company_id = due.company_id and d.received_at = due.received_at and d.id = due.id and i.id = d.integration_id
  returning d.company_id, d.received_at, d.id, d.integration_id, i.channel, d.content_type, d.headers, d.body, d.state, d.attempts, now() - d.received_at
$$;
-- +goose StatementEnd
alter function claim_deliveries(int, interval) owner to sembang_exempt;
revoke all on function claim_deliveries(int, interval) from public;
grant execute on function claim_deliveries(int, interval) to sembang_app;

-- read_events returns what was committed after a cursor, in its order. Rows of
-- transactions that still run, or that started before one that does, wait.
-- +goose StatementBegin
create function read_events(p_xid xid8, p_id bigint, p_limit int)
returns table (company_id uuid, xid xid8, id bigint, kind text, ref uuid, assignee_id uuid)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select e.company_id, e.xid, e.id, e.kind, e.ref, e.assignee_id from event e
  where (e.xid, e.id) > (p_xid, p_id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by e.xid, e.id limit p_limit
$$;
-- +goose StatementEnd
alter function read_events(xid8, bigint, int) owner to sembang_exempt;
revoke all on function read_events(xid8, bigint, int) from public;
grant execute on function read_events(xid8, bigint, int) to sembang_app;

-- sweep_expired deletes what no longer means anything: it is bounded, and run
-- again each hour.
grant select, delete on throttle to sembang_exempt;
-- +goose StatementBegin
create function sweep_expired() returns void language plpgsql security definer set search_path = sembang, pg_temp as $$
begin
  delete from idempotency where ctid = any (array(select ctid from idempotency where at < now() - interval '1 day' limit 10000));
  delete from inbound_event where ctid = any (array(select ctid from inbound_event where at < now() - interval '8 days' limit 10000));
  delete from refresh_token where ctid = any (array(select ctid from refresh_token where expires_at < now() - interval '1 day' limit 10000));
  delete from session where ctid = any (array(select ctid from session where absolute_until < now() - interval '30 days' limit 10000));
  delete from throttle where ctid = any (array(select ctid from throttle where failed_at < now() - interval '2 days' and blocked_until < now() limit 10000));
end $$;
-- +goose StatementEnd
alter function sweep_expired() owner to sembang_exempt;
revoke all on function sweep_expired() from public;
grant execute on function sweep_expired() to sembang_app;
