-- Enabling a dataset makes its storage and applies its SQL, in one transaction, whoever does it: people, or the setting. A dataset that
-- nobody has enabled is in the catalogue and has no storage; one that was disabled keeps it, and what it has can be read.

create function ops.apply_script(of_dataset text)
returns void
language plpgsql
security definer
-- As in functions that act as the owner: an unqualified name must not resolve to a foreign object.
set search_path = pg_catalog, pg_temp
as $$
declare
  script text := (select s.text from ops.dataset_script s
    where s.dataset = of_dataset and s.applied_sha256 is distinct from s.sha256);
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
