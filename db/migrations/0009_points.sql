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

-- The instant of a gate on a day. A wall-clock time that a clock change skips is the instant after the gap; of one that occurs twice it is
-- the first, as in domain/time/civil-day.ts. "at time zone" alone takes the second of two.
create function catalog.gate_instant(day date, days int, at_time interval, zone text)
returns timestamptz
language sql
immutable
parallel safe
as $$
  select case when early at time zone zone = wall then least(early, wall at time zone zone) else wall at time zone zone end
  from (select (day + days) + at_time as wall, (((day + days) + at_time - interval '1 day') at time zone zone) + interval '24 hours' as early) t
$$;
comment on function catalog.gate_instant is 'The instant of a gate of a delivery day: days and time by catalog.gate_parts, on the wall clock of a zone.';
revoke execute on function catalog.gate_instant from public;
grant execute on function catalog.gate_instant to tidemark_reader, tidemark_writer, tidemark_api;

create function catalog.gate_days(
  dataset text, gate text, first_day date default null, last_day date default null, at timestamptz default null,
  every interval default interval '1 day')
returns table (delivery_day date, gate_at timestamptz, reached boolean, recorded boolean)
language sql
stable
as $$
  select d.day, d.gate_at, d.gate_at <= d.asked_at, coalesce(l.recorded_at <= least(d.gate_at, d.asked_at) and l.dropped_at is null, false)
  from (
    select g.day::date as day, catalog.gate_instant(g.day::date, p.days, p.at_time, s.time_zone) as gate_at,
      (select least(gate_days.at, catalog.settled_at())) as asked_at
    from catalog.gate_parts(gate_days.gate) p
    cross join catalog.dataset s
    cross join generate_series(
      coalesce(gate_days.first_day, (select min(k.day) from catalog.delivery_day k where k.dataset = gate_days.dataset))::timestamp,
      coalesce(gate_days.last_day, (select max(k.day) from catalog.delivery_day k where k.dataset = gate_days.dataset))::timestamp,
      gate_days.every) as g(day)
    where s.dataset = gate_days.dataset
  ) d
  left join catalog.delivery_day l on l.dataset = gate_days.dataset and l.day = d.day
  order by d.day
$$;
comment on function catalog.gate_days is 'What an answer for a gate rests on, a row for each delivery day asked for: when its gate is, whether it was reached by the instant asked (else what is known of the day is provisional), and whether something of the day was recorded by then. Without days: all of the ledger. "every" is 1 year for records that are kept by the year.';
revoke execute on function catalog.gate_days from public;
grant execute on function catalog.gate_days to tidemark_reader, tidemark_writer, tidemark_api;

-- Where an interval ends: after its own length where that is stored with it, else after that of the definition on its day. A resolution of
-- 86400 seconds is the delivery day, however long. Null where nobody says how long it is: too few points of a file show no step.
create function ops.end_of_point(resolution jsonb, zone text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select format('case when c.step_seconds is not null then c.starts_at + c.step_seconds * interval ''1 second'' %s end', coalesce(
    (select string_agg(
      format(
        case when r.place = 1 then 'else %2$s' else 'when c.delivery_day >= %1$L then %2$s' end,
        r.entry ->> 'from',
        case when (r.entry ->> 'seconds')::int = 86400 then format('(c.delivery_day + 1)::timestamp at time zone %L', zone)
          else format('c.starts_at + interval ''%s seconds''', (r.entry ->> 'seconds')::int) end),
      ' ' order by r.place desc)
    from jsonb_array_elements(resolution) with ordinality as r(entry, place)), ''))
$$;

-- Series are joined by dataset and id, so that a condition on the name uses their index (dataset, series).
create function ops.make_relations(
  dataset text, schema_name text, table_name text, current_table text, closed_table text, resolution jsonb)
returns void
language plpgsql
as $$
declare
  zone text := (select d.time_zone from ops.dataset d where d.dataset = make_relations.dataset);
  ends_at text := ops.end_of_point(resolution, zone);
  row_type text :=
    'delivery_day date, starts_at timestamptz, ends_at timestamptz, series text, value double precision, known_at timestamptz, payload_id bigint';
begin
  execute format($sql$
    create or replace view %1$I.%2$I as
    select c.delivery_day, c.starts_at, %5$s as ends_at, s.series, c.value, k.known_at, k.payload_id
    from store.%3$I c
    join ops.series s on s.dataset = %4$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
  $sql$, schema_name, table_name, current_table, dataset, ends_at);
  execute format('comment on view %I.%I is %L', schema_name, table_name, 'The latest knowledge.');

  -- Each of the two joins by itself: the planner knows no figures of rows that were put together before.
  execute format($sql$
    create or replace view %1$I.%2$I as
    select c.delivery_day, c.starts_at, %6$s as ends_at, s.series, c.value, k.known_at as known_from, null::timestamptz as known_to,
      k.payload_id
    from store.%3$I c
    join ops.series s on s.dataset = %5$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    union all
    select c.delivery_day, c.starts_at, %6$s, s.series, c.value, k.known_at, e.known_at, k.payload_id
    from store.%4$I c
    join ops.series s on s.dataset = %5$L and s.id = c.series_id
    left join ops.change k on k.id = c.change_id
    left join ops.change e on e.id = c.closed_by
  $sql$, schema_name, table_name || '_versions', current_table, closed_table, dataset, ends_at);
  execute format('comment on view %I.%I is %L', schema_name, table_name || '_versions',
    'Every version: what was known from one instant to another (known_to is null while current).');

  execute format($sql$
    create or replace function %1$I.%2$I(at timestamptz)
    returns table (%4$s)
    language sql
    stable
    parallel safe
    as $body$
      select v.delivery_day, v.starts_at, v.ends_at, v.series, v.value, v.known_from, v.payload_id
      from %1$I.%3$I v
      where v.known_from <= at and (v.known_to is null or v.known_to > at)
    $body$
  $sql$, schema_name, table_name || '_as_of', table_name || '_versions', row_type);
  execute format('comment on function %I.%I is %L', schema_name, table_name || '_as_of',
    'The rows of the first relation as they stood at that instant. It never changes for an instant up to catalog.settled_at(); a later one is answered for that.');

  execute format($sql$
    create or replace function %1$I.%2$I(gate text)
    returns table (%6$s, gate_at timestamptz, reached boolean)
    language sql
    stable
    as $body$
      select v.delivery_day, v.starts_at, v.ends_at, v.series, v.value, v.known_from, v.payload_id, d.gate_at,
        d.gate_at <= d.settled_at
      from (
        select l.day, catalog.gate_instant(l.day, g.days, g.at_time, %4$L) as gate_at, (select catalog.settled_at()) as settled_at
        from catalog.gate_parts(gate) g
        cross join catalog.delivery_day l
        where l.dataset = %5$L
      ) d
      join %1$I.%3$I v on v.delivery_day = d.day
      where v.known_from <= d.gate_at and (v.known_to is null or v.known_to > d.gate_at)
    $body$
  $sql$, schema_name, table_name || '_at_gate', table_name || '_versions', zone, dataset, row_type);
  execute format('comment on function %I.%I is %L', schema_name, table_name || '_at_gate',
    'The rows as they were known at a time relative to each delivery day, on the source''s wall clock: D-1T12:00. Rows of a day whose gate is not reached are provisional; a day that was not recorded by its gate has none. catalog.gate_days says which.');
  -- It reads with the rights of who calls it, so that it opens nothing that the versions do not.
  execute format('revoke execute on function %I.%I from public', schema_name, table_name || '_at_gate');
  execute format('grant execute on function %I.%I to tidemark_writer, tidemark_reader, tidemark_api',
    schema_name, table_name || '_at_gate');
end
$$;

create function ops.ensure_storage(dataset text, chunk_days int, restricted boolean, resolution jsonb)
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
  stored text;
  timescale regnamespace := (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb');
begin
  select n.schema_name, n.table_name into schema_name, table_name from ops.relation_names(dataset) n;
  current_table := schema_name || '__' || table_name;
  closed_table := current_table || '__closed';
  -- Workers start at once: one of them makes it, the others wait and find it made.
  perform pg_advisory_xact_lock(hashtextextended('tidemark.ensure_storage', 0));

  if to_regclass(format('store.%I', current_table)) is null then
    -- Columns of eight bytes first: no gaps between them. The last is the length of an interval that has one of its own; a null there
    -- takes no room.
    execute format($sql$
      create table store.%1$I (
        starts_at timestamptz not null,
        value double precision,
        change_id bigint not null,
        series_id int not null,
        delivery_day date not null,
        step_seconds int check (step_seconds > 0),
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
        step_seconds int,
        primary key (series_id, starts_at, change_id)
      )$sql$, closed_table);
    perform ops.make_hypertable(timescale, current_table, chunk_days);
    perform ops.make_hypertable(timescale, closed_table, chunk_days);
  end if;

  execute format('create schema if not exists %I', schema_name);
  -- Only where the lengths of intervals have changed: making a view again locks it.
  stored := obj_description(to_regclass(format('store.%I', current_table)), 'pg_class');
  if stored is distinct from coalesce(resolution::text, 'own') or to_regclass(format('%I.%I', schema_name, table_name)) is null then
    perform ops.make_relations(dataset, schema_name, table_name, current_table, closed_table, resolution);
    execute format('comment on table store.%I is %L', current_table, coalesce(resolution::text, 'own'));
  end if;
  perform ops.grant_storage(schema_name, table_name, restricted);
end
$$;
comment on function ops.ensure_storage is 'Makes the hypertables and public relations of a dataset of points where they are missing. resolution: [{"from": day, "seconds": n}, …] of its intervals, ascending; null where each series has its own.';
grant execute on function ops.ensure_storage to tidemark_writer;
