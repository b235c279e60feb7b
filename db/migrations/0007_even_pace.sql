-- Slots that are given out at once become free at once, and the days of a whole window begin at one instant: live days
-- then wait for the processors. So whoever is not live gets half of its share at once and the rest evenly over the window.
create or replace function ops.take_slot(of_source text, live boolean)
returns double precision
language plpgsql
as $$
declare
  not_before timestamptz;
  wait_ms double precision;
begin
  perform from ops.source s where s.source = of_source for update;
  if not live then
    -- A slot is held from (free_at - quota_window) to free_at.
    select max(r.free_at) - q.quota_window + q.quota_window / count(*) into not_before
    from ops.request_slot r
    join ops.source q using (source)
    where r.source = of_source and not r.live_only
    group by q.quota_window
    having 2 * count(*) filter (where r.free_at > clock_timestamp()) >= count(*);
  end if;
  update ops.request_slot s
  set free_at = greatest(clock_timestamp(), pick.free_at, pick.blocked_until, not_before) + pick.quota_window
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
comment on function ops.take_slot is
  'Takes a slot of the quota; returns how long to wait before asking, milliseconds. Evenly spaced for those who are not live.';
