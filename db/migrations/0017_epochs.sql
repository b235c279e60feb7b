-- A database that was restored, or whose standby has taken over, may have lost its newest commits. What it gives out from then on
-- lies in another epoch, so that no cursor names two changes (docs/decisions/0024-settled-answers.md).

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

-- Whatever gives out a cursor or settles an instant updates the one row of the clock, and holds its lock.
create function ops.begin_epoch()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  here constant text := ops.origin();
  epoch int;
  each_sequence regclass;
begin
  if old.origin is not distinct from here then
    return new;
  end if;
  new.origin := here;
  -- Nothing was given out: there is nothing that could be mistaken.
  if old.cursor = 0 then
    delete from ops.epoch;
    insert into ops.epoch (number, origin, ended_cursor, known_to) values (0, here, 0, old.settled_at);
    return new;
  end if;
  select coalesce(max(number), 0) + 1 into epoch from ops.epoch;
  insert into ops.epoch (number, origin, ended_cursor, known_to) values (epoch, here, old.cursor, old.settled_at);
  new.cursor := epoch * 1000000000000 + new.cursor - old.cursor;
  for each_sequence in
    select format('%I.%I', schemaname, sequencename)::regclass
    from pg_sequences where schemaname in ('ops', 'store') and data_type = 'bigint'::regtype
  loop
    perform setval(each_sequence, epoch * 1000000000000);
  end loop;
  return new;
end
$$;
comment on function ops.begin_epoch is 'Begins another epoch where the files are others than those of the last commit.';
create trigger begin_epoch before update on ops.clock for each row execute function ops.begin_epoch();

create view catalog.epochs as
select number, began_at, ended_cursor, known_to from ops.epoch;
comment on view catalog.epochs is 'When the database was made, restored, or taken over by a standby, and what it then still knew: see docs/recipes.md, "The database was restored".';
comment on column catalog.epochs.ended_cursor is 'Where the feed of the epoch before ends. A reader that has read further has read what is lost.';
comment on column catalog.epochs.known_to is 'The newest instant that was settled before. What was told for later ones, before the epoch began, may be lost.';
grant select on catalog.epochs to tidemark_reader, tidemark_writer, tidemark_api;
