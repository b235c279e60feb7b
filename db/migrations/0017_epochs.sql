-- A database that was restored, or whose standby has taken over, may have lost its newest commits. What it gives out from then on
-- lies in another epoch, so that no cursor names two changes (docs/decisions/0045-epochs.md).

create table ops.epoch (
  number int primary key check (number between 0 and 9000),
  origin text not null,
  began_at timestamptz not null default clock_timestamp(),
  ended_cursor bigint not null,
  known_to timestamptz not null
);
comment on table ops.epoch is 'When the database was made, restored, or taken over by a standby. Cursors and ids of epoch n begin after n × 10^12.';
comment on column ops.epoch.origin is 'System identifier, timeline and database: another one when the files are others.';
comment on column ops.epoch.ended_cursor is 'Where the feed of the epoch before ends here. A reader that has read further has read what is lost.';
comment on column ops.epoch.known_to is 'The newest instant that was settled before. What was told for later ones, before the epoch began, may be lost.';
grant select on ops.epoch to tidemark_writer, tidemark_api;
alter table ops.clock add column origin text;
comment on column ops.clock.origin is 'Of the last commit that gave out a cursor or settled an instant.';

create function ops.origin()
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select format('%s-%s-%s',
    (pg_control_system()).system_identifier,
    left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
    (select oid from pg_database where datname = current_database()))
$$;
comment on function ops.origin is 'What these files are: a restore and a standby that takes over begin a timeline, a dump lies in another database.';

create function ops.begin_epoch()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  here constant text := ops.origin();
  was ops.clock;
  next_number int;
  each_sequence regclass;
begin
  if not exists (select from ops.clock where origin is distinct from here) then
    return;
  end if;
  select * into was from ops.clock for update;
  if was.origin is not distinct from here then
    return;
  end if;
  -- Nothing was given out: there is nothing that could be mistaken.
  if was.cursor = 0 then
    update ops.clock set origin = here;
    delete from ops.epoch;
    insert into ops.epoch (number, origin, ended_cursor, known_to) values (0, here, 0, was.settled_at);
    return;
  end if;
  select coalesce(max(number), 0) + 1 into next_number from ops.epoch;
  insert into ops.epoch (number, origin, ended_cursor, known_to) values (next_number, here, was.cursor, was.settled_at);
  update ops.clock set origin = here, cursor = next_number * 1000000000000;
  for each_sequence in
    select format('%I.%I', schemaname, sequencename)::regclass
    from pg_sequences where schemaname in ('ops', 'store') and data_type = 'bigint'::regtype
  loop
    perform setval(each_sequence, next_number * 1000000000000);
  end loop;
end
$$;
comment on function ops.begin_epoch is 'Begins another epoch where the files are others than those of the last commit.';

create or replace function ops.settle()
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  now_at timestamptz;
begin
  perform ops.begin_epoch();
  update ops.clock set settled_at = greatest(settled_at, date_trunc('milliseconds', clock_timestamp())) returning settled_at into now_at;
  return now_at;
end
$$;

-- As before, in the epoch of these files.
create or replace function ops.stamp_changes()
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
  perform ops.begin_epoch();
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

create view catalog.epochs as
select number, began_at, ended_cursor, known_to from ops.epoch;
comment on view catalog.epochs is 'When the database was made, restored, or taken over by a standby, and what it then still knew: see docs/recipes.md, "The database was restored".';
comment on column catalog.epochs.ended_cursor is 'Where the feed of the epoch before ends. A reader that has read further has read what is lost.';
comment on column catalog.epochs.known_to is 'The newest instant that was settled before. What was told for later ones, before the epoch began, may be lost.';
grant select on catalog.epochs to tidemark_reader, tidemark_writer, tidemark_api;
