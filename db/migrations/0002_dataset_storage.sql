-- Storage of a dataset, made from its definition by one idempotent function: a new dataset needs no migration.
-- Current values apart from closed versions, both hypertables on starts_at, in schema store; the three public relations in
-- a schema named after the source. A value refers to the change that brought it, which says since when it is known and from
-- which payload; a closed version also to the change that replaced it. Left joins: a query that asks for neither does without.

create function ops.ensure_storage(dataset text, chunk_days int, restricted boolean)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  schema_name text := replace(split_part(dataset, '.', 1), '-', '_');
  table_name text := replace(split_part(dataset, '.', 2), '-', '_');
  current_table text := schema_name || '__' || table_name;
  closed_table text := current_table || '__closed';
  timescale regnamespace := (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb');
begin
  if dataset !~ '^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$' or length(dataset) > 48 then
    raise exception 'dataset "%" is not <source>.<dataset> in kebab-case of at most 48 characters', dataset;
  end if;
  if schema_name in ('ops', 'catalog', 'store', 'public', 'information_schema') or schema_name ~ '^(pg|timescaledb)_' then
    raise exception 'dataset "%": "%" cannot be the name of a source', dataset, schema_name;
  end if;
  -- Workers start at once: one of them makes it, the others wait and find it made.
  perform pg_advisory_xact_lock(hashtextextended('tidemark.ensure_storage', 0));

  if to_regclass(format('store.%I', current_table)) is null then
    execute format($sql$
      create table store.%1$I (
        starts_at timestamptz not null,
        value double precision,
        change_id bigint not null,
        series_id int not null,
        delivery_day date not null,
        primary key (series_id, starts_at)
      )$sql$, current_table);
    execute format($sql$
      create table store.%1$I (
        starts_at timestamptz not null,
        value double precision,
        change_id bigint not null,
        closed_by bigint not null check (closed_by > change_id),
        series_id int not null,
        delivery_day date not null,
        primary key (series_id, starts_at, change_id)
      )$sql$, closed_table);
    perform ops.make_hypertable(timescale, current_table, chunk_days);
    perform ops.make_hypertable(timescale, closed_table, chunk_days);
  end if;

  execute format('create schema if not exists %I', schema_name);
  if to_regclass(format('%I.%I', schema_name, table_name)) is null then
    perform ops.make_relations(schema_name, table_name, current_table, closed_table);
  end if;
  perform ops.grant_storage(schema_name, table_name, restricted);
end
$$;
comment on function ops.ensure_storage is 'Makes the hypertables and public relations of a dataset where they are missing.';

-- The grants of a dataset apart from its tables: they are said again at each start, so that a changed access class holds.
create function ops.grant_storage(schema_name text, table_name text, restricted boolean)
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
  execute format('grant usage on schema %I to tidemark_writer, tidemark_reader', schema_name);
  execute format('grant select on %1$I.%2$I, %1$I.%3$I to tidemark_writer', schema_name, table_name, versions);
  execute format(
    case when restricted
      then 'revoke select on %1$I.%2$I, %1$I.%3$I from tidemark_reader'
      else 'grant select on %1$I.%2$I, %1$I.%3$I to tidemark_reader'
    end,
    schema_name, table_name, versions);
  -- It reads with the rights of who calls it, so that it opens nothing that the versions do not.
  execute format('revoke execute on function %I.%I from public', schema_name, as_of);
  execute format('grant execute on function %I.%I to tidemark_writer, tidemark_reader', schema_name, as_of);
end
$$;
comment on function ops.grant_storage is 'Who may do what with the relations of a dataset.';

create function ops.make_hypertable(timescale regnamespace, table_name text, chunk_days int)
returns void
language plpgsql
as $$
begin
  -- The older call form: it works on every TimescaleDB 2.
  execute format(
    'select %s.create_hypertable(%L::regclass, %L, chunk_time_interval => make_interval(days => %s), create_default_indexes => false)',
    timescale, format('store.%I', table_name), 'starts_at', chunk_days);
  -- A day lies together on disk, so block ranges find it by its date or by its hours at almost no cost to writing.
  execute format(
    'create index on store.%I using brin (delivery_day, starts_at) with (pages_per_range = 16, autosummarize = on)',
    table_name);
end
$$;

create function ops.make_relations(schema_name text, table_name text, current_table text, closed_table text)
returns void
language plpgsql
as $$
begin
  execute format($sql$
    create view %1$I.%2$I as
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at, k.payload_id
    from store.%3$I c
    join catalog.series s on s.id = c.series_id
    left join ops.change k on k.id = c.change_id
  $sql$, schema_name, table_name, current_table);
  execute format('comment on view %I.%I is %L', schema_name, table_name, 'The latest knowledge.');

  -- Each of the two joins by itself: the planner knows no figures of rows that were put together before.
  execute format($sql$
    create view %1$I.%2$I as
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at as known_from, null::timestamptz as known_to, k.payload_id
    from store.%3$I c
    join catalog.series s on s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    union all
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at, e.known_at, k.payload_id
    from store.%4$I c
    join catalog.series s on s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    left join ops.change e on e.id = c.closed_by
  $sql$, schema_name, table_name || '_versions', current_table, closed_table);
  execute format('comment on view %I.%I is %L', schema_name, table_name || '_versions',
    'Every version: what was known from one instant to another (known_to is null while current).');

  execute format($sql$
    create function %1$I.%2$I(at timestamptz)
    returns table (
      delivery_day date, starts_at timestamptz, series text, value double precision, known_at timestamptz, payload_id bigint
    )
    language sql
    stable
    parallel safe
    as $body$
      select v.delivery_day, v.starts_at, v.series, v.value, v.known_from, v.payload_id
      from %1$I.%3$I v
      where v.known_from <= at and (v.known_to is null or v.known_to > at)
    $body$
  $sql$, schema_name, table_name || '_as_of', table_name || '_versions');
  execute format('comment on function %I.%I is %L', schema_name, table_name || '_as_of',
    'The rows of the first relation as they stood at that instant. It never changes for an instant up to catalog.settled_at(); a later one is answered for that.');
end
$$;

revoke execute on function ops.take_slot, ops.ensure_storage, ops.grant_storage, ops.make_hypertable, ops.make_relations
  from public;
grant execute on function ops.take_slot, ops.ensure_storage to tidemark_writer;
