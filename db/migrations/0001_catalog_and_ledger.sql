-- Catalogue, payloads, runs, ledger, findings and change feed. Runs as tidemark_owner; schemas and roles are made before
-- (db/migration/prepare.ts). Columns named here are a public contract: additive changes only.

-- Whether this database holds live or simulated data: decided by the first payload, never changed.
create table ops.instance (
  only_row boolean primary key default true check (only_row),
  simulated boolean
);
insert into ops.instance default values;
comment on table ops.instance is 'One row: whether the data in this database is simulated (null until the first payload).';

create table ops.source (
  source text primary key,
  title text not null,
  link text not null,
  time_zone text not null,
  quota_requests int not null check (quota_requests > 0),
  quota_window interval not null,
  blocked_until timestamptz
);
comment on table ops.source is 'A publisher with one base URL, one quota and one time zone.';
comment on column ops.source.blocked_until is 'Nobody asks before this instant: the source answered 429 or asked for patience.';

-- The quota as slots: every request takes the slot that is free first and holds it for one window, so any N+1 requests
-- in a row span more than one window, whoever makes them and whatever restarts in between.
create table ops.request_slot (
  source text not null references ops.source,
  slot int not null,
  live_only boolean not null,
  free_at timestamptz not null default '-infinity',
  primary key (source, slot)
);
comment on table ops.request_slot is 'The source''s quota: a slot per allowed request and window.';

-- Two statements, not one: the second must see what the holder of the lock committed while the first waited.
create function ops.take_slot(of_source text, live boolean)
returns double precision
language plpgsql
as $$
declare
  wait_ms double precision;
begin
  perform from ops.source s where s.source = of_source for update;
  update ops.request_slot s
  set free_at = greatest(clock_timestamp(), pick.free_at, pick.blocked_until) + pick.quota_window
  from (
    select r.slot, r.free_at, q.blocked_until, q.quota_window
    from ops.request_slot r
    join ops.source q using (source)
    where r.source = of_source and (live or not r.live_only)
    order by r.free_at, r.live_only desc, r.slot
    limit 1
  ) pick
  where s.source = of_source and s.slot = pick.slot
  returning extract(epoch from s.free_at - pick.quota_window - clock_timestamp()) * 1000 into wait_ms;
  return greatest(wait_ms, 0);
end
$$;
comment on function ops.take_slot is 'Takes a slot of the quota; returns how long to wait before asking, milliseconds.';

create table ops.dataset (
  dataset text primary key,
  source text not null references ops.source,
  title text not null,
  description text not null,
  unit text not null,
  resolution interval not null,
  time_zone text not null,
  owner text not null,
  licence text not null,
  source_link text not null,
  access_class text not null check (access_class in ('open', 'restricted')),
  retention interval,
  first_day date not null,
  schema_name text not null,
  table_name text not null,
  decoder_version int not null,
  unique (schema_name, table_name)
);
comment on table ops.dataset is 'Registered datasets; readers see catalog.dataset.';

create table catalog.series (
  id int generated always as identity primary key,
  dataset text not null references ops.dataset,
  series text not null check (length(series) <= 200),
  attributes jsonb not null default '{}',
  first_payload_id bigint not null,
  added_at timestamptz not null default now(),
  unique (dataset, series)
);
comment on table catalog.series is 'Every key that was ever published, as published, with what its name tells.';

create table ops.run (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  workflow_id text not null,
  run_id text not null,
  trigger text not null check (trigger in ('schedule', 'backfill', 'person')),
  backfill_id text,
  started_at timestamptz not null,
  finished_at timestamptz,
  outcome text,
  error text,
  payload_id bigint,
  unique (workflow_id, run_id)
);
create index on ops.run (dataset, day, started_at desc);
comment on table ops.run is 'Every attempt at a delivery day. Outlives Temporal''s own retention.';
comment on column ops.run.outcome is 'The state that the attempt ended in; null while it runs.';

create table ops.payload (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  run_id bigint references ops.run,
  fetched_at timestamptz not null,
  last_seen_at timestamptz not null,
  seen_count int not null default 1,
  sha256 bytea not null,
  url text not null,
  status int not null,
  headers jsonb not null,
  size_bytes bigint not null,
  encoding text not null check (encoding in ('identity', 'gzip')),
  bytes bytea not null,
  decoder_version int,
  content_sha256 bytea,
  change_id bigint,
  kind text check (kind in ('empty', 'refused', 'points')),
  unique (dataset, day, fetched_at)
);
alter table ops.payload alter column bytes set storage external;
create index on ops.payload (sha256);
comment on table ops.payload is 'The bytes one fetch brought. The tables of a day are a fold over its payloads by fetched_at.';
comment on column ops.payload.sha256 is 'Of the body as the source meant it, before our compression.';
comment on column ops.payload.last_seen_at is 'When the source last gave these bytes, or bytes that mean the same.';
comment on column ops.payload.content_sha256 is 'Of the decoded, ordered content: equal content is no change. Null until folded.';
comment on column ops.payload.change_id is 'Its place in the order in which things became known, also where it moved nothing; null until folded.';
comment on column ops.payload.decoder_version is 'Of the decoder that folded it; null until folded.';

create table ops.delivery_day (
  dataset text not null references ops.dataset,
  day date not null,
  state text not null check (state in
    ('scheduled', 'awaiting', 'late', 'partial', 'complete', 'quarantined', 'failed', 'absent')),
  expected_points int not null default 0,
  present_points int not null default 0,
  quarantined_points int not null default 0,
  revision int not null default 0,
  first_published_at timestamptz,
  completed_at timestamptz,
  last_changed_at timestamptz,
  last_checked_at timestamptz,
  payload_id bigint references ops.payload,
  workflow_id text,
  run_id text,
  error text,
  primary key (dataset, day)
);
create index on ops.delivery_day (dataset, state);
comment on table ops.delivery_day is 'The ledger: what is known of each delivery day.';
comment on column ops.delivery_day.present_points is 'Points that have a value; a published null is not one.';
comment on column ops.delivery_day.revision is 'How many payloads changed values after the first publication.';
comment on column ops.delivery_day.error is 'Why the last attempt failed; null when it did not.';

create table ops.finding (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  series text,
  starts_at timestamptz,
  rule text not null,
  severity text not null check (severity in ('block', 'warn', 'info')),
  points int not null,
  place text,
  raw text,
  reason text not null,
  payload_id bigint references ops.payload,
  found_at timestamptz not null,
  resolution text not null default 'open' check (resolution in ('open', 'released', 'waived', 'superseded')),
  resolved_at timestamptz,
  resolved_by text,
  resolved_reason text
);
create index on ops.finding (dataset, day);
create index on ops.finding (dataset, rule) where resolution = 'open';
comment on table ops.finding is 'Something wrong or odd in a payload. A quarantined point is a finding of severity block.';

-- The order in which things became known. One row; whoever publishes changes holds its lock from the stamp to the commit, so that
-- instants, cursors and visibility have one order, on the primary and on replicas (docs/decisions/0024).
create table ops.clock (
  only_row boolean primary key default true check (only_row),
  cursor bigint not null default 0,
  settled_at timestamptz not null default date_trunc('milliseconds', clock_timestamp())
);
insert into ops.clock default values;
comment on table ops.clock is 'One row: the last cursor given out, and the instant up to which knowledge is settled.';
comment on column ops.clock.settled_at is 'Whatever becomes readable after this row was read is known from a later instant.';

create table ops.change (
  id bigint generated by default as identity primary key,
  cursor bigint unique,
  dataset text not null references ops.dataset,
  day date not null,
  payload_id bigint references ops.payload,
  kind text not null check (kind in ('published', 'revised', 'corrected', 'erased', 'dropped')),
  new_points int not null,
  revised_points int not null,
  nulled_points int not null,
  largest_difference double precision,
  known_at timestamptz
);
create index on ops.change (dataset, day);
create index on ops.change (dataset, cursor);
-- Empty but for the rows of transactions that are about to commit.
create index change_unstamped on ops.change (id) where cursor is null;
comment on table ops.change is 'One row per payload or decision that moved a day, and per correction of what was told. Values and versions refer to it by id. Cursors become visible in their own order; none is ever taken back.';
comment on column ops.change.id is 'Ascending in the order in which the changes of a day were made.';
comment on column ops.change.cursor is 'The place in the feed, given out at commit.';
comment on column ops.change.known_at is 'Since when what it brought can be read: by the database''s clock, given out at commit. When its bytes came is fetched_at of the payload.';
comment on column ops.change.payload_id is 'The payload that brought it; null for a correction of a whole day.';

-- Runs as the last thing before a commit; the first row of the transaction stamps all of them. Several changes of one day get an
-- instant each, so that every version has been known for a while.
create function ops.stamp_changes()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  added int;
  of_one_day int;
  now_at ops.clock;
begin
  if not exists (select from ops.change c where c.id = new.id and c.cursor is null) then
    return null;
  end if;
  select sum(changes), max(changes) into added, of_one_day
  from (select count(*) as changes from ops.change c where c.cursor is null group by c.dataset, c.day) days;
  update ops.clock k
  set cursor = k.cursor + added,
    settled_at = greatest(date_trunc('milliseconds', clock_timestamp()), k.settled_at + of_one_day * interval '1 ms')
  returning * into now_at;
  update ops.change c
  set cursor = now_at.cursor - added + s.place,
    known_at = coalesce(c.known_at, now_at.settled_at - s.followers * interval '1 ms')
  from (
    select u.id, row_number() over (order by u.id) as place,
      count(*) over (partition by u.dataset, u.day) - row_number() over (partition by u.dataset, u.day order by u.id) as followers
    from ops.change u where u.cursor is null
  ) s
  where c.id = s.id;
  return null;
end
$$;
comment on function ops.stamp_changes is 'Gives the changes of a transaction their cursors and the instant from which they are known.';
create constraint trigger stamp after insert on ops.change
  deferrable initially deferred for each row execute function ops.stamp_changes();

create function ops.next_change_ids(count int)
returns setof bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select nextval('ops.change_id_seq') from generate_series(1, count)
$$;
comment on function ops.next_change_ids is 'Ids for changes to come, ascending. Values refer to their change before it is in the feed.';

create function ops.settle()
returns timestamptz
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  update ops.clock set settled_at = greatest(settled_at, date_trunc('milliseconds', clock_timestamp())) returning settled_at
$$;
comment on function ops.settle is 'Moves the settled instant to now, also when nothing is written.';

create function catalog.settled_at()
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select settled_at from ops.clock
$$;
comment on function catalog.settled_at is 'The newest instant whose state of knowledge is settled: asked for as of then, an answer never changes.';

create view catalog.dataset as
select
  d.dataset, d.source, d.title, d.description, d.unit, d.resolution, d.time_zone, d.owner, d.licence, d.source_link,
  d.access_class, d.retention,
  coalesce(l.first_day, d.first_day) as first_day, l.last_day, i.simulated,
  d.schema_name || '.' || d.table_name as relation
from ops.dataset d
cross join ops.instance i
left join lateral (
  select min(day) as first_day, max(day) as last_day
  from ops.delivery_day l
  where l.dataset = d.dataset and l.present_points > 0
) l on true;
comment on view catalog.dataset is 'What exists, for readers: one row per dataset.';

grant usage on schema catalog to tidemark_reader, tidemark_writer;
grant select on all tables in schema catalog to tidemark_reader;
grant usage on schema ops, store to tidemark_writer;
grant select on all tables in schema ops, catalog to tidemark_writer;
grant insert, update on
  ops.source, ops.request_slot, ops.dataset, catalog.series, ops.run, ops.payload, ops.delivery_day
  to tidemark_writer;
grant update on ops.instance to tidemark_writer;
revoke execute on function ops.stamp_changes, ops.next_change_ids, ops.settle, catalog.settled_at from public;
grant execute on function ops.next_change_ids, ops.settle to tidemark_writer;
grant execute on function catalog.settled_at to tidemark_reader, tidemark_writer;
grant delete on ops.request_slot to tidemark_writer;
-- Folding a day again takes its findings back; payloads, runs and changes are never taken back.
grant insert, update, delete on ops.finding to tidemark_writer;
grant insert on ops.change to tidemark_writer;
