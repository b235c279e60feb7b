-- Datasets that are computed from others: how far the feed of their inputs was followed, and which units were computed from what.
-- Files that a schedule finds: how they looked, and what came of loading them.

alter table ops.dataset drop constraint dataset_ingestion_check;
alter table ops.dataset add constraint dataset_ingestion_check check (ingestion <@ array['pull', 'files', 'push', 'derive']);
comment on column ops.dataset.ingestion is
  'How its data come: pull (a schedule requests its source), files (loaded), push (sent to the API), derive (computed from other datasets).';

create table ops.derived (
  dataset text primary key references ops.dataset,
  inputs text[] not null,
  read_to bigint not null default 0
);
comment on table ops.derived is 'Derived datasets, and up to which change the feed of their inputs was followed.';
comment on column ops.derived.inputs is 'Their datasets, as they were then: with others the feed is followed from its beginning.';
comment on column ops.derived.read_to is 'Cursor of the feed.';
grant select, insert, update on ops.derived to tidemark_writer;
grant select on ops.derived to tidemark_api;

create table ops.derived_unit (
  dataset text not null references ops.dataset,
  day date not null,
  moved_to bigint not null default 0,
  computed_to bigint not null default 0,
  computed_by int not null default 0,
  primary key (dataset, day)
);
comment on table ops.derived_unit is
  'Units of derived datasets. One is due while an input has moved since it was computed, or another version of the function computed it.';
comment on column ops.derived_unit.moved_to is 'Cursor of the newest change of an input that concerns it.';
comment on column ops.derived_unit.computed_to is 'Cursor up to which its inputs were read when it was computed last.';
comment on column ops.derived_unit.computed_by is 'Decoder version of the dataset then.';
grant select, insert, update on ops.derived_unit to tidemark_writer;
grant select on ops.derived_unit to tidemark_api;

create table ops.found_file (
  dataset text not null references ops.dataset,
  location text not null,
  signature text not null,
  same_since timestamptz not null,
  seen_at timestamptz not null,
  tried_signature text,
  tried_at timestamptz,
  workflow_id text,
  run_id text,
  result text,
  error text,
  primary key (dataset, location)
);
comment on table ops.found_file is 'Files that were found by a schedule. One is loaded when it has not changed for a while, and has changed since it was loaded last.';
comment on column ops.found_file.signature is 'Differs when the file has changed: size, times of change and inode, or what its server says of it.';
comment on column ops.found_file.same_since is 'When it was first seen with this signature.';
comment on column ops.found_file.tried_signature is 'Its signature when it was loaded last, or could not be; null when it never was.';
comment on column ops.found_file.error is 'Why it could not be loaded; null where it could.';
grant select, insert, update on ops.found_file to tidemark_writer;
grant select on ops.found_file to tidemark_api;
