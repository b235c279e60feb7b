-- Which datasets an installation has chosen. A dataset that nobody has enabled is in the catalogue and has no storage; one that was
-- disabled keeps its storage, and what it has can be read.

alter table ops.dataset
  add column enabled boolean not null default false,
  add column switched_at timestamptz,
  add column switched_by text,
  add column storage jsonb not null default '{}';
comment on column ops.dataset.enabled is 'Whether it is requested, expected and taken. False: it is dormant.';
comment on column ops.dataset.switched_at is 'When it was enabled or disabled last; null where it never was enabled: then it has no storage.';
comment on column ops.dataset.switched_by is 'By whom: a person, a key, or the setting TIDEMARK_ENABLED.';
comment on column ops.dataset.storage is 'What of its definition makes its tables: read by ops.make_storage.';

alter table ops.instance add column enabled_setting text;
comment on column ops.instance.enabled_setting is
  'The setting TIDEMARK_ENABLED as it was applied last: it alone decides what is enabled. Null: ops.dataset does, changed by hand.';
grant update (enabled_setting) on ops.instance to tidemark_writer;

-- What already has data goes on.
update ops.dataset d set enabled = true, switched_at = clock_timestamp(), switched_by = 'upgrade'
where exists (select from ops.payload p where p.dataset = d.dataset) or exists (select from ops.delivery_day l where l.dataset = d.dataset);

-- The SQL beside a definition is stored by who migrates, and applied with the storage, by whoever enables the dataset.
alter table ops.dataset_script add column text text, add column applied_sha256 bytea;
alter table ops.dataset_script alter column applied_at drop not null, alter column applied_at drop default;
update ops.dataset_script set applied_sha256 = sha256;
comment on table ops.dataset_script is 'The SQL of a dataset''s own, as the last migration brought it.';
comment on column ops.dataset_script.applied_sha256 is 'Of the text that was applied last; null: none was.';

create function ops.apply_script(of_dataset text)
returns void
language plpgsql
security definer
-- As in functions that act as the owner: an unqualified name must not resolve to a foreign object.
set search_path = pg_catalog, pg_temp
as $$
declare
  script text := (select s.text from ops.dataset_script s
    where s.dataset = of_dataset and s.text is not null and s.applied_sha256 is distinct from s.sha256);
begin
  if script is null then return; end if;
  execute script;
  update ops.dataset_script set applied_sha256 = sha256, applied_at = clock_timestamp() where dataset = of_dataset;
exception when others then
  raise exception 'the SQL of dataset "%" could not be applied: %', of_dataset, sqlerrm using errcode = sqlstate;
end
$$;
comment on function ops.apply_script is 'Runs the stored SQL of a dataset, unless it was applied already.';

create function ops.make_storage(of_dataset text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  d ops.dataset;
  restricted boolean;
begin
  select * into strict d from ops.dataset where dataset = of_dataset;
  restricted := d.access_class = 'restricted';
  if d.shape = 'records' then
    perform ops.ensure_record_storage(d.dataset, restricted, d.storage ->> 'silence', d.storage -> 'fields');
  else
    perform ops.ensure_storage(
      d.dataset, (d.storage ->> 'chunk_days')::int, restricted, nullif(d.storage -> 'resolution', 'null'));
    if (d.storage ->> 'rollups')::boolean then
      perform ops.ensure_rollups(d.dataset, restricted);
    end if;
  end if;
  perform ops.apply_script(of_dataset);
end
$$;
comment on function ops.make_storage is 'Makes what is missing of a registered dataset''s tables, relations and grants, and applies its SQL.';
grant execute on function ops.make_storage to tidemark_writer;

create function ops.set_enabled(of_dataset text, is_enabled boolean, who text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  was_enabled boolean;
begin
  select enabled into strict was_enabled from ops.dataset where dataset = of_dataset for update;
  if was_enabled = is_enabled then return false; end if;
  if is_enabled then perform ops.make_storage(of_dataset); end if;
  -- Enabled again, it is not overdue.
  delete from ops.poll where dataset = of_dataset;
  update ops.dataset set enabled = is_enabled, switched_at = clock_timestamp(), switched_by = who where dataset = of_dataset;
  return true;
end
$$;
comment on function ops.set_enabled is 'Enables a registered dataset, with its storage, or disables it, which keeps everything. True where that changed something.';
grant execute on function ops.set_enabled to tidemark_writer, tidemark_api;

create or replace view catalog.dataset as
select
  d.dataset, d.source, d.title, d.description, d.unit, d.resolution, d.time_zone, d.owner, d.licence, d.source_link,
  d.access_class, d.retention,
  coalesce(l.first_day, d.first_day) as first_day, l.last_day, i.simulated,
  case when d.switched_at is not null then d.schema_name || '.' || d.table_name end as relation,
  d.shape, d.ingestion, d.enabled
from ops.dataset d
cross join ops.instance i
left join lateral (
  select min(day) as first_day, max(day) as last_day
  from ops.delivery_day l
  where l.dataset = d.dataset and l.present_points > 0 and l.dropped_at is null
) l on true;
comment on column catalog.dataset.relation is 'Null where it was never enabled: it has no relations.';
comment on column catalog.dataset.enabled is 'False: dormant. Nothing is requested or expected of it; what it has can be read.';
