-- What sources sent: files, responses to batch requests, payloads, and the inbox of what is pushed. Rows are added; only what is
-- learned later is noted on them. Bytes change in one way alone (ops.rewrite_payload).

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
  first_day date,
  last_day date,
  unique (dataset, sha256, form)
);
create index on ops.file (dataset, name);
create index on ops.file (sha256);
comment on table ops.file is 'Files that were loaded, or are: what they are, how their lines are read, and where they were found last.';
comment on column ops.file.name is 'As it was given last.';
comment on column ops.file.location is 'Where workers read its text: a path.';
comment on column ops.file.sha256 is 'Hash of the text, unpacked.';
comment on column ops.file.modified_at is 'Time of change of the file as given last: with path and size it tells a known file without reading it.';
comment on column ops.file.form is 'How its lines are read (domain/files/file-form.ts).';
comment on column ops.file.first_day is 'The delivery day in which its points begin; null for records. The file says nothing of earlier ones.';
comment on column ops.file.last_day is 'The delivery day in which they end.';
grant select, insert, update (name, location, modified_at) on ops.file to tidemark_writer;
grant select on ops.file to tidemark_api;

-- A file may be loaded again after another one: it is the loading that brings payloads, not the file.
create table ops.load (
  id bigint generated always as identity primary key,
  file_id bigint not null references ops.file,
  registered_at timestamptz not null,
  workflow_id text not null,
  run_id text not null,
  finished_at timestamptz,
  result jsonb,
  stopped text,
  unique (workflow_id, run_id)
);
create index on ops.load (file_id);
comment on table ops.load is 'Loads of files: each run of loadFile that had something to load.';
comment on column ops.load.registered_at is 'When its bytes were read and hashed: from then on at the earliest what it says is known.';
comment on column ops.load.result is 'Lines read, points written, unchanged, changed and refused; null until the load has ended.';
comment on column ops.load.stopped is 'Why it did not come to its end; null where it did.';
grant select, insert, update (finished_at, result, stopped) on ops.load to tidemark_writer;
grant select on ops.load to tidemark_api;

-- What was unpacked, downloaded or read from standard input lies in the folder of files, and nothing else does. A row is there before
-- its file, and goes with it.
create table ops.kept_text (
  path text primary key,
  sha256 bytea,
  kept_at timestamptz not null default clock_timestamp()
);
create index on ops.kept_text (sha256);
comment on table ops.kept_text is 'Texts that lie in the folder of files: those of ops.file, and those that are being written.';
comment on column ops.kept_text.sha256 is 'That of ops.file; null while it is being written.';
grant select, insert, update, delete on ops.kept_text to tidemark_writer;
grant select on ops.kept_text to tidemark_api;

create table ops.batch_response (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  from_day date not null,
  to_day date not null check (to_day > from_day),
  fetched_at timestamptz not null,
  known_before jsonb not null,
  part text not null default '',
  sha256 bytea not null,
  url text not null,
  status int not null,
  headers jsonb not null,
  size_bytes bigint not null,
  encoding text not null check (encoding in ('identity', 'gzip')),
  bytes bytea not null
);
alter table ops.batch_response alter column bytes set storage external;
create index on ops.batch_response (fetched_at);
comment on table ops.batch_response is
  'A response to one request for several days. Kept while a payload refers to it, else deleted after a day.';
comment on column ops.batch_response.known_before is
  'By day, its last response when the request was sent: a day that had another since is requested by itself.';
grant select, insert, delete on ops.batch_response to tidemark_writer;
grant select on ops.batch_response to tidemark_api;

create table ops.payload (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  run_id bigint references ops.run,
  fetched_at timestamptz not null,
  last_seen_at timestamptz not null,
  seen_count int not null default 1,
  sha256 bytea not null,
  url text not null,
  status int not null,
  headers jsonb not null,
  size_bytes bigint not null,
  encoding text not null check (encoding in ('identity', 'gzip')),
  bytes bytea,
  decoder_version int,
  content_sha256 bytea,
  change_id bigint,
  kind text check (kind in ('empty', 'refused', 'points')),
  batch_response_id bigint references ops.batch_response,
  load_id bigint references ops.load,
  byte_from bigint,
  byte_to bigint,
  first_line bigint,
  loaded_from date,
  loaded_to date,
  part text not null default '',
  expected_points int,
  unique (dataset, day, fetched_at),
  constraint payload_has_bytes check (num_nonnulls(bytes, batch_response_id, load_id) = 1),
  constraint payload_of_file check (num_nonnulls(load_id, byte_from, byte_to, first_line, loaded_from, loaded_to) in (0, 6))
);
alter table ops.payload alter column bytes set storage external;
create index on ops.payload (sha256);
create index on ops.payload (batch_response_id) where batch_response_id is not null;
create unique index on ops.payload (load_id, day) where load_id is not null;
-- Units with thousands of payloads: what waits to be folded is found without reading the others.
create index on ops.payload (dataset, day, fetched_at) where kind is null;
comment on table ops.payload is 'The bytes one fetch, file or request brought. The tables of a day are a fold over its payloads by fetched_at.';
comment on column ops.payload.sha256 is 'Hash of the body as the source meant it, before our compression.';
comment on column ops.payload.last_seen_at is 'When the source last gave these bytes, or bytes that mean the same.';
comment on column ops.payload.bytes is 'Null where they are elsewhere: in ops.batch_response, or in a file.';
comment on column ops.payload.decoder_version is 'Version of the decoder that folded it; null until folded.';
comment on column ops.payload.content_sha256 is 'Hash of the decoded, ordered content: equal content is no change. Null until folded.';
comment on column ops.payload.change_id is 'Its place in the order in which things became known, also where it moved nothing; null until folded.';
comment on column ops.payload.batch_response_id is 'The response to a batch request that this payload is; null for a response to the day alone.';
comment on column ops.payload.load_id is 'The load whose file the payload is a part of: its bytes from byte_from up to byte_to.';
comment on column ops.payload.byte_from is 'First byte of the file, counted from 0.';
comment on column ops.payload.byte_to is 'First byte of the file that is no longer of the payload.';
comment on column ops.payload.first_line is 'Number of its first line, counted from 1.';
comment on column ops.payload.part is 'The part of the unit that was requested, such as a bidding zone; empty where one request brings all of it.';
comment on column ops.payload.expected_points is 'How many points its part of the day has by it; null where the definition tells it, and until folded.';
comment on column ops.payload.loaded_from is 'First of the days that it was loaded with: their lines among its own are no warning.';
comment on column ops.payload.loaded_to is 'Last of these days.';
grant select, insert, update (last_seen_at, seen_count, decoder_version, content_sha256, kind, change_id, expected_points) on ops.payload to tidemark_writer;
grant select on ops.payload to tidemark_api;

create table ops.load_part (
  load_id bigint not null references ops.load,
  day date not null,
  payload_id bigint not null references ops.payload,
  primary key (load_id, day)
);
comment on table ops.load_part is 'Days of a load and the payload that says what its lines say: its own, or an earlier one with the same bytes.';
comment on column ops.load_part.payload_id is 'While it is the last payload of its day, the load stands there.';
grant select, insert on ops.load_part to tidemark_writer;
grant select on ops.load_part to tidemark_api;

create table ops.inbox (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  received_at timestamptz not null default clock_timestamp(),
  key_id text,
  lines int not null check (lines > 0),
  size_bytes int not null,
  bytes bytea not null
);
alter table ops.inbox alter column bytes set storage external;
create index on ops.inbox (dataset, id);
comment on table ops.inbox is
  'Lines that were sent and acknowledged and are not folded yet. They leave in the transaction that folds them.';
comment on column ops.inbox.key_id is 'The key of the HTTP API with which they were sent.';
grant select, delete on ops.inbox to tidemark_writer;
grant select, insert on ops.inbox to tidemark_api;
