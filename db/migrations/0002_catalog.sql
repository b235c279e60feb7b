-- What exists: sources, datasets, series, locations. Tables lie in ops; catalog has what readers see of them, as views.

-- Decided by the first payload, never changed.
create table ops.instance (
  only_row boolean primary key default true check (only_row),
  simulated boolean,
  enabled_setting text
);
insert into ops.instance default values;
comment on table ops.instance is 'One row: whether publishers are simulated in this database (null until the first payload), and who enables datasets.';
comment on column ops.instance.enabled_setting is
  'The setting TIDEMARK_ENABLED as it was applied last: it alone decides what is enabled. Null: ops.dataset does, changed by hand.';
grant select, update (simulated, enabled_setting) on ops.instance to tidemark_writer;
grant select on ops.instance to tidemark_api;

create table ops.quota (
  host text primary key,
  requests int not null check (requests > 0),
  quota_window interval not null,
  blocked_until timestamptz,
  held_at timestamptz,
  clock_set_back_at timestamptz,
  clock_set_back_by interval
);
comment on table ops.quota is 'How often a host may be asked, by all its sources together.';
comment on column ops.quota.blocked_until is 'No request is sent before this instant: the host answered 429 or asked to wait.';
comment on column ops.quota.held_at is 'When blocked_until was set.';
comment on column ops.quota.clock_set_back_at is 'When it was found that the database''s clock had been set back; the quota was moved along.';
comment on column ops.quota.clock_set_back_by is 'By how much at least.';
grant select, insert, update on ops.quota to tidemark_writer;
grant select on ops.quota to tidemark_api;

create table ops.source (
  source text primary key,
  title text not null,
  link text not null,
  time_zone text not null,
  host text references ops.quota
);
comment on table ops.source is 'A publisher, or a region of one, with one time zone.';
comment on column ops.source.host is 'Whose quota its requests count for; null where it is not requested over HTTP.';
grant select, insert, update on ops.source to tidemark_writer;
grant select on ops.source to tidemark_api;

create table ops.dataset (
  dataset text primary key,
  source text not null references ops.source,
  title text not null,
  description text not null,
  unit text not null,
  resolution interval,
  time_zone text not null,
  owner text not null,
  licence text not null,
  source_link text not null,
  access_class text not null check (access_class in ('open', 'restricted')),
  retention interval,
  first_day date not null,
  schema_name text not null,
  table_name text not null,
  decoder_version int not null,
  shape text not null check (shape in ('points', 'records')),
  ingestion text[] not null check (ingestion <@ array['pull', 'files', 'push']),
  storage jsonb not null,
  enabled boolean not null default false,
  switched_at timestamptz,
  switched_by text,
  period text not null default 'day' check (period in ('day', 'year')),
  from_publisher boolean not null,
  unique (schema_name, table_name)
);
comment on table ops.dataset is 'Registered datasets; readers see catalog.dataset.';
comment on column ops.dataset.resolution is 'Null where points have no fixed distance, and for records.';
comment on column ops.dataset.shape is 'points: numbers of series on a time line · records: things with fields.';
comment on column ops.dataset.ingestion is 'How its data come: pull (a schedule requests its source), files (loaded), push (sent to the API).';
comment on column ops.dataset.storage is 'What of its definition makes its tables: ops.make_storage reads it.';
comment on column ops.dataset.enabled is 'Whether it is requested, expected and taken. False: it is dormant.';
comment on column ops.dataset.switched_at is 'When it was enabled or disabled last; null where it never was enabled: then it has no storage.';
comment on column ops.dataset.switched_by is 'By whom: a person, a key, or the setting TIDEMARK_ENABLED.';
comment on column ops.dataset.from_publisher is 'Requested from the address of a publisher, or computed from what is: the simulator may stand for it.';
grant select, insert, update on ops.dataset to tidemark_writer;
grant select on ops.dataset to tidemark_api;

-- The SQL that lies beside a definition (datasets/<source>/<dataset>.sql): stored by who migrates (db/migration/dataset-scripts.ts), applied
-- with the storage, by whoever enables the dataset.
create table ops.dataset_script (
  dataset text primary key references ops.dataset,
  text text not null,
  sha256 bytea not null,
  applied_sha256 bytea,
  applied_at timestamptz
);
comment on table ops.dataset_script is 'The SQL of a dataset''s own, as the last migration brought it.';
comment on column ops.dataset_script.applied_sha256 is 'Of the text that was applied last; null: none was.';
grant select on ops.dataset_script to tidemark_writer, tidemark_api;

create table ops.series (
  id int generated always as identity primary key,
  dataset text not null references ops.dataset,
  series text not null check (length(series) <= 200),
  attributes jsonb not null default '{}',
  first_payload_id bigint not null,
  added_at timestamptz not null default now(),
  unique (dataset, series)
);
comment on table ops.series is 'Every key that was ever published, as published; readers see catalog.series.';
grant select, insert on ops.series to tidemark_writer;
grant select on ops.series to tidemark_api;

-- Views run with the rights of their owner, but has_table_privilege is about who asks.
create view ops.readable_dataset as
select d.dataset
from ops.dataset d
join pg_catalog.pg_namespace n on n.nspname = d.schema_name
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = d.table_name
where pg_catalog.has_table_privilege(c.oid, 'select');
comment on view ops.readable_dataset is 'The datasets that who asks may read.';

-- The barrier keeps conditions of the query from seeing rows that the view hides.
create view catalog.series with (security_barrier) as
select s.id, s.dataset, s.series, s.attributes, s.first_payload_id, s.added_at
from ops.series s
where s.dataset in (select r.dataset from ops.readable_dataset r);
comment on view catalog.series is
  'Every key that was ever published, as published, with what its name tells; of the datasets that who asks may read.';
grant select on catalog.series to tidemark_reader, tidemark_writer, tidemark_api;

-- Locations: data, not code. Every change of one is a version; a removed one is inactive and keeps its history.
create table ops.location_version (
  location uuid not null,
  version int not null check (version > 0),
  name text not null check (name ~ '\S' and length(name) <= 200),
  country text not null check (country ~ '^[A-Z]{2}$'),
  subdivision text check (subdivision ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$' and left(subdivision, 2) = country),
  active boolean not null,
  known_from timestamptz not null,
  known_to timestamptz check (known_to > known_from),
  changed_by text not null,
  reason text,
  primary key (location, version)
);
create unique index on ops.location_version (location) where known_to is null;
comment on table ops.location_version is 'Every version of every location. Rows are added; an older one only learns its end.';
comment on column ops.location_version.active is 'Whether the location is in use; a removed one is not, and keeps its holidays.';
grant select, insert, update (known_to) on ops.location_version to tidemark_writer, tidemark_api;

create view catalog.location as
select location as id, name, country, subdivision, active, version, known_from as known_at
from ops.location_version
where known_to is null;
comment on view catalog.location is 'Every location as it is known now, removed ones too.';

create view catalog.location_versions as
select location as id, name, country, subdivision, active, version, known_from, known_to, known_to is null as is_current
from ops.location_version;
comment on view catalog.location_versions is 'Every version of every location.';
grant select on catalog.location, catalog.location_versions to tidemark_reader, tidemark_writer, tidemark_api;
