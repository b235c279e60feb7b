-- Backfills: what was planned, and what came of it, day by day. Outlives Temporal's own retention.

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
  verdict text,
  unique (workflow_id, run_id)
);
create index on ops.backfill (dataset, planned_at desc);
comment on table ops.backfill is 'Every backfill: what was asked for, what was planned, what came of it.';
comment on column ops.backfill.run_id is 'Of its first run in Temporal; a long one continues as new under other ids.';
comment on column ops.backfill.requests is 'Requests planned, when none has to be repeated.';
comment on column ops.backfill.quota_minutes is 'How long the source''s quota makes these requests take.';
comment on column ops.backfill.rows is 'Points planned: expected ones that were not there.';
comment on column ops.backfill.rows_written is 'Points that were new or changed.';
comment on column ops.backfill.finished_at is 'Null while it runs, and for ever when it was terminated.';

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
comment on table ops.backfill_day is 'The plan of a backfill, a row per day of its range, and beside it what came of the day.';
comment on column ops.backfill_day.state is 'In the ledger when it was planned; null when the day had no row.';
comment on column ops.backfill_day.outcome is 'State in which the day''s part ended; null when it was left alone or never begun.';
comment on column ops.backfill_day.note is 'Why it failed, or why a person took it out.';

grant select, insert on ops.backfill, ops.backfill_day to tidemark_writer;
grant update (finished_at, rows_written, verdict) on ops.backfill to tidemark_writer;
grant update (outcome, note) on ops.backfill_day to tidemark_writer;
