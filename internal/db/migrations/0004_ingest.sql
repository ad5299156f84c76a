-- +goose Up

-- ingest accepts a batch of webhook deliveries and the messages they held, of
-- any companies, in one transaction: it is the hot path. The caller has verified
-- the deliveries. Rows are locked and inserted in key order, class by class
-- (identity, conversation, mailbox, counter), so that two batches cannot
-- deadlock. Message i belongs to delivery m_delivery[i] (1-based).
--
-- A delivery whose state is '' is stored already: only its messages are threaded.
--
-- It returns one row a message: its ordinal, accepted or duplicate, where it went,
-- and in how long the batch's first turn is due, null if none is. A duplicate waits
-- for the original's commit on the mailbox row, and may leave a gap in seq.
--
-- A call costs mostly the start of its few large statements, whatever it carries:
-- hence few of them, without a scan over all partitions of message, and planned
-- once a connection. No plan is made for tables that were empty then.
-- +goose StatementBegin
create function ingest(
  d_company uuid[], d_integration uuid[], d_id uuid[], d_type text[], d_headers jsonb[], d_body bytea[], d_state text[], d_reason text[], d_delay double precision[],
  m_delivery int[], m_vendor_id text[], m_kind text[], m_external text[], m_name text[], m_phone text[], m_content text[], m_body text[], m_sent_at timestamptz[],
  m_id uuid[], m_contact uuid[], m_conversation uuid[])
returns table (ord int, outcome text, message_id uuid, conversation_id uuid, due_in interval)
language plpgsql security definer set search_path = sembang, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  m_company uuid[]; m_integration uuid[]; contact uuid[]; convo uuid[]; known uuid[];
  again boolean; opened boolean := false;
begin
  select array_agg(d_company[x] order by n), array_agg(d_integration[x] order by n)
    into m_company, m_integration from unnest(m_delivery) with ordinality as u(x, n);

  if cardinality(m_id) > 0 then
    -- Who wrote, and where it belongs: the contact's open conversation.
    select array_agg(i.contact_id order by n), array_agg(v.id order by n) into contact, convo
      from unnest(m_company, m_integration, m_external) with ordinality as u(c, g, x, n)
      left join contact_identity i on i.company_id = c and i.integration_id = g and i.external_id = x
      left join conversation v on v.company_id = c and v.integration_id = g and v.contact_id = i.contact_id and v.status <> 'resolved';

    -- The identity is what rivals race for, its winner makes the contact.
    if array_position(contact, null) is not null then
      with won as (
        insert into contact_identity (company_id, integration_id, external_id, kind, contact_id)
          select distinct on (c, g, x) c, g, x, k, new
          from unnest(m_company, m_integration, m_external, m_kind, m_contact, contact) with ordinality as u(c, g, x, k, new, known, n)
          where known is null order by c, g, x, n
        on conflict do nothing returning company_id, contact_id)
      insert into contact (company_id, id, name, phone_e164)
        select distinct on (c, new) c, new, coalesce(name, ''), phone
        from unnest(m_company, m_contact, m_name, m_phone) as u(c, new, name, phone)
        join won on won.company_id = c and won.contact_id = new;
      select array_agg(i.contact_id order by n) into contact
        from unnest(m_company, m_integration, m_external) with ordinality as u(c, g, x, n)
        join contact_identity i on i.company_id = c and i.integration_id = g and i.external_id = x;
    end if;

    -- A conversation may be resolved between the look and the lock; then look again.
    loop
      if array_position(convo, null) is not null then
        -- A message that is there already opens no conversation.
        select array_agg(m.conversation_id order by n) into known
          from unnest(m_company, m_integration, m_vendor_id) with ordinality as u(c, g, vendor, n)
          left join message m on m.company_id = c and m.integration_id = g and m.vendor_id = vendor;
        convo := ingest_look(m_company, m_integration, contact, known);
        opened := true;
        perform ingest_conversations(m_company, m_integration, contact, m_external, m_conversation, convo);
        convo := ingest_look(m_company, m_integration, contact, known);
      end if;
      with locked as (
        select b.closed and array_position(known, b.conversation_id) is null as moved from mailbox b
        where (b.company_id, b.conversation_id) in (select c, v from unnest(m_company, convo) as u(c, v))
        order by b.company_id, b.conversation_id for no key update)
      select coalesce(bool_or(moved), false) into again from locked;
      exit when not again and array_position(convo, null) is null;
      convo := ingest_look(m_company, m_integration, contact, null);
    end loop;
    if opened then perform ingest_assign(m_company, m_conversation, convo); end if;
  end if;

  return query
  with given as (
    select u.*, b.last_seq + row_number() over (partition by c, v order by n) as seq
    from unnest(m_company, m_integration, m_vendor_id, convo, m_id, m_content, m_body, m_sent_at)
      with ordinality as u(c, g, vendor, v, id, content, body, sent, n)
    join mailbox b on b.company_id = c and b.conversation_id = v),
  added as (
    insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, content, body, vendor_id, state, sent_at)
      select c, id, v, g, seq, 'in', 'contact', content, body, vendor, 'received', sent from given order by c, id
    on conflict (company_id, integration_id, vendor_id) do nothing
    returning company_id as c, conversation_id as v, id, seq, body),
  per as (
    select distinct on (c, v) c, v, seq, body, count(*) over (partition by c, v) as many from added order by c, v, seq desc),
  boxes as (
    update mailbox b set last_seq = per.seq, last_in = per.seq,
      first_due_at = case when k.status = 'active' then coalesce(b.first_due_at, now()) end,
      due_at = case
        when k.status <> 'active' or b.bot_state = 'handed_over' then null
        when b.lease_until > now() then b.due_at
        when b.bot_state = 'paused' and (b.paused_until is null or b.paused_until > now()) then b.paused_until
        else least(now() + k.quiet, coalesce(b.first_due_at, now()) + greatest(interval '2 seconds', k.quiet)) end
    from per join company k on k.id = per.c
    where b.company_id = per.c and b.conversation_id = per.v
    returning b.due_at),
  threads as (
    update conversation v set last_at = now(), last_author = 'contact', last_text = left(per.body, 160), unread = v.unread + per.many,
      waiting_since = coalesce(v.waiting_since, now()),
      status = case when v.status = 'snoozed' then 'open' else v.status end,
      active_at = case when v.active_at < now() - interval '30 seconds' then now() else v.active_at end
    from per where v.company_id = per.c and v.id = per.v
    returning v.company_id, v.id, v.assignee_id),
  told as (insert into event (company_id, kind, ref, assignee_id) select company_id, 'message', id, assignee_id from threads),
  -- Grouped rather than joined: the planner takes each side for one row, and would
  -- compare every message with every other.
  outcomes as (
    select max(n) as n, bool_or(n is null) as fresh from (select n, id from given union all select null, id from added) as u group by id),
  stored as (
    insert into delivery (company_id, id, integration_id, content_type, headers, body, state, reason, next_at)
      select c, id, g, kind, headers, body,
        case when state = 'done' and not any_new then 'duplicate' else state end, reason,
        now() + delay * interval '1 second'
      from unnest(d_company, d_id, d_integration, d_type, d_headers, d_body, d_state, d_reason, d_delay)
        with ordinality as u(c, id, g, kind, headers, body, state, reason, delay, n)
      left join (select m_delivery[n] as delivery, bool_or(fresh) as any_new from outcomes group by 1) as held on held.delivery = n
      where state <> '')
  select n::int, case when fresh then 'accepted' else 'duplicate' end, m_id[n], convo[n], (select min(due_at) from boxes) - now()
  from outcomes;
end $$;
-- +goose StatementEnd

-- ingest_look returns the open conversation of each contact, or else where its
-- message is known to be; null where there is neither.
-- +goose StatementBegin
create function ingest_look(m_company uuid[], m_integration uuid[], contact uuid[], known uuid[]) returns uuid[]
language plpgsql set search_path = sembang, pg_temp as $$
begin
  return (
    select array_agg(coalesce(v.id, known[n]) order by n)
    from unnest(m_company, m_integration, contact) with ordinality as u(c, g, k, n)
    left join conversation v on v.company_id = c and v.integration_id = g and v.contact_id = k and v.status <> 'resolved');
end $$;
-- +goose StatementEnd

-- ingest_conversations opens the conversations that are missing. Rivals agree
-- through conversation_one_open.
-- +goose StatementBegin
create function ingest_conversations(m_company uuid[], m_integration uuid[], contact uuid[], m_external text[], m_conversation uuid[], convo uuid[])
returns void language plpgsql set search_path = sembang, pg_temp as $$
begin
  with opened as (
    insert into conversation (company_id, id, integration_id, contact_id, external_id)
      select distinct on (c, g, k) c, new, g, k, x
      from unnest(m_company, m_integration, contact, m_external, m_conversation, convo) with ordinality as u(c, g, k, x, new, known, n)
      where known is null order by c, g, k, n
    on conflict (company_id, integration_id, contact_id) where status <> 'resolved' do nothing
    returning company_id, id)
  insert into mailbox (company_id, conversation_id) select company_id, id from opened order by company_id, id;
end $$;
-- +goose StatementEnd

-- ingest_assign gives the conversations this batch opened to the company's
-- active agents, round robin; nobody active leaves them unassigned.
-- +goose StatementBegin
create function ingest_assign(m_company uuid[], m_conversation uuid[], convo uuid[])
returns void language plpgsql set search_path = sembang, pg_temp as $$
declare
  opened uuid[]; opened_company uuid[]; opened_rank bigint[];
begin
  select array_agg(v), array_agg(c), array_agg(r) into opened, opened_company, opened_rank from (
    select c, v, row_number() over (partition by c order by min(n)) as r
    from unnest(m_company, m_conversation, convo) with ordinality as u(c, new, v, n)
    where v = any (m_conversation) group by c, v) as mine;
  if opened is null then return; end if;

  insert into assignment_counter (company_id) select distinct c from unnest(opened_company) as u(c) order by c on conflict do nothing;
  perform from assignment_counter where company_id = any (opened_company) order by company_id for update;
  with agents as (
    select company_id, id, row_number() over (partition by company_id order by id) - 1 as place, count(*) over (partition by company_id) as many
    from app_user where company_id = any (opened_company) and role = 'company_user' and active and availability = 'online')
  update conversation v set assignee_id = a.id
    from unnest(opened_company, opened, opened_rank) as u(c, id, r)
    join assignment_counter k on k.company_id = c
    join agents a on a.company_id = c
    where v.company_id = c and v.id = u.id and a.place = (k.next + r - 1) % a.many;
  update assignment_counter k set next = k.next + many
    from (select c, count(*) as many from unnest(opened_company) as u(c) group by c) as n where k.company_id = n.c;
end $$;
-- +goose StatementEnd

alter function ingest_look(uuid[], uuid[], uuid[], uuid[]) owner to sembang_exempt;
alter function ingest_conversations(uuid[], uuid[], uuid[], text[], uuid[], uuid[]) owner to sembang_exempt;
alter function ingest_assign(uuid[], uuid[], uuid[]) owner to sembang_exempt;
alter function ingest(uuid[], uuid[], uuid[], text[], jsonb[], bytea[], text[], text[], double precision[], int[], text[], text[], text[], text[], text[], text[], text[], timestamptz[], uuid[], uuid[], uuid[]) owner to sembang_exempt;
revoke all on function ingest_look(uuid[], uuid[], uuid[], uuid[]) from public;
revoke all on function ingest_conversations(uuid[], uuid[], uuid[], text[], uuid[], uuid[]) from public;
revoke all on function ingest_assign(uuid[], uuid[], uuid[]) from public;
revoke all on function ingest(uuid[], uuid[], uuid[], text[], jsonb[], bytea[], text[], text[], double precision[], int[], text[], text[], text[], text[], text[], text[], text[], timestamptz[], uuid[], uuid[], uuid[]) from public;
grant execute on function ingest(uuid[], uuid[], uuid[], text[], jsonb[], bytea[], text[], text[], double precision[], int[], text[], text[], text[], text[], text[], text[], text[], timestamptz[], uuid[], uuid[], uuid[]) to sembang_app;
