-- The holidays of a location, and the locations that there are to begin with.

create or replace function calendar.holidays_of(location uuid, from_day date, to_day date, as_of timestamptz default null)
returns table (
  date date, name text, local_name text, type text, substitute boolean, country text, subdivision text, source text,
  answered_for text, fallback boolean, key text, version int, revision int, is_current boolean, known_at timestamptz,
  payload_id bigint)
language plpgsql
stable
as $$
#variable_conflict use_column
declare
  asked record;
  unknown text;
begin
  select * into asked from catalog.coverage('calendar.holidays', $2, $3, $4);
  if asked.loaded is distinct from 'all' then
    raise warning 'the holidays from % to % are not all loaded (%): %', $2, $3, coalesce(asked.loaded, 'none'),
      case when $4 is null then coalesce(asked.states::text, 'no dataset') else 'as of then' end
      using hint = format('tidemark refresh calendar.holidays --from-year %s --to-year %s', left($2::text, 4), left($3::text, 4));
  else
    -- Years that were loaded before the location was added say nothing of it.
    select string_agg(left(y.day::text, 4), ', ' order by y.day) into unknown
    from generate_series(date_trunc('year', $2::timestamp), $3::timestamp, interval '1 year') as y(day)
    where not exists (
      select from catalog.location_versions l
      join calendar.holidays_versions h on h.country = l.country and h.subdivision is not distinct from l.subdivision
      where l.id = $1 and case when $4 is null then l.known_to is null else l.known_from <= $4 and (l.known_to is null or l.known_to > $4) end
        and h.delivery_day = y.day::date and ($4 is null or h.known_from <= $4));
    if unknown is not null then
      raise warning 'the holidays of location % were never loaded for %', $1, unknown
        using hint = format('tidemark refresh calendar.holidays --from-year %s --to-year %s', left($2::text, 4), left($3::text, 4));
    end if;
  end if;
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
grant execute on function calendar.holidays_of to tidemark_reader, tidemark_writer, tidemark_api;

-- Known from an instant that nobody was told to be settled before. One that people have changed since stays as they left it.
insert into ops.location_version (location, version, name, country, subdivision, active, known_from, changed_by, reason)
select id::uuid, 1, name, left(code, 2), code, true, moment.at, 'tidemark', 'to begin with'
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
cross join (select ops.next_instant() as at) moment
on conflict do nothing;
