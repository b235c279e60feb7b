-- Data that are handed over as files: registered, and kept by reference.

-- A source of files is not asked over HTTP: it has no quota.
alter table ops.source alter column quota_requests drop not null, alter column quota_window drop not null;

create table ops.file (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  name text not null,
  location text not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  lines bigint not null,
  modified_at timestamptz,
  form jsonb not null,
  registered_at timestamptz not null,
  workflow_id text not null,
  run_id text not null,
  finished_at timestamptz,
  verdict jsonb,
  unique (dataset, sha256, form)
);
create index on ops.file (dataset, location);
comment on table ops.file is 'Files that were loaded, or are: what they are, how their lines are read, what came of it.';
comment on column ops.file.name is 'As it was given.';
comment on column ops.file.location is 'Where workers read its text: a path.';
comment on column ops.file.sha256 is 'Of its text, unpacked.';
comment on column ops.file.modified_at is 'Of the file as given: with path and size it tells a known file without reading it.';
comment on column ops.file.form is 'How its lines are read (domain/file-form.ts).';
comment on column ops.file.registered_at is 'When its content became known: the known_at of everything it says.';
comment on column ops.file.verdict is 'Lines read, points written, unchanged, changed and refused; null until the load has ended.';
grant select, insert on ops.file to tidemark_writer;
grant update (finished_at, verdict, workflow_id, run_id, location, modified_at) on ops.file to tidemark_writer;
grant select on ops.file to tidemark_api;

-- A payload that is a part of a file.
alter table ops.payload
  add column file_id bigint references ops.file,
  add column byte_from bigint,
  add column byte_to bigint,
  add column first_line bigint,
  add column loaded_from date,
  add column loaded_to date,
  drop constraint payload_check,
  add constraint payload_has_bytes check (num_nonnulls(bytes, span_answer_id, file_id) = 1),
  add constraint payload_of_file check (num_nonnulls(file_id, byte_from, byte_to, first_line, loaded_from, loaded_to) in (0, 6));
create unique index on ops.payload (file_id, day) where file_id is not null;
comment on column ops.payload.bytes is 'Null where they are elsewhere: in ops.span_answer, or in a file.';
comment on column ops.payload.file_id is 'The file that the payload is a part of: its bytes from byte_from up to byte_to.';
comment on column ops.payload.byte_from is 'First byte of the file, counted from 0.';
comment on column ops.payload.byte_to is 'First byte of the file that is no longer of the payload.';
comment on column ops.payload.loaded_from is 'First of the days that it was loaded with: their lines among its own are nothing to remark.';
comment on column ops.payload.loaded_to is 'Last of these days.';
comment on column ops.payload.first_line is 'Number of its first line, counted from 1.';

create table ops.file_range (
  file_id bigint not null references ops.file,
  byte_from bigint not null,
  result jsonb not null,
  primary key (file_id, byte_from)
);
comment on table ops.file_range is 'Ranges of files that are loaded, written with their days: a range that is here is not loaded again.';
grant select, insert on ops.file_range to tidemark_writer;
