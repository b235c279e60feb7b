-- Retention and compression of datasets that are loaded from files: what is older than the dataset keeps is dropped by chunks, and where
-- the edition of TimescaleDB can compress, chunks that hardly move any more are. A schedule runs both.

-- Drops values, versions and rollups of whole delivery days. A chunk goes when all of it is older than what is kept; chunks end
-- within days, so what is left of the last of these goes row by row. The ledger's rows stay and say so.
create function ops.drop_old_values(of_dataset text)
returns table (kept_from date, days int)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  d ops.dataset;
  current_table text;
  timescale regnamespace := (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb');
  older_than timestamptz;
  chunks_end timestamptz;
  kept_at timestamptz;
begin
  select * into d from ops.dataset where dataset = of_dataset and shape = 'points' and 'files' = any(ingestion) and retention is not null;
  if not found then
    return;
  end if;
  current_table := d.schema_name || '__' || d.table_name;
  older_than := ((now() at time zone d.time_zone)::date - d.retention)::date::timestamp at time zone d.time_zone;
  select max(range_end) into chunks_end
  from timescaledb_information.chunks
  where hypertable_schema = 'store' and hypertable_name = current_table and range_end <= older_than;
  if chunks_end is null then
    return;
  end if;
  kept_from := (chunks_end at time zone d.time_zone)::date;
  if kept_from::timestamp at time zone d.time_zone < chunks_end then
    kept_from := kept_from + 1;
  end if;
  kept_at := kept_from::timestamp at time zone d.time_zone;

  execute format('select count(*) from %1$s.drop_chunks(%2$L::regclass, older_than => $1)',
    timescale, format('store.%I', current_table)) using older_than;
  execute format('select count(*) from %1$s.drop_chunks(%2$L::regclass, older_than => $1)',
    timescale, format('store.%I', current_table || '__closed')) using older_than;
  execute format('delete from store.%I where starts_at < $1', current_table) using kept_at;
  execute format('delete from store.%I where starts_at < $1', current_table || '__closed') using kept_at;
  execute format('delete from store.%I where delivery_day < $1', current_table || '__hourly') using kept_from;
  execute format('delete from store.%I where delivery_day < $1', current_table || '__daily') using kept_from;
  with dropped as (
    update ops.delivery_day l set dropped_at = now()
    where l.dataset = of_dataset and l.day < kept_from and l.dropped_at is null and l.first_published_at is not null
    returning l.day
  )
  insert into ops.change (dataset, day, kind, new_points, revised_points, nulled_points)
  select of_dataset, day, 'dropped', 0, 0, 0 from dropped;
  get diagnostics days = row_count;
  return next;
end
$$;
comment on function ops.drop_old_values is 'Drops the days of a dataset that are older than its retention; returns the first day kept and how many went.';

-- Only the Community edition compresses. No policy: it would run apart from what the schedule says, as a role that may log in.
create function ops.compress_old_values(of_dataset text, older_than interval)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  d ops.dataset;
  hypertable text;
  timescale regnamespace := (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb');
  compressed int;
begin
  select * into d from ops.dataset where dataset = of_dataset and shape = 'points' and 'files' = any(ingestion);
  if not found or current_setting('timescaledb.license', true) is distinct from 'timescale' then
    return 0;
  end if;
  hypertable := format('store.%I', d.schema_name || '__' || d.table_name);
  if not exists (
    select from timescaledb_information.hypertables
    where hypertable_schema = 'store' and hypertable_name = d.schema_name || '__' || d.table_name and compression_enabled
  ) then
    execute format(
      $sql$alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = 'series_id', timescaledb.compress_orderby = 'starts_at')$sql$,
      hypertable);
  end if;
  execute format(
    'select count(*) from (select %1$s.compress_chunk(c, true) from %1$s.show_chunks(%2$L::regclass, older_than => $1) c) done',
    timescale, hypertable) into compressed using older_than;
  return compressed;
end
$$;
comment on function ops.compress_old_values is 'Compresses the chunks of a dataset that are older than so long, where the edition can; returns how many are.';
grant execute on function ops.drop_old_values, ops.compress_old_values to tidemark_writer;
