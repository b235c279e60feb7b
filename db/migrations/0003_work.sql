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

-- A slot or a ban that was given out later than now was so by a clock that has been set back since: left alone, it would keep
-- everybody waiting until that time has come again. A slot is then held as long as if it had been given out just now, so that it
-- is not used twice in a window. Whoever waits for its turn waits a quarter of an hour at most (workflows/proxies.ts): what lies
-- further ahead than that, a window and a ban was not given out by this clock either.
create function ops.follow_clock(of_host text)
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
    select taken_at as at from ops.request_slot where host = of_host
    union all
    select held_at from ops.quota where host = of_host
  ) t
  where t.at > now_is;
  if back is not null then
    update ops.quota set blocked_until = now_is + (blocked_until - held_at), held_at = now_is
    where host = of_host and held_at > now_is;
    update ops.quota set clock_set_back_at = now_is, clock_set_back_by = back
    where host = of_host and back > interval '2 seconds';
    update ops.request_slot set free_at = now_is + (free_at - taken_at), taken_at = now_is
    where host = of_host and taken_at > now_is;
  end if;
  select greatest(now_is, blocked_until) + quota_window, greatest(quota_window, interval '15 minutes') into latest, queue
  from ops.quota where host = of_host;
  update ops.request_slot set free_at = latest, taken_at = now_is
  where host = of_host and free_at > latest + queue;
end
$$;
comment on function ops.follow_clock is 'Moves slots and ban of a host that a clock that was set back since has put too far ahead.';

-- Slots that are given out at once become free at once, and the days of a whole window begin at one instant: live days
-- then wait for the processors. So whoever is not live gets half of its share at once and the rest evenly over the window.
-- Two statements, not one: the second must see what the holder of the lock committed while the first waited.
create function ops.take_slot(of_host text, live boolean)
returns double precision
language plpgsql
as $$
declare
  not_before timestamptz;
  wait_ms double precision;
begin
  perform from ops.quota q where q.host = of_host for update;
  perform ops.follow_clock(of_host);
  if not live then
    -- A slot is held from (free_at - quota_window) to free_at.
    select max(r.free_at) - q.quota_window + q.quota_window / count(*) into not_before
    from ops.request_slot r
    join ops.quota q using (host)
    where r.host = of_host and not r.live_only
    group by q.quota_window
    having 2 * count(*) filter (where r.free_at > clock_timestamp()) >= count(*);
  end if;
  update ops.request_slot s
  set free_at = greatest(clock_timestamp(), pick.free_at, pick.blocked_until, not_before) + pick.quota_window,
    taken_at = clock_timestamp()
  from (
    select r.slot, r.free_at, q.blocked_until, q.quota_window
    from ops.request_slot r
    join ops.quota q using (host)
    where r.host = of_host and (live or not r.live_only)
    order by r.free_at, r.live_only desc, r.slot
    limit 1
  ) pick
  where s.host = of_host and s.slot = pick.slot
  returning extract(epoch from s.free_at - pick.quota_window - clock_timestamp()) * 1000 into wait_ms;
  return greatest(wait_ms, 0);
end
$$;
comment on function ops.take_slot is
  'Takes a slot of the quota; returns how long to wait before the request, milliseconds. Evenly spaced for those who are not live.';
grant execute on function ops.follow_clock, ops.take_slot to tidemark_writer;

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
