-- +goose Up

-- Templates of the platform's company are global: every company's engine reads them.
create table template (
  company_id uuid not null references company,
  id uuid not null,
  name text not null check (name <> '' and length(name) <= 200),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);
call protect('template', 'select, insert, update');

create table template_text (
  company_id uuid not null,
  template_id uuid not null,
  language text not null check (language in ('en', 'ms', 'zh')),
  body text not null check (body <> '' and length(body) <= 4096),
  primary key (company_id, template_id, language),
  foreign key (company_id, template_id) references template on delete cascade
);
call protect('template_text', 'select, insert, update, delete');

create table template_example (
  company_id uuid not null,
  template_id uuid not null,
  id uuid not null,
  language text not null check (language in ('en', 'ms', 'zh')),
  body text not null check (body <> '' and length(body) <= 1000),
  primary key (company_id, template_id, id),
  foreign key (company_id, template_id) references template on delete cascade
);
call protect('template_example', 'select, insert, update, delete');

create table product (
  company_id uuid not null references company,
  id uuid not null,
  sku text not null check (sku <> '' and length(sku) <= 64),
  price bigint not null check (price >= 0),  -- minor units of the company's currency
  stock integer,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  unique (company_id, sku)
);
call protect('product', 'select, insert, update');

create table product_text (
  company_id uuid not null,
  product_id uuid not null,
  language text not null check (language in ('en', 'ms', 'zh')),
  name text not null check (name <> '' and length(name) <= 200),
  description text not null default '' check (length(description) <= 4000),
  primary key (company_id, product_id, language),
  foreign key (company_id, product_id) references product on delete cascade
);
call protect('product_text', 'select, insert, update, delete');

-- A template's version changes with every edit of the company's templates, so
-- that nodes know when to build their matcher again.
create table template_version (
  company_id uuid not null references company,
  version bigint not null default 0,
  primary key (company_id)
);
call protect('template_version', 'select, insert, update');

-- global_templates is the one way to the platform's templates.
-- +goose StatementBegin
create function global_templates()
returns table (id uuid, name text, kind text, language text, body text)
language sql stable security definer set search_path = sembang, pg_temp as $$
  select t.id, t.name, 'text', x.language, x.body from template t join template_text x on x.company_id = t.company_id and x.template_id = t.id
  where t.company_id = '00000000-0000-7000-8000-000000000001' and t.active
  union all
  select t.id, t.name, 'example', x.language, x.body from template t join template_example x on x.company_id = t.company_id and x.template_id = t.id
  where t.company_id = '00000000-0000-7000-8000-000000000001' and t.active
$$;
-- +goose StatementEnd
alter function global_templates() owner to sembang_exempt;
revoke all on function global_templates() from public;
grant execute on function global_templates() to sembang_app;
