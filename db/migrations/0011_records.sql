-- Records: things with fields, folded like observations.

-- What the declared fields are in SQL. A value of another kind than declared is null here and stays in the body.
create function ops.record_column(field jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case field ->> 'type'
    when 'number' then format('case when jsonb_typeof(v.body -> %1$L) = ''number'' then (v.body ->> %1$L)::numeric end', field ->> 'name')
    when 'boolean' then format('case when jsonb_typeof(v.body -> %1$L) = ''boolean'' then (v.body ->> %1$L)::boolean end', field ->> 'name')
    when 'date' then format('case when v.body ->> %1$L ~ ''^\d{4}-\d\d-\d\d$'' then (v.body ->> %1$L)::date end', field ->> 'name')
    when 'instant' then format('case when v.body ->> %1$L ~ ''^\d{4}-\d\d-\d\dT'' then (v.body ->> %1$L)::timestamptz end', field ->> 'name')
    else format('v.body ->> %L', field ->> 'name')
  end
$$;

create function ops.open_body(body jsonb, shown text[])
returns jsonb
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when body is not null then
    coalesce(jsonb_object_agg(e.key, e.value) filter (where e.key = any(shown)), '{}')
    || coalesce((
      select jsonb_build_object('hidden_fields', jsonb_agg(h.name order by h.name))
      from (
        select concat_ws('.', f.key, n.name) as name
        from jsonb_each(body) f
        left join lateral jsonb_object_keys(case when jsonb_typeof(f.value) = 'object' then f.value end) n(name) on true
        where not f.key = any(shown)
      ) h
      having count(*) > 0
    ), '{}') end
  from jsonb_each(body) e
$$;
comment on function ops.open_body is
  'A body as it is shown without the grant: its declared fields that are not personal, and the names of the others in hidden_fields.';
grant execute on function ops.open_body to tidemark_reader, tidemark_writer, tidemark_api;

create function ops.make_record_relations(
  schema_name text, table_name text, current_table text, closed_table text, silence text, fields jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Views run with the rights of their owner, but current_user is who asks. Asked once a statement.
  granted constant text := $sql$(select pg_has_role(current_user, 'tidemark_personal', 'member'))$sql$;
  has_personal boolean := exists (select from jsonb_array_elements(fields) f where (f ->> 'personal')::boolean);
  open_names text[] := (select coalesce(array_agg(f ->> 'name'), '{}') from jsonb_array_elements(fields) f
    where not coalesce((f ->> 'personal')::boolean, false));
  columns text;
  body text := 'v.body';
  -- A source that says all there is has no versions of its own: then they are counted, from 1.
  version text := case silence when 'withdraw' then 'v.revision + 1::bigint' else 'v.version' end;
  names text := '';
  versions text := table_name || '_versions';
begin
  select coalesce(string_agg(format(', %s as %I',
      case when (f ->> 'personal')::boolean
        then format('case when %s then %s end', granted, ops.record_column(f)) else ops.record_column(f) end,
      f ->> 'name'), '' order by place), ''),
    coalesce(string_agg(format(', r.%I', f ->> 'name'), '' order by place), '')
  into columns, names
  from jsonb_array_elements(fields) with ordinality as e(f, place);
  -- A field that nobody declared may tell of a person too: without the grant the body has the declared others, and the names of these.
  if has_personal then
    body := format('case when %s then v.body else ops.open_body(v.body, %L::text[]) end', granted, open_names);
  end if;

  -- New fields come last; PostgreSQL refuses to drop or change a column: the contract is additive.
  execute format($sql$
    create or replace view %1$I.%2$I as
    select v.key, v.starts_at, v.delivery_day, %6$s as version, v.revision, true as is_current, k.known_at, k.payload_id,
      %5$s as body%4$s
    from store.%3$I v
    left join ops.change k on k.id = v.change_id
    where v.body is not null
  $sql$, schema_name, table_name, current_table, columns, body, version);
  execute format('comment on view %I.%I is %L', schema_name, table_name, 'The latest knowledge.');

  -- Each of the two joins by itself: the planner knows no figures of rows that were put together before.
  execute format($sql$
    create or replace view %1$I.%2$I as
    select v.key, v.starts_at, v.delivery_day, %7$s as version, v.revision, true as is_current,
      k.known_at as known_from, null::timestamptz as known_to, k.payload_id, %6$s as body%5$s
    from store.%3$I v
    left join ops.change k on k.id = v.change_id
    union all
    select v.key, v.starts_at, v.delivery_day, %7$s as version, v.revision, false,
      k.known_at, e.known_at, k.payload_id, %6$s as body%5$s
    from store.%4$I v
    left join ops.change k on k.id = v.change_id
    left join ops.change e on e.id = v.closed_by
  $sql$, schema_name, versions, current_table, closed_table, columns, body, version);
  execute format('comment on view %I.%I is %L', schema_name, versions,
    'Every version: what was known from one instant to another (known_to is null while current; body is null once ended).');

  execute format($sql$
    create or replace function %1$I.%2$I(at timestamptz)
    returns setof %1$I.%3$I
    language sql
    stable
    parallel safe
    as $body$
      select r.key, r.starts_at, r.delivery_day, r.version, r.revision, true as is_current, r.known_from, r.payload_id, r.body%5$s
      from %1$I.%4$I r
      where r.known_from <= at and (r.known_to is null or r.known_to > at) and r.body is not null
    $body$
  $sql$, schema_name, table_name || '_as_of', table_name, versions, names);
  execute format('comment on function %I.%I is %L', schema_name, table_name || '_as_of',
    'The rows of the first relation as they stood at that instant, so that is_current is true for all. It never changes for an instant up to catalog.settled_at(); a later one is answered for that.');
end
$$;

create function ops.ensure_record_storage(dataset text, restricted boolean, silence text, fields jsonb)
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
begin
  select n.schema_name, n.table_name into schema_name, table_name from ops.relation_names(dataset) n;
  current_table := schema_name || '__' || table_name;
  closed_table := current_table || '__closed';
  -- Workers start at once: one of them makes it, the others wait and find it made.
  perform pg_advisory_xact_lock(hashtextextended('tidemark.ensure_storage', 0));

  if to_regclass(format('store.%I', current_table)) is null then
    -- Where a response brings what it brings, a record may come on any day and is found by its key alone. Where a response
    -- says all there is of its day, a record belongs to that day.
    execute format($sql$
      create table store.%1$I (
        key text not null,
        starts_at timestamptz not null,
        delivery_day date not null,
        version bigint not null,
        body jsonb,
        revision int not null,
        change_id bigint not null,
        primary key (%2$s)
      )$sql$, current_table, case silence when 'nothing' then 'key' else 'key, delivery_day' end);
    execute format($sql$
      create table store.%1$I (
        key text not null,
        starts_at timestamptz not null,
        delivery_day date not null,
        version bigint not null,
        body jsonb,
        revision int not null,
        change_id bigint not null,
        closed_by bigint not null check (closed_by >= change_id),
        primary key (key, change_id, version, delivery_day)
      )$sql$, closed_table);
    execute format('create index on store.%I (starts_at)', current_table);
    execute format('create index on store.%I using brin (delivery_day) with (pages_per_range = 16, autosummarize = on)', current_table);
    execute format('create index on store.%I (delivery_day)', closed_table);
  end if;

  execute format('create schema if not exists %I', schema_name);
  -- Only where the fields have changed: making a view again locks it.
  stored := obj_description(to_regclass(format('store.%I', current_table)), 'pg_class');
  if stored is distinct from md5(fields::text) or to_regclass(format('%I.%I', schema_name, table_name)) is null then
    perform ops.make_record_relations(schema_name, table_name, current_table, closed_table, silence, fields);
    execute format('comment on table store.%I is %L', current_table, md5(fields::text));
  end if;
  perform ops.grant_storage(schema_name, table_name, restricted);
end
$$;
comment on function ops.ensure_record_storage is 'Makes the tables and public relations of a dataset of records where they are missing.';
grant execute on function ops.ensure_record_storage to tidemark_writer;
