-- Outages of generation units as the publisher had told them by an instant, by its own clock and versions. What was known here then is
-- another question: entsoe.generation_outages_as_of.

create or replace function entsoe.generation_outages_published_by(at timestamptz)
returns setof entsoe.generation_outages_versions
language sql
stable
parallel safe
as $$
  select distinct on (v.key) v.*
  from entsoe.generation_outages_versions v
  where v.published_at <= $1
  order by v.key, v.version desc
$$;
comment on function entsoe.generation_outages_published_by is
  'Of each outage the highest version that the publisher had made by an instant, of the versions that are kept.';
grant execute on function entsoe.generation_outages_published_by to tidemark_reader, tidemark_writer, tidemark_api;
