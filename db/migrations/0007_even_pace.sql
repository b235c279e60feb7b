-- Each slot and each ban remembers when it was given out. One that was given out later than now was so by a clock that has
-- been set back since: left alone, it would keep everybody waiting until that time has come again.
alter table ops.request_slot add column taken_at timestamptz not null default '-infinity';
comment on column ops.request_slot.taken_at is 'When it was given out last, by the clock that free_at is by.';
alter table ops.source
  add column held_at timestamptz,
  add column clock_set_back_at timestamptz,
  add column clock_set_back_by interval;
comment on column ops.source.held_at is 'When blocked_until was said.';
comment on column ops.source.clock_set_back_at is 'When it was found that the database''s clock had been set back; the quota was moved along.';
comment on column ops.source.clock_set_back_by is 'By how much at least.';

-- Takes the quota of a source along with a clock that was set back. A slot is then held as long as if it had been given out
-- just now, so that it is not used twice in a window. Whoever waits for its turn waits a quarter of an hour at most
-- (workflows/proxies.ts): what lies further ahead than that, a window and a ban was not given out by this clock either.
create function ops.follow_clock(of_source text)
returns void
language plpgsql
as $$
declare
  now_is timestamptz := clock_timestamp();
  back interval;
  latest timestamptz;
  queue interval;
begin
  select max(t.at) - now_is into back
  from (
    select taken_at as at from ops.request_slot where source = of_source
    union all
    select held_at from ops.source where source = of_source
  ) t
  where t.at > now_is;
  if back is not null then
    update ops.source set blocked_until = now_is + (blocked_until - held_at), held_at = now_is
    where source = of_source and held_at > now_is;
    update ops.source set clock_set_back_at = now_is, clock_set_back_by = back
    where source = of_source and back > interval '2 seconds';
    update ops.request_slot set free_at = now_is + (free_at - taken_at), taken_at = now_is
    where source = of_source and taken_at > now_is;
  end if;
  select greatest(now_is, blocked_until) + quota_window, greatest(quota_window, interval '15 minutes') into latest, queue
  from ops.source where source = of_source;
  update ops.request_slot set free_at = latest, taken_at = now_is
  where source = of_source and free_at > latest + queue;
end
$$;
revoke execute on function ops.follow_clock from public;
grant execute on function ops.follow_clock to tidemark_writer;
comment on function ops.follow_clock is 'Moves slots and ban of a source that a clock that was set back since has put too far ahead.';

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
  perform ops.follow_clock(of_source);
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
  set free_at = greatest(clock_timestamp(), pick.free_at, pick.blocked_until, not_before) + pick.quota_window,
    taken_at = clock_timestamp()
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
