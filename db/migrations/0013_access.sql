-- The HTTP API: keys, what people did through it, pins, and who reads what. Of the data it writes nothing.

create table ops.api_key (
  id text primary key,
  name text not null,
  secret_sha256 bytea not null unique,
  role text not null check (role in ('reader', 'operator', 'admin')),
  datasets text[],
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz,
  personal boolean not null default false
);
comment on table ops.api_key is 'Keys of the HTTP API. The secret itself is never kept.';
comment on column ops.api_key.datasets is 'Datasets that the key may see; null: every open one, and restricted ones not.';
comment on column ops.api_key.personal is 'Whether answers show it the personal fields of records.';
grant select, insert, update (revoked_at, revoked_by, last_used_at) on ops.api_key to tidemark_api;

create table ops.audit (
  id bigint generated always as identity primary key,
  done_at timestamptz not null default clock_timestamp(),
  key_id text references ops.api_key,
  done_by text not null,
  action text not null,
  dataset text,
  input jsonb not null,
  reason text,
  status int not null,
  outcome text
);
create index on ops.audit (dataset, id desc);
comment on table ops.audit is 'Every operator call of the HTTP API, refused ones too: who, what, why and with which result.';
grant select, insert on ops.audit to tidemark_api;

create table ops.pin (
  id text primary key,
  dataset text not null references ops.dataset,
  from_at timestamptz,
  to_at timestamptz check (to_at > from_at),
  series text[],
  key text,
  locations jsonb,
  as_of timestamptz not null,
  gate text,
  frozen jsonb not null,
  fingerprint text not null,
  digest text not null,
  rows bigint not null,
  created_at timestamptz not null default now(),
  created_by text not null
);
comment on table ops.pin is 'Questions whose answer stays the same: dataset, filter and as-of.';
comment on column ops.pin.from_at is 'Null: no bound, which records need not have.';
comment on column ops.pin.locations is 'As they were known then; records about their areas were asked for.';
comment on column ops.pin.gate is 'As known at this moment of each delivery day, and not later than as_of.';
comment on column ops.pin.frozen is 'What an answer says beside its rows, and what would move with the definition of the dataset.';
comment on column ops.pin.fingerprint is 'Hash of the change feed and its payloads up to as_of: as long as it is the same, the rows are.';
comment on column ops.pin.digest is 'Hash of the rows; it decides when the fingerprint differs.';
grant select, insert on ops.pin to tidemark_api;

create table ops.read_count (
  day date not null,
  dataset text not null,
  reader text not null,
  reads bigint not null check (reads > 0),
  primary key (day, dataset, reader)
);
comment on table ops.read_count is 'Answers of the HTTP API that had rows of a dataset, by UTC day; the API drops old days.';
comment on column ops.read_count.reader is 'The id of the key; open: without a key.';
grant select, insert, update (reads), delete on ops.read_count to tidemark_api;
