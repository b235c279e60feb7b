-- Takes from the roles what no code of ours uses. The whole matrix of roles, relations and verbs is in
-- test/integration/roles.test.ts.

-- A function may be executed by everybody unless somebody says otherwise: from here on, nobody has to remember to.
alter default privileges revoke execute on functions from public;

-- What a source sent and what was tried is evidence. Rows are added; only what is learned later may be noted on them.
revoke update on ops.payload, ops.run, ops.instance from tidemark_writer;
grant update (last_seen_at, seen_count, decoder_version, content_sha256, kind, change_id) on ops.payload to tidemark_writer;
grant update (finished_at, outcome, error, payload_id) on ops.run to tidemark_writer;
grant update (simulated) on ops.instance to tidemark_writer;

-- Changes are appended, and counted anew where a day is folded again; their instants and cursors are nobody's to write. Series are
-- only added, closed versions only added and taken back.
revoke update on catalog.series from tidemark_writer;
grant update (kind, new_points, revised_points, nulled_points, largest_difference) on ops.change to tidemark_writer;

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
revoke execute on function ops.grant_storage from public;
comment on function ops.grant_storage is 'Who may do what with the relations of a dataset.';

-- Datasets that are there already.
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
