-- The yardstick: what a careful engineer writes when one message is one call. It
-- does for one message what the ingest door does for a batch, on the same tables,
-- indexes, constraints and partitions: store the delivery, find or make the
-- identity, the contact and the conversation (with its agent by round robin),
-- lock the mailbox, dedupe, insert the message, move the mailbox's due time and
-- the conversation, add the event. Its statements are plain and their plans are
-- cached; it runs as superuser, past row-level security and without the door's
-- `set search_path`, so it is cheaper than the same function in the product.
create function bench_receive(
  p_company uuid, p_integration uuid, p_delivery uuid, p_type text, p_headers jsonb, p_raw bytea,
  p_vendor text, p_kind text, p_external text, p_name text, p_phone text, p_text text, p_sent timestamptz,
  p_message uuid, p_contact uuid, p_conversation uuid)
returns boolean language plpgsql as $$
declare
  k record; v_contact uuid; v_conversation uuid; v_seq bigint; v_closed boolean; v_agents bigint; v_next bigint; v_assignee uuid;
begin
  select contact_id into v_contact from contact_identity
    where company_id = p_company and integration_id = p_integration and external_id = p_external;
  if not found then
    insert into contact_identity (company_id, integration_id, external_id, kind, contact_id)
      values (p_company, p_integration, p_external, p_kind, p_contact) on conflict do nothing;
    if found then
      insert into contact (company_id, id, name, phone_e164) values (p_company, p_contact, p_name, p_phone);
      v_contact := p_contact;
    else
      select contact_id into v_contact from contact_identity
        where company_id = p_company and integration_id = p_integration and external_id = p_external;
    end if;
  end if;

  loop
    select id into v_conversation from conversation
      where company_id = p_company and integration_id = p_integration and contact_id = v_contact and status <> 'resolved';
    if not found then
      insert into conversation (company_id, id, integration_id, contact_id, external_id)
        values (p_company, p_conversation, p_integration, v_contact, p_external)
        on conflict (company_id, integration_id, contact_id) where status <> 'resolved' do nothing;
      continue when not found;
      v_conversation := p_conversation;
      insert into mailbox (company_id, conversation_id) values (p_company, p_conversation);
      insert into assignment_counter (company_id) values (p_company) on conflict do nothing;
      select next into v_next from assignment_counter where company_id = p_company for update;
      select count(*) into v_agents from app_user
        where company_id = p_company and role = 'company_user' and active and availability = 'online';
      if v_agents > 0 then
        update conversation set assignee_id = (
            select id from app_user where company_id = p_company and role = 'company_user' and active and availability = 'online'
            order by id offset v_next % v_agents limit 1)
          where company_id = p_company and id = p_conversation;
      end if;
      update assignment_counter set next = v_next + 1 where company_id = p_company;
    end if;
    select last_seq, closed into v_seq, v_closed from mailbox
      where company_id = p_company and conversation_id = v_conversation for no key update;
    exit when not v_closed;
  end loop;

  perform from message where company_id = p_company and integration_id = p_integration and vendor_id = p_vendor;
  if found then
    insert into delivery (company_id, id, integration_id, content_type, headers, body, state)
      values (p_company, p_delivery, p_integration, p_type, p_headers, p_raw, 'duplicate');
    return false;
  end if;

  insert into message (company_id, id, conversation_id, integration_id, seq, direction, author, content, body, vendor_id, state, sent_at)
    values (p_company, p_message, v_conversation, p_integration, v_seq + 1, 'in', 'contact', 'text', p_text, p_vendor, 'received', p_sent);
  select status, quiet into k from company where id = p_company;
  update mailbox set last_seq = v_seq + 1, last_in = v_seq + 1,
      first_due_at = case when k.status = 'active' then coalesce(first_due_at, now()) end,
      due_at = case
        when k.status <> 'active' or bot_state = 'handed_over' then null
        when lease_until > now() then due_at
        when bot_state = 'paused' and (paused_until is null or paused_until > now()) then paused_until
        else least(now() + k.quiet, coalesce(first_due_at, now()) + greatest(interval '2 seconds', k.quiet)) end
    where company_id = p_company and conversation_id = v_conversation;
  update conversation set last_at = now(), last_author = 'contact', last_text = left(p_text, 160), unread = unread + 1,
      waiting_since = coalesce(waiting_since, now()),
      status = case when status = 'snoozed' then 'open' else status end,
      active_at = case when active_at < now() - interval '30 seconds' then now() else active_at end
    where company_id = p_company and id = v_conversation returning assignee_id into v_assignee;
  insert into event (company_id, kind, ref, assignee_id) values (p_company, 'message', v_conversation, v_assignee);
  insert into delivery (company_id, id, integration_id, content_type, headers, body, state)
    values (p_company, p_delivery, p_integration, p_type, p_headers, p_raw, 'done');
  return true;
end $$;
