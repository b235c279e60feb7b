-- The trail of rebuilds: each that changed a day leaves a row, in the transaction that changed it.

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
comment on table ops.rebuilt_day is 'Rebuilds that changed a day, and by how much. A dry run and one that changes nothing leave none.';
comment on column ops.rebuilt_day.decoder_before is 'The oldest decoder that had read a payload of the day; null where none had.';
comment on column ops.rebuilt_day.state_before is 'Null where the ledger had none.';
comment on column ops.rebuilt_day.values_differing is 'Current values, or records, that are others now, new or gone.';
comment on column ops.rebuilt_day.versions_differing is 'Versions that only one of the two has.';
comment on column ops.rebuilt_day.findings_differing is 'Findings that only one of the two has.';

grant select, insert on ops.rebuilt_day to tidemark_writer;
