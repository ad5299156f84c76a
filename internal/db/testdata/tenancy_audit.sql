-- Every row is a finding; the exemptions, each with its reason, are in audit_test.go.
with relation as (
  select c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner, c.reloptions
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)' and c.relkind in ('r', 'p', 'v', 'm', 'f')),
tab as (select * from relation where relkind in ('r', 'p') and not relispartition),
company_column as (
  select a.attrelid, a.attnum, a.attnotnull, a.atttypid::regtype::text as typ from pg_attribute a where a.attname = 'company_id' and not a.attisdropped),
app_role as (select oid, rolname from pg_roles where rolname in ('sembang_app', 'sembang_platform')),
policy as (
  select p.polrelid, p.polname, p.polroles::regrole[]::text[] as roles, p.polcmd, p.polpermissive,
    pg_get_expr(p.polqual, p.polrelid) as qual, pg_get_expr(p.polwithcheck, p.polrelid) as chk from pg_policy p),
definer as (
  select p.oid, p.oid::regprocedure::text as name, p.proname, p.proconfig, n.nspname, pg_get_userbyid(p.proowner) as owner
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema'))
select 'table without company_id' as finding, relname::text as object from tab where not exists (select from company_column where attrelid = oid)
union all select 'company_id nullable or not uuid', relname from tab join company_column on attrelid = oid where not attnotnull or typ <> 'uuid'
union all select 'row-level security not enabled', relname from tab where not relrowsecurity
union all select 'row-level security not forced', relname from tab where relrowsecurity and not relforcerowsecurity
union all select 'policies are not exactly tenant and door', relname from tab where relrowsecurity and not (
  exists (select from policy where polrelid = oid and polname = 'tenant' and roles = '{sembang_app}' and polcmd = '*' and polpermissive
    and qual = $p$(company_id = (( SELECT NULLIF(current_setting('app.company_id'::text, true), ''::text) AS "nullif"))::uuid)$p$ and chk = qual)
  and exists (select from policy where polrelid = oid and polname = 'door' and roles = '{sembang_exempt}' and polcmd = '*' and polpermissive and qual = 'true' and chk = 'true')
  and (select count(*) from policy where polrelid = oid) = 2)
union all select 'primary key does not start with company_id', t.relname from tab t join company_column c on c.attrelid = t.oid
  where not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p' and k.conkey[1] = c.attnum)
union all select 'unique key does not start with company_id', i.indexrelid::regclass::text from tab t join pg_index i on i.indrelid = t.oid and i.indisunique and not i.indisprimary
  join company_column c on c.attrelid = t.oid where i.indkey[0] <> c.attnum
union all select 'foreign key between tenant tables does not carry company_id', t.relname || '.' || k.conname from tab t
  join pg_constraint k on k.conrelid = t.oid and k.contype = 'f' join company_column c on c.attrelid = t.oid join company_column f on f.attrelid = k.confrelid
  where array_position(k.conkey, c.attnum) is distinct from array_position(k.confkey, f.attnum) or array_position(k.conkey, c.attnum) is null
union all select 'foreign key would null company_id', t.relname || '.' || k.conname from tab t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
  join company_column c on c.attrelid = t.oid where (k.confdeltype in ('n', 'd') and c.attnum = any (coalesce(k.confdelsetcols, k.conkey))) or k.confupdtype in ('n', 'd')
union all select 'view without security_invoker', relname from relation where relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false)
union all select 'materialized view or foreign table the app can read', r.relname || ' by ' || a.rolname from relation r, app_role a where r.relkind in ('m', 'f') and has_table_privilege(a.oid, r.oid, 'select')
union all select 'app role owns, or has more than rows', r.relname || ' by ' || a.rolname from relation r, app_role a where r.owner = a.rolname or has_table_privilege(a.oid, r.oid, 'truncate, references, trigger')
union all select 'partition reachable by itself', r.relname || ' by ' || a.rolname from relation r, app_role a where r.relispartition and has_table_privilege(a.oid, r.oid, 'select, insert, update, delete')
union all select 'table reachable by the platform role', r.relname from relation r where has_table_privilege('sembang_platform', r.oid, 'select, insert, update, delete')
union all select 'table open to PUBLIC', r.relname from relation r, pg_class c, aclexplode(c.relacl) x where c.oid = r.oid and x.grantee = 0
union all select 'role can bypass', rolname from pg_roles where rolname in ('sembang_app', 'sembang_platform', 'sembang_owner', 'sembang_exempt')
  and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
union all select 'role is a member of another', m.member::regrole::text || ' of ' || m.roleid::regrole::text from pg_auth_members m
  where m.member in (select oid from pg_roles where rolname like 'sembang%')
union all select 'definer function not on the list', name from definer
union all select 'definer function with PUBLIC execute', name from definer where has_function_privilege('public', oid, 'execute')
union all select 'definer function without a fixed search_path', name from definer where not coalesce('search_path=sembang, pg_temp' = any (proconfig), false)
union all select 'definer function owned by a login or superuser', name from definer join pg_roles r on r.rolname = definer.owner where r.rolcanlogin or r.rolsuper
union all select 'index the planner cannot use under row-level security', i.indexrelid::regclass::text from pg_index i join tab t on t.oid = i.indrelid
  join pg_class ic on ic.oid = i.indexrelid join pg_am am on am.oid = ic.relam where t.relrowsecurity and am.amname <> 'btree'
union all select 'app may create in the schema', n.nspname || ' by ' || a.rolname from pg_namespace n, app_role a where n.nspname = 'sembang' and has_schema_privilege(a.oid, n.oid, 'create')
order by 1, 2
