-- The HTTP API: a role that reads everything and writes none of the data, keys, what people did through it, and pins.

grant usage on schema ops, catalog, store to tidemark_api;
grant execute on function ops.settle, catalog.settled_at to tidemark_api;
grant select on all tables in schema ops, catalog to tidemark_api;
alter default privileges in schema ops grant select on tables to tidemark_api;
alter default privileges in schema catalog grant select on tables to tidemark_api;

create table ops.api_key (
  id text primary key,
  name text not null,
  secret_sha256 bytea not null unique,
  role text not null check (role in ('reader', 'operator', 'admin')),
  datasets text[],
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz
);
comment on table ops.api_key is 'Keys of the HTTP API. The secret itself is never kept.';
comment on column ops.api_key.datasets is 'Datasets that the key may see; null: every open one, and restricted ones not.';

create table ops.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  key_id text references ops.api_key,
  "by" text not null,
  action text not null,
  dataset text,
  input jsonb not null,
  reason text,
  status int not null,
  outcome text
);
create index on ops.audit (dataset, id desc);
comment on table ops.audit is 'Every operator call of the HTTP API, refused ones too: who, what, why and what came of it.';

create table ops.pin (
  id text primary key,
  dataset text not null references ops.dataset,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  series text[],
  as_of timestamptz not null,
  gate text,
  frozen jsonb not null,
  fingerprint text not null,
  digest text not null,
  rows bigint not null,
  created_at timestamptz not null default now(),
  created_by text not null
);
comment on table ops.pin is 'Questions whose answer stays the same: dataset, filter and as-of.';
comment on column ops.pin.gate is 'As known at this moment of each delivery day, and not later than as_of.';
comment on column ops.pin.frozen is 'What an answer says beside its rows, and what would move with the definition of the dataset.';
comment on column ops.pin.fingerprint is 'Of the change feed and its payloads up to as_of: as long as it is the same, the rows are.';
comment on column ops.pin.digest is 'Of the rows; it decides when the fingerprint differs.';

grant insert, update (revoked_at, revoked_by, last_used_at) on ops.api_key to tidemark_api;
grant insert on ops.audit, ops.pin to tidemark_api;

-- The same as in 0004, and the API beside the readers.
create or replace function ops.grant_storage(schema_name text, table_name text, restricted boolean)
returns void
language plpgsql
as $$
declare
  current_table text := schema_name || '__' || table_name;
  closed_table text := current_table || '__closed';
  versions text := table_name || '_versions';
  as_of text := table_name || '_as_of';
begin
  execute format('grant select, insert, update, delete on store.%I to tidemark_writer', current_table);
  execute format('revoke update on store.%I from tidemark_writer', closed_table);
  execute format('grant select, insert, delete on store.%I to tidemark_writer', closed_table);
  execute format('grant select on store.%I to tidemark_api', current_table);
  execute format('grant usage on schema %I to tidemark_writer, tidemark_reader, tidemark_api', schema_name);
  execute format('grant select on %1$I.%2$I, %1$I.%3$I to tidemark_writer, tidemark_api',
    schema_name, table_name, versions);
  execute format(
    case when restricted
      then 'revoke select on %1$I.%2$I, %1$I.%3$I from tidemark_reader'
      else 'grant select on %1$I.%2$I, %1$I.%3$I to tidemark_reader'
    end,
    schema_name, table_name, versions);
  -- It reads with the rights of who calls it, so that it opens nothing that the versions do not.
  execute format('revoke execute on function %I.%I from public', schema_name, as_of);
  execute format('grant execute on function %I.%I to tidemark_writer, tidemark_reader, tidemark_api',
    schema_name, as_of);
end
$$;

do $$
declare
  d record;
begin
  for d in select schema_name, table_name, access_class = 'restricted' as restricted from ops.dataset loop
    if to_regclass(format('%I.%I', d.schema_name, d.table_name)) is not null then
      perform ops.grant_storage(d.schema_name, d.table_name, d.restricted);
    end if;
  end loop;
end
$$;
