-- What is known of each delivery day, and what rebuilds changed about it.

create table ops.delivery_day (
  dataset text not null references ops.dataset,
  day date not null,
  state text not null check (state in
    ('scheduled', 'in_progress', 'awaiting', 'late', 'partial', 'complete', 'quarantined', 'failed', 'absent')),
  expected_points int not null default 0,
  present_points int not null default 0,
  quarantined_points int not null default 0,
  revision int not null default 0,
  first_published_at timestamptz,
  completed_at timestamptz,
  last_changed_at timestamptz,
  last_checked_at timestamptz,
  payload_id bigint references ops.payload,
  workflow_id text,
  run_id text,
  error text,
  dropped_at timestamptz,
  due_at timestamptz,
  due_points int,
  check ((state = 'in_progress') = (due_points is not null) and (due_at is null or due_points is not null)),
  primary key (dataset, day)
);
create index on ops.delivery_day (dataset, state);
create index on ops.delivery_day (due_at) where due_at is not null;
comment on table ops.delivery_day is 'The ledger: what is known of each delivery day.';
comment on column ops.delivery_day.present_points is 'Points that have a value; a published null is not one.';
comment on column ops.delivery_day.revision is 'How many payloads changed values after the first publication.';
comment on column ops.delivery_day.error is 'Why the last attempt failed; null when it did not.';
comment on column ops.delivery_day.dropped_at is 'When retention dropped the values of the day; null while they are there.';
comment on column ops.delivery_day.due_at is 'Of a day in progress: when it is partial if points are still missing. Null where files were loaded that cover only a part of it: another file may bring the rest at any time.';
comment on column ops.delivery_day.due_points is 'Of a day in progress: how many points were due when it was last looked at, by the usual lag, or how many are in the part that files cover.';
grant select, insert, update on ops.delivery_day to tidemark_writer;
grant select on ops.delivery_day to tidemark_api;

create table ops.rebuilt_day (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  workflow_id text not null,
  run_id text not null,
  rebuilt_at timestamptz not null default clock_timestamp(),
  decoder_before int,
  decoder_after int not null,
  state_before text,
  state_after text not null,
  values_differing int not null,
  versions_differing int not null,
  findings_differing int not null
);
create index on ops.rebuilt_day (dataset, day);
comment on table ops.rebuilt_day is
  'Rebuilds that changed a day, and by how much, written in the transaction that changed it. A dry run and one that changes nothing leave none.';
comment on column ops.rebuilt_day.decoder_before is 'The oldest decoder that had read a payload of the day; null where none had.';
comment on column ops.rebuilt_day.state_before is 'Null where the ledger had none.';
comment on column ops.rebuilt_day.values_differing is 'Current values, or records, that are others now, new or gone.';
comment on column ops.rebuilt_day.versions_differing is 'Versions that only one of the two has.';
comment on column ops.rebuilt_day.findings_differing is 'Findings that only one of the two has.';
grant select, insert on ops.rebuilt_day to tidemark_writer;
grant select on ops.rebuilt_day to tidemark_api;
