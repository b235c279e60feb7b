-- What is done and by whom: the quota of a host, attempts at delivery days, backfills, processes.

-- The quota as slots: every request takes the slot that is free first and holds it for one window, so any N+1 requests
-- in a row span more than one window, whoever makes them and whatever restarts in between.
create table ops.request_slot (
  host text not null references ops.quota,
  slot int not null,
  live_only boolean not null,
  free_at timestamptz not null default '-infinity',
  taken_at timestamptz not null default '-infinity',
  primary key (host, slot)
);
comment on table ops.request_slot is 'The host''s quota: a slot per allowed request and window.';
comment on column ops.request_slot.taken_at is 'When it was given out last, by the clock that free_at is by.';
grant select, insert, update, delete on ops.request_slot to tidemark_writer;
grant select on ops.request_slot to tidemark_api;

-- Who waits for a slot. Nothing waits with it: whoever is not served is told when to come again, and its row keeps its place.
create table ops.request_queue (
  host text not null references ops.quota,
  run_id text not null,
  activity_id text not null,
  urgency smallint not null check (urgency between 1 and 4),
  asked_at timestamptz not null,
  back_at timestamptz not null,
  primary key (host, run_id, activity_id)
);
comment on table ops.request_queue is 'Requests that wait for a slot of their host''s quota, each a step of a run.';
comment on column ops.request_queue.urgency is '1: a person, 2: due today, 3: missed, 4: a backfill.';
comment on column ops.request_queue.back_at is
  'When it asks again at the latest. Nobody waits for one that is overdue: its run has ended, or its worker.';
grant select, insert, update, delete on ops.request_queue to tidemark_writer;
grant select on ops.request_queue to tidemark_api;

-- A slot or a ban that was given out later than now was so by a clock that has been set back since: left alone, it would keep
-- everybody waiting until that time has come again. A slot is then held as long as if it had been given out just now, so that it
-- is not used twice in a window. A slot is given out when it is used, so none is free later than after a window.
create function ops.follow_clock(of_host text)
returns void
language plpgsql
as $$
declare
  now_is timestamptz := clock_timestamp();
  back interval;
begin
  select max(t.at) - now_is into back
  from (
    select taken_at as at from ops.request_slot where host = of_host
    union all
    select held_at from ops.quota where host = of_host
    union all
    select asked_at from ops.request_queue where host = of_host
  ) t
  where t.at > now_is;
  if back is not null then
    update ops.quota set blocked_until = now_is + (blocked_until - held_at), held_at = now_is
    where host = of_host and held_at > now_is;
    update ops.quota set clock_set_back_at = now_is, clock_set_back_by = back
    where host = of_host and back > interval '2 seconds';
    update ops.request_slot set free_at = now_is + (free_at - taken_at), taken_at = now_is
    where host = of_host and taken_at > now_is;
    update ops.request_queue set asked_at = asked_at - back, back_at = back_at - back
    where host = of_host and asked_at > now_is;
  end if;
  update ops.request_slot s set free_at = now_is + q.quota_window, taken_at = now_is
  from ops.quota q
  where s.host = of_host and q.host = of_host and s.free_at > now_is + q.quota_window;
end
$$;
comment on function ops.follow_clock is 'Moves slots, queue and ban of a host that a clock that was set back since has put too far ahead.';

-- Whether a live day may need a reserved slot before one that is given out now is free again: one waits, or is due by then, or a dataset
-- of the host has not been polled yet. What has been due for long is not polled: a person has paused it.
create function ops.live_is_near(of_host text)
returns boolean
language plpgsql
stable
as $$
begin
  return exists (
    select from ops.request_queue q
    where q.host = of_host and q.urgency <= 2 and q.back_at > clock_timestamp() - interval '1 second'
  ) or exists (
    select
    from ops.quota q
    join ops.source s using (host)
    join ops.dataset d using (source)
    left join ops.poll p using (dataset)
    where q.host = of_host and d.enabled
      and (p.dataset is null
        or p.next_due_at between clock_timestamp() - interval '10 minutes' and clock_timestamp() + q.quota_window)
  );
end
$$;
comment on function ops.live_is_near is 'Whether backfills leave the reserved slots of a host alone now.';

-- Gives a slot to a request whose turn it is. All others are told how long to stay away: until about their turn, at most two
-- minutes, so that whoever never comes again is not waited for, and others move up when the queue has become shorter.
--
-- Slots that are given out at once become free at once, and the days of a whole window begin at one instant: live days
-- then wait for the processors. So whoever is not live gets half of its share at once and the rest evenly over the window. Its share is
-- everything while no live day is near.
-- Several statements, not one: they must see what the holder of the lock committed while they waited for it.
create function ops.take_slot(
  of_host text, of_run text, of_activity text, of_urgency int,
  out wait_ms double precision, out ahead int, out begins_in_ms double precision)
language plpgsql
as $$
declare
  live boolean := of_urgency <= 2;
  all_slots boolean := live;
  now_is timestamptz;
  spacing interval := '0';
  not_before timestamptz;
  begins_at timestamptz;
begin
  perform from ops.quota q where q.host = of_host for update;
  if not found then return; end if;
  perform ops.follow_clock(of_host);
  now_is := clock_timestamp();
  delete from ops.request_queue q where q.host = of_host and q.back_at < now_is - interval '1 hour';
  insert into ops.request_queue as q values (of_host, of_run, of_activity, of_urgency, now_is, now_is)
  on conflict (host, run_id, activity_id) do update set urgency = excluded.urgency, back_at = now_is;
  select count(*) into ahead
  from ops.request_queue me
  join ops.request_queue q on q.host = me.host
    and (q.urgency, q.asked_at, q.run_id, q.activity_id) < (me.urgency, me.asked_at, me.run_id, me.activity_id)
    and q.back_at > now_is - interval '1 second'
  where me.host = of_host and me.run_id = of_run and me.activity_id = of_activity;
  if not live then
    all_slots := not ops.live_is_near(of_host);
    select max(r.free_at) - q.quota_window, q.quota_window / count(*) into not_before, spacing
    from ops.request_slot r join ops.quota q using (host)
    where r.host = of_host and (all_slots or not r.live_only)
    group by q.quota_window
    having 2 * (count(*) filter (where r.free_at > now_is) + ahead) >= count(*);
    spacing := coalesce(spacing, '0');
  end if;
  -- The slots that it may have, in the order in which they become free: those who are before it take the first ones.
  with usable as (
    select greatest(r.free_at, q.blocked_until, now_is) as at, q.quota_window, r.slot,
      row_number() over (order by greatest(r.free_at, now_is), r.live_only <> live, r.slot) - 1 as place,
      count(*) over () as slots
    from ops.request_slot r join ops.quota q using (host)
    where r.host = of_host and (all_slots or not r.live_only)
  )
  select case when spacing = '0' then
      max(u.at) filter (where u.place <= ahead % u.slots) + (ahead / min(u.slots)) * min(u.quota_window)
    else
      greatest(max(u.at - u.place * spacing) filter (where u.place <= ahead), not_before + spacing) + ahead * spacing
    end into begins_at
  from usable u;
  if begins_at > now_is then
    begins_in_ms := extract(epoch from begins_at - now_is) * 1000;
    wait_ms := least(begins_in_ms, 120000);
    update ops.request_queue q set back_at = now_is + wait_ms * interval '1 ms'
    where q.host = of_host and q.run_id = of_run and q.activity_id = of_activity;
    return;
  end if;
  delete from ops.request_queue q where q.host = of_host and q.run_id = of_run and q.activity_id = of_activity;
  update ops.request_slot s set free_at = now_is + q.quota_window, taken_at = now_is
  from ops.quota q
  where q.host = of_host and s.host = of_host and s.slot = (
    select r.slot from ops.request_slot r
    where r.host = of_host and r.free_at <= now_is and (all_slots or not r.live_only)
    order by r.live_only <> live, r.free_at, r.slot
    limit 1);
  wait_ms := 0;
  begins_in_ms := 0;
end
$$;
comment on function ops.take_slot is
  'Takes a slot of the quota if it is this request''s turn (wait_ms is 0: send it now), else says when to ask again.';
grant execute on function ops.follow_clock, ops.live_is_near, ops.take_slot to tidemark_writer;

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
-- What was tried is evidence: rows are added, and only how it ended is noted on them.
grant select, insert, update (finished_at, outcome, error, payload_id) on ops.run to tidemark_writer;
grant select on ops.run to tidemark_api;

create table ops.step (
  run_id text not null,
  step text not null,
  result jsonb,
  done_at timestamptz not null default clock_timestamp(),
  primary key (run_id, step)
);
create index on ops.step using brin (done_at);
comment on table ops.step is
  'Steps of workflows that have written, written with what they wrote: another attempt of the same step writes nothing. Kept for a month.';
comment on column ops.step.run_id is 'The run in Temporal.';
comment on column ops.step.step is 'The activity id in that run, and what it wrote where a step writes several things.';
comment on column ops.step.result is 'What the step returned to its workflow, for an attempt that comes after it.';
grant select, insert, update (result), delete on ops.step to tidemark_writer;

create table ops.backfill (
  id bigint generated always as identity primary key,
  workflow_id text not null,
  run_id text not null,
  dataset text not null references ops.dataset,
  from_day date not null,
  to_day date not null,
  input jsonb not null,
  planned_at timestamptz not null,
  requests int not null,
  quota_minutes double precision not null,
  rows bigint not null,
  finished_at timestamptz,
  rows_written bigint,
  summary text,
  unique (workflow_id, run_id)
);
create index on ops.backfill (dataset, planned_at desc);
comment on table ops.backfill is 'Every backfill: its input, its plan and its result. Outlives Temporal''s own retention.';
comment on column ops.backfill.run_id is 'The first run in Temporal; a long one continues as new under other ids.';
comment on column ops.backfill.requests is 'Requests planned, when none has to be repeated.';
comment on column ops.backfill.quota_minutes is 'How long the source''s quota makes these requests take.';
comment on column ops.backfill.rows is 'Points planned: expected ones that were not there.';
comment on column ops.backfill.rows_written is 'Points that were new or changed.';
comment on column ops.backfill.finished_at is 'Null while it runs, and permanently when it was terminated.';
grant select, insert, update (finished_at, rows_written, summary) on ops.backfill to tidemark_writer;
grant select on ops.backfill to tidemark_api;

create table ops.backfill_day (
  backfill_id bigint not null references ops.backfill,
  day date not null,
  state text,
  reason text not null,
  action text not null check (action in ('fetch', 'rebuild', 'skip')),
  outcome text,
  note text,
  primary key (backfill_id, day)
);
comment on table ops.backfill_day is 'The plan of a backfill, a row per day of its range, and beside it the result of the day.';
comment on column ops.backfill_day.state is 'In the ledger when it was planned; null when the day had no row.';
comment on column ops.backfill_day.outcome is 'State in which the day''s part ended; null when it was left alone or never begun.';
comment on column ops.backfill_day.note is 'Why it failed, or why a person took it out.';
grant select, insert, update (outcome, note) on ops.backfill_day to tidemark_writer;
grant select on ops.backfill_day to tidemark_api;

create table ops.process (
  kind text not null check (kind in ('worker', 'api')),
  host text not null,
  pid int not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  clock_ahead_seconds double precision not null,
  datasets text[] not null,
  primary key (kind, host, pid)
);
comment on table ops.process is 'Workers and servers of the API that are running; one that was not seen for a minute has ended.';
comment on column ops.process.clock_ahead_seconds is
  'How far its own clock is ahead of the database''s; negative: behind. Instants of knowledge come from the database''s.';
comment on column ops.process.datasets is
  'What is in its catalogue: each dataset with the version of its decoder, <id>@<version>. All processes should have the same.';
grant select, insert, update, delete on ops.process to tidemark_writer, tidemark_api;
