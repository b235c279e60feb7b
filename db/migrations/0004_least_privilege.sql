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
