-- +goose Up
-- What a company may change about itself. Its name, status and money are the
-- platform's to set.

alter table company
  add constraint company_handover_text_by_language check (
    jsonb_typeof(handover_text) = 'object' and handover_text - '{en,ms,zh}'::text[] = '{}'
    and coalesce(jsonb_typeof(handover_text -> 'en'), 'string') = 'string' and length(handover_text ->> 'en') is distinct from 0
    and coalesce(jsonb_typeof(handover_text -> 'ms'), 'string') = 'string' and length(handover_text ->> 'ms') is distinct from 0
    and coalesce(jsonb_typeof(handover_text -> 'zh'), 'string') = 'string' and length(handover_text ->> 'zh') is distinct from 0
    and length(handover_text::text) <= 4000),
  add constraint company_takeover_pause_bounded check (takeover_pause between '0' and '7 days');

-- company_update_self changes the settings of the company of the setting, and of
-- no other; null leaves one as it is.
-- +goose StatementBegin
create function company_update_self(p_persona text default null, p_handover_text jsonb default null, p_agent_scope text default null,
  p_quiet interval default null, p_takeover_pause interval default null)
returns void language sql security definer set search_path = sembang, pg_temp as $$
  update company set persona = coalesce(p_persona, persona), handover_text = coalesce(p_handover_text, handover_text),
    agent_scope = coalesce(p_agent_scope, agent_scope), quiet = coalesce(p_quiet, quiet), takeover_pause = coalesce(p_takeover_pause, takeover_pause)
  where id = own_company()
$$;
-- +goose StatementEnd
alter function company_update_self(text, jsonb, text, interval, interval) owner to sembang_exempt;
revoke all on function company_update_self(text, jsonb, text, interval, interval) from public;
grant execute on function company_update_self(text, jsonb, text, interval, interval) to sembang_app;
