-- Storage of a dataset is made from its definition by one idempotent function for each shape: a new dataset needs no migration. What
-- these functions share: names and grants. The tables lie in schema store; what readers select lies in a schema named after the source.

create function ops.relation_names(dataset text, out schema_name text, out table_name text)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if dataset !~ '^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$' or length(dataset) > 48 then
    raise exception 'dataset "%" is not <source>.<dataset> in kebab-case of at most 48 characters', dataset;
  end if;
  schema_name := replace(split_part(dataset, '.', 1), '-', '_');
  table_name := replace(split_part(dataset, '.', 2), '-', '_');
  if schema_name in ('ops', 'catalog', 'store', 'public', 'information_schema') or schema_name ~ '^(pg|timescaledb)_' then
    raise exception 'dataset "%": "%" cannot be the name of a source', dataset, schema_name;
  end if;
end
$$;
comment on function ops.relation_names is 'Schema and table of a dataset''s relations, by the same rule as in domain/dataset/relation-names.ts.';

-- Apart from the tables: grants are said again at each start, so that a changed access class holds.
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
  execute format('grant execute on function %I.%I to tidemark_writer, tidemark_reader, tidemark_api',
    schema_name, as_of);
end
$$;
comment on function ops.grant_storage is 'Who may do what with the relations of a dataset.';
