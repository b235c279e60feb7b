-- Points: numbers of series on a time line. Current values apart from closed versions, both hypertables on starts_at. A value refers to
-- the change that brought it, which says since when it is known and from which payload; a closed version also to the change that
-- replaced it. Left joins: a query that asks for neither does without.

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

-- `D-1T12:00`: noon of the day before, on the source's wall clock.
create function catalog.gate_parts(gate text, out days int, out at_time interval)
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if gate !~ '^D([+-]\d{1,2})?T([01]\d|2[0-3]):[0-5]\d$' then
    raise exception 'the gate is "%": write one relative to the delivery day, such as D-1T12:00', gate;
  end if;
  days := coalesce(substring(gate from '^D([+-]\d+)T')::int, 0);
  at_time := substring(gate from 'T(.*)$')::interval;
end
$$;
comment on function catalog.gate_parts is 'Days and time of the wall clock of a gate such as D-1T12:00.';
revoke execute on function catalog.gate_parts from public;
grant execute on function catalog.gate_parts to tidemark_reader, tidemark_writer, tidemark_api;

-- Series are joined by dataset and id, so that a condition on the name uses their index (dataset, series).
create function ops.make_relations(dataset text, schema_name text, table_name text, current_table text, closed_table text)
returns void
language plpgsql
as $$
declare
  zone text := (select d.time_zone from ops.dataset d where d.dataset = make_relations.dataset);
begin
  execute format($sql$
    create view %1$I.%2$I as
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at, k.payload_id
    from store.%3$I c
    join ops.series s on s.dataset = %4$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
  $sql$, schema_name, table_name, current_table, dataset);
  execute format('comment on view %I.%I is %L', schema_name, table_name, 'The latest knowledge.');

  -- Each of the two joins by itself: the planner knows no figures of rows that were put together before.
  execute format($sql$
    create view %1$I.%2$I as
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at as known_from, null::timestamptz as known_to, k.payload_id
    from store.%3$I c
    join ops.series s on s.dataset = %5$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    union all
    select c.delivery_day, c.starts_at, s.series, c.value, k.known_at, e.known_at, k.payload_id
    from store.%4$I c
    join ops.series s on s.dataset = %5$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    left join ops.change e on e.id = c.closed_by
  $sql$, schema_name, table_name || '_versions', current_table, closed_table, dataset);
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

  execute format($sql$
    create function %1$I.%2$I(gate text)
    returns table (
      delivery_day date, starts_at timestamptz, series text, value double precision, known_at timestamptz, payload_id bigint
    )
    language sql
    stable
    parallel safe
    as $body$
      select v.delivery_day, v.starts_at, v.series, v.value, v.known_from, v.payload_id
      from catalog.gate_parts(gate) g
      cross join %1$I.%3$I v
      where v.known_from <= (v.delivery_day + g.days + g.at_time) at time zone %4$L
        and (v.known_to is null or v.known_to > (v.delivery_day + g.days + g.at_time) at time zone %4$L)
    $body$
  $sql$, schema_name, table_name || '_at_gate', table_name || '_versions', zone);
  execute format('comment on function %I.%I is %L', schema_name, table_name || '_at_gate',
    'The rows as they were known at a time relative to each delivery day, on the source''s wall clock: D-1T12:00.');
  -- It reads with the rights of who calls it, so that it opens nothing that the versions do not.
  execute format('revoke execute on function %I.%I from public', schema_name, table_name || '_at_gate');
  execute format('grant execute on function %I.%I to tidemark_writer, tidemark_reader, tidemark_api',
    schema_name, table_name || '_at_gate');
end
$$;

create function ops.ensure_storage(dataset text, chunk_days int, restricted boolean)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  schema_name text;
  table_name text;
  current_table text;
  closed_table text;
  timescale regnamespace := (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb');
begin
  select n.schema_name, n.table_name into schema_name, table_name from ops.relation_names(dataset) n;
  current_table := schema_name || '__' || table_name;
  closed_table := current_table || '__closed';
  -- Workers start at once: one of them makes it, the others wait and find it made.
  perform pg_advisory_xact_lock(hashtextextended('tidemark.ensure_storage', 0));

  if to_regclass(format('store.%I', current_table)) is null then
    -- Columns of eight bytes first: no gaps between them.
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
    perform ops.make_relations(dataset, schema_name, table_name, current_table, closed_table);
  end if;
  perform ops.grant_storage(schema_name, table_name, restricted);
end
$$;
comment on function ops.ensure_storage is 'Makes the hypertables and public relations of a dataset of points where they are missing.';
grant execute on function ops.ensure_storage to tidemark_writer;
