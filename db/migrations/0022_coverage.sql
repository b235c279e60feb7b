-- How much of what is asked for was ever loaded: a query that finds no rows cannot say whether there are none.
create function catalog.coverage(
  dataset text, from_day date default null, to_day date default null, as_of timestamptz default null)
returns table (days int, loaded text, states jsonb, expected_points bigint, present_points bigint, quarantined_points bigint)
language sql
stable
as $$
  with asked as (
    select d.period, case d.period when 'year' then date_trunc('year', coverage.from_day)::date else coverage.from_day end as first,
      coverage.to_day as last, d.begins_on as possible_from,
      least(coverage.as_of, catalog.settled_at()) as at
    from catalog.dataset d where d.dataset = coverage.dataset
  ), known as (
    select l.*, case when coverage.as_of is null
        then l.dropped_at is null and (l.first_published_at is not null or l.state in ('complete', 'absent'))
        else coalesce(l.recorded_at <= a.at, false) end as is_loaded
    from asked a
    join catalog.delivery_day l on l.dataset = coverage.dataset and (a.first is null or l.day >= a.first) and (a.last is null or l.day <= a.last)
  ), counted as (
    select count(*)::int as known, (count(*) filter (where is_loaded))::int as loaded,
      (sum(expected_points) filter (where dropped_at is null))::bigint as expected,
      (sum(present_points) filter (where dropped_at is null))::bigint as present, sum(quarantined_points)::bigint as quarantined,
      (select jsonb_object_agg(state, n) from (select state, count(*) as n from known group by state) by_state) as states
    from known
  ), units as (
    select a.period, a.first, a.last, greatest(a.first, a.possible_from) as possible from asked a
  ), sized as (
    select c.*, coverage.as_of is not null as is_past,
      coalesce(case u.period when 'year' then extract(year from u.last)::int - extract(year from u.first)::int + 1
        else u.last - u.first + 1 end, case when coverage.as_of is null then c.known else c.loaded end) as days,
      coalesce(case u.period when 'year' then extract(year from u.last)::int - extract(year from u.possible)::int + 1
        else u.last - u.possible + 1 end, case when coverage.as_of is null then c.known else c.loaded end) as possible
    from units u cross join counted c
  )
  select s.days, case when s.loaded = 0 then 'none' when s.loaded >= s.possible then 'all' else 'part' end,
    case when not s.is_past then coalesce(s.states, '{}')
      || case when s.known < s.days then jsonb_build_object('none', s.days - s.known) else '{}' end end,
    case when not s.is_past then coalesce(s.expected, 0) end, case when not s.is_past then coalesce(s.present, 0) end,
    case when not s.is_past then coalesce(s.quarantined, 0) end
  from sized s
$$;
comment on function catalog.coverage is 'How much of some days was ever loaded (all, part, none: then that there are no rows means nothing), with the days by state of the ledger and their points. Both days are included; without them: all of the ledger. As of a past instant: of how many days something was known then. Nothing for a dataset that does not exist.';
revoke execute on function catalog.coverage from public;
grant execute on function catalog.coverage to tidemark_reader, tidemark_writer, tidemark_api;
