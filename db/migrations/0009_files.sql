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
  unique (dataset, sha256, form)
);
create index on ops.file (dataset, name);
comment on table ops.file is 'Files that were loaded, or are: what they are, how their lines are read, and where they were found last.';
comment on column ops.file.name is 'As it was given last.';
comment on column ops.file.location is 'Where workers read its text: a path.';
comment on column ops.file.sha256 is 'Of its text, unpacked.';
comment on column ops.file.modified_at is 'Of the file as given last: with path and size it tells a known file without reading it.';
comment on column ops.file.form is 'How its lines are read (domain/files/file-form.ts).';
grant select, insert on ops.file to tidemark_writer;
grant update (name, location, modified_at) on ops.file to tidemark_writer;
grant select on ops.file to tidemark_api;

-- A file may be loaded again after another one: it is the loading that brings payloads, not the file.
create table ops.load (
  id bigint generated always as identity primary key,
  file_id bigint not null references ops.file,
  registered_at timestamptz not null,
  workflow_id text not null,
  run_id text not null,
  finished_at timestamptz,
  verdict jsonb,
  stopped text,
  unique (workflow_id, run_id)
);
create index on ops.load (file_id);
comment on table ops.load is 'Loads of files: each run of loadFile that had something to load.';
comment on column ops.load.registered_at is 'When its bytes were read and hashed: from then on at the earliest what it says is known.';
comment on column ops.load.verdict is 'Lines read, points written, unchanged, changed and refused; null until the load has ended.';
comment on column ops.load.stopped is 'Why it did not come to its end; null where it did.';
grant select, insert on ops.load to tidemark_writer;
grant update (file_id, registered_at, finished_at, verdict, stopped) on ops.load to tidemark_writer;
grant select on ops.load to tidemark_api;

-- What was unpacked, downloaded or read from standard input lies in the folder of files, and nothing else does. A row is there before
-- its file, and goes with it.
create table ops.kept_text (
  path text primary key,
  sha256 bytea,
  kept_at timestamptz not null default clock_timestamp()
);
create index on ops.kept_text (sha256);
create index on ops.file (sha256);
comment on table ops.kept_text is 'Texts that lie in the folder of files: those of ops.file, and those that are being written.';
comment on column ops.kept_text.sha256 is 'That of ops.file; null while it is being written.';
grant select, insert, update, delete on ops.kept_text to tidemark_writer;

-- A payload that is a part of a file.
alter table ops.payload
  add column load_id bigint references ops.load,
  add column byte_from bigint,
  add column byte_to bigint,
  add column first_line bigint,
  add column loaded_from date,
  add column loaded_to date,
  drop constraint payload_check,
  add constraint payload_has_bytes check (num_nonnulls(bytes, span_answer_id, load_id) = 1),
  add constraint payload_of_file check (num_nonnulls(load_id, byte_from, byte_to, first_line, loaded_from, loaded_to) in (0, 6));
create unique index on ops.payload (load_id, day) where load_id is not null;
comment on column ops.payload.bytes is 'Null where they are elsewhere: in ops.span_answer, or in a file.';
comment on column ops.payload.load_id is 'The load whose file the payload is a part of: its bytes from byte_from up to byte_to.';
comment on column ops.payload.byte_from is 'First byte of the file, counted from 0.';
comment on column ops.payload.byte_to is 'First byte of the file that is no longer of the payload.';
comment on column ops.payload.loaded_from is 'First of the days that it was loaded with: their lines among its own are nothing to remark.';
comment on column ops.payload.loaded_to is 'Last of these days.';
comment on column ops.payload.first_line is 'Number of its first line, counted from 1.';

create table ops.load_range (
  load_id bigint not null references ops.load,
  byte_from bigint not null,
  result jsonb not null,
  primary key (load_id, byte_from)
);
comment on table ops.load_range is 'Ranges of files that a load has written, written with their days: it does not write them again.';
grant select, insert on ops.load_range to tidemark_writer;

create table ops.load_part (
  load_id bigint not null references ops.load,
  day date not null,
  payload_id bigint not null references ops.payload,
  primary key (load_id, day)
);
comment on table ops.load_part is 'Days of a load and the payload that says what its lines say: its own, or an earlier one with the same bytes.';
comment on column ops.load_part.payload_id is 'While it is the last payload of its day, the load stands there.';
grant select, insert on ops.load_part to tidemark_writer;
