-- Rollups by hour and day of points that are published in large numbers, kept by the write itself. Beside the tables of
-- ops.ensure_storage, which is called before. Plain tables: of a value a second they have 25 rows a day, and whoever reads a year of
-- them should not have to plan for its chunks.

create function ops.make_rollup_relations(dataset text, schema_name text, table_name text, hours text, days text)
returns void
language plpgsql
as $$
begin
  execute format($sql$
    create view %1$I.%2$I as
    select r.delivery_day, r.starts_at, s.series, r.count, r.sum, r.sum / nullif(r.count, 0) as avg, r.min, r.max, r.first, r.last
    from store.%3$I r
    join ops.series s on s.dataset = %4$L and s.id = r.series_id
  $sql$, schema_name, table_name || '_hourly', hours, dataset);
  execute format('comment on view %I.%I is %L', schema_name, table_name || '_hourly',
    'The latest knowledge by UTC hour; nulls are in none of the figures.');
  execute format($sql$
    create view %1$I.%2$I as
    select r.delivery_day, r.starts_at, r.ends_at, s.series, r.step_seconds, r.offset_seconds, r.published, r.count, r.sum,
      r.sum / nullif(r.count, 0) as avg, r.min, r.max, r.first, r.last
    from store.%3$I r
    join ops.series s on s.dataset = %4$L and s.id = r.series_id
  $sql$, schema_name, table_name || '_daily', days, dataset);
  execute format('comment on view %I.%I is %L', schema_name, table_name || '_daily',
    'The latest knowledge by delivery day; nulls are in none of the figures but in published.');
end
$$;

create function ops.grant_rollups(schema_name text, table_name text, restricted boolean)
returns void
language plpgsql
as $$
declare
  current_table text := schema_name || '__' || table_name;
  hourly text := table_name || '_hourly';
  daily text := table_name || '_daily';
begin
  execute format('grant select, insert, update, delete on store.%I, store.%I to tidemark_writer',
    current_table || '__hourly', current_table || '__daily');
  execute format('grant select on store.%I, store.%I to tidemark_api',
    current_table || '__hourly', current_table || '__daily');
  execute format('grant select on %1$I.%2$I, %1$I.%3$I to tidemark_writer, tidemark_api', schema_name, hourly, daily);
  execute format(
    case when restricted
      then 'revoke select on %1$I.%2$I, %1$I.%3$I from tidemark_reader'
      else 'grant select on %1$I.%2$I, %1$I.%3$I to tidemark_reader'
    end,
    schema_name, hourly, daily);
end
$$;

create function ops.ensure_rollups(dataset text, restricted boolean)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  schema_name text;
  table_name text;
  current_table text;
  hours text;
  days text;
begin
  select n.schema_name, n.table_name into schema_name, table_name from ops.relation_names(dataset) n;
  current_table := schema_name || '__' || table_name;
  hours := current_table || '__hourly';
  days := current_table || '__daily';
  if to_regclass(format('store.%I', current_table)) is null then
    raise exception 'dataset "%" has no storage; ops.ensure_storage makes it', dataset;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tidemark.ensure_storage', 0));

  if to_regclass(format('store.%I', hours)) is null then
    execute format($sql$
      create table store.%I (
        series_id int not null,
        starts_at timestamptz not null,
        delivery_day date not null,
        count int not null,
        sum double precision,
        min double precision,
        max double precision,
        first double precision,
        last double precision,
        primary key (series_id, starts_at)
      )$sql$, hours);
    execute format($sql$
      create table store.%I (
        series_id int not null,
        delivery_day date not null,
        starts_at timestamptz not null,
        ends_at timestamptz not null,
        step_seconds int not null check (step_seconds > 0),
        offset_seconds int not null check (offset_seconds >= 0 and offset_seconds < step_seconds),
        published int not null,
        count int not null,
        sum double precision,
        min double precision,
        max double precision,
        first double precision,
        last double precision,
        primary key (series_id, delivery_day)
      )$sql$, days);
    perform ops.make_rollup_relations(dataset, schema_name, table_name, hours, days);
  end if;
  perform ops.grant_rollups(schema_name, table_name, restricted);
end
$$;
comment on function ops.ensure_rollups is 'Makes the rollups of a dataset and their public relations where they are missing.';
grant execute on function ops.ensure_rollups to tidemark_writer;
