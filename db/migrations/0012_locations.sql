-- Locations: data, not code. Every change of one is a version; a removed one is inactive and keeps its history.

create table ops.location_version (
  location uuid not null,
  version int not null check (version > 0),
  name text not null check (name ~ '\S' and length(name) <= 200),
  country text not null check (country ~ '^[A-Z]{2}$'),
  subdivision text check (subdivision ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$' and left(subdivision, 2) = country),
  active boolean not null,
  known_from timestamptz not null,
  known_to timestamptz check (known_to > known_from),
  changed_by text not null,
  reason text,
  primary key (location, version)
);
create unique index on ops.location_version (location) where known_to is null;
comment on table ops.location_version is 'Every version of every location. Rows are added; an older one only learns its end.';
comment on column ops.location_version.active is 'Whether the location is in use; a removed one is not, and keeps its holidays.';

create view catalog.location as
select location as id, name, country, subdivision, active, version, known_from as known_at
from ops.location_version
where known_to is null;
comment on view catalog.location is 'Every location as it is known now, removed ones too.';

create view catalog.location_versions as
select location as id, name, country, subdivision, active, version, known_from, known_to, known_to is null as is_current
from ops.location_version;
comment on view catalog.location_versions is 'Every version of every location.';

-- Call it last: other writers wait until the transaction ends.
create function ops.next_instant()
returns timestamptz
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  update ops.clock set settled_at = greatest(date_trunc('milliseconds', clock_timestamp()), settled_at + interval '1 ms')
  returning settled_at
$$;
comment on function ops.next_instant is 'The instant from which what this transaction writes is known, where no change of a dataset says it.';
revoke execute on function ops.next_instant from public;
grant execute on function ops.next_instant to tidemark_writer, tidemark_api;

grant select, insert, update (known_to) on ops.location_version to tidemark_writer, tidemark_api;
grant select on catalog.location, catalog.location_versions to tidemark_reader, tidemark_writer, tidemark_api;

insert into ops.location_version (location, version, name, country, subdivision, active, known_from, changed_by, reason)
select id::uuid, 1, name, left(code, 2), code, true, date_trunc('milliseconds', now()), 'tidemark', 'to begin with'
from (values
  ('9415913d-fffa-41f9-9323-6d62e6100a31', 'NL-FL', 'Flevoland'),
  ('432d10d2-1a7c-4bbd-abd2-85075fb19c71', 'NL-GR', 'Groningen'),
  ('a2d0d6fd-3a18-4f58-ac36-d2e56bf71a46', 'GB-NSM', 'North Somerset'),
  ('ab5df8c0-dfe7-4ca3-a9e4-c77f93e551a7', 'NL-ZH', 'Zuid-Holland'),
  ('fdbf55b4-1b97-43a8-a096-a71d0b9d6940', 'GB-WLL', 'Walsall'),
  ('d9a11093-b1a4-4c1a-9e2a-7cc951b55a32', 'NL-DR', 'Drenthe'),
  ('4f2c9d63-73b3-40f4-892d-136599854b87', 'NL-FR', 'Fryslân'),
  ('423ff765-83ac-472c-9ef7-b3a592696711', 'NL-UT', 'Utrecht'),
  ('5770db11-e7bf-4044-b54c-d49f69e947ec', 'GB-SOM', 'Somerset'),
  ('d70aed5a-3960-44fa-9c08-f725c2b03ce8', 'NL-NH', 'Noord-Holland'),
  ('e826584c-c32b-4ca1-835f-b7d7416f2958', 'NL-LI', 'Limburg'),
  ('e40a0514-03e7-4d28-b7be-38c18a5ae73c', 'GB-WRT', 'Warrington'),
  ('4c8eb5ba-0140-4b48-924b-899112abe562', 'NL-GE', 'Gelderland')
) as seed (id, code, name)
on conflict do nothing;

-- Keys of the HTTP API see fields that tell of a person only where somebody said so.
alter table ops.api_key add column personal boolean not null default false;
comment on column ops.api_key.personal is 'Whether answers show it the personal fields of records.';

-- The holidays of a location. The relations it reads are made with the dataset, so that it is bound when it is called.
create schema if not exists calendar;
create function calendar.holidays_of(location uuid, from_day date, to_day date, as_of timestamptz default null)
returns table (
  date date, name text, local_name text, type text, substitute boolean, country text, subdivision text, source text,
  answered_for text, fallback boolean, key text, version int, revision int, is_current boolean, known_at timestamptz,
  payload_id bigint)
language plpgsql
stable
as $$
#variable_conflict use_column
begin
  if $4 is null then
    return query
    select h.date, h.name, h.local_name, h.type, h.substitute, h.country, h.subdivision, h.source, h.answered_for, h.fallback,
      h.key, h.version::int, h.revision, h.is_current, h.known_at, h.payload_id
    from catalog.location l
    join calendar.holidays h on h.country = l.country and h.subdivision is not distinct from l.subdivision
    where l.id = $1 and h.date between $2 and $3
    order by h.date, h.key;
  else
    return query
    select h.date, h.name, h.local_name, h.type, h.substitute, h.country, h.subdivision, h.source, h.answered_for, h.fallback,
      h.key, h.version::int, h.revision, h.is_current, h.known_at, h.payload_id
    from catalog.location_versions l
    join calendar.holidays_as_of($4) h on h.country = l.country and h.subdivision is not distinct from l.subdivision
    where l.id = $1 and l.known_from <= $4 and (l.known_to is null or l.known_to > $4) and h.date between $2 and $3
    order by h.date, h.key;
  end if;
end
$$;
comment on function calendar.holidays_of is
  'The holidays of a location between two days, both included: as known now, or as known at an instant.';
grant usage on schema calendar to tidemark_reader, tidemark_writer, tidemark_api;
grant execute on function calendar.holidays_of to tidemark_reader, tidemark_writer, tidemark_api;
