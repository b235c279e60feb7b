-- Erasing a person from the lines of a dataset (docs/decisions/0023-erasing-a-person.md).

create table ops.erasure (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  requested_at timestamptz not null default clock_timestamp(),
  requested_by text not null,
  reason text not null,
  dry_run boolean not null,
  person text,
  mentions text[],
  person_sha256 bytea not null,
  finished_at timestamptz,
  payloads_read int,
  payloads_rewritten int,
  lines_removed int,
  versions_removed int,
  findings_removed int,
  left_over int,
  searched_for text,
  lines_naming int,
  check (finished_at is null or (person is null and mentions is null))
);
create unique index on ops.erasure (dataset, person_sha256, dry_run) where finished_at is null;
comment on table ops.erasure is 'Persons that were erased, by a salted sha256, and the proof of it. Their earlier lines are dropped when they come again.';
comment on column ops.erasure.person is 'Who is to be erased; null once it is done.';
comment on column ops.erasure.mentions is 'Other texts that tell of that person; null once it is done.';
comment on column ops.erasure.left_over is 'Lines, versions and findings that still told of the person when all was looked through at the end.';
comment on column ops.erasure.searched_for is 'What was looked for, in words that do not say who.';
comment on column ops.erasure.lines_naming is 'Lines that stay and hold the id as a word, in another field than that of persons.';
-- The API has no use for who it was, nor for what finds it out.
grant select, insert,
  update (person, mentions, finished_at, payloads_read, payloads_rewritten, lines_removed, versions_removed, findings_removed, left_over,
    searched_for, lines_naming)
  on ops.erasure to tidemark_writer;

create table ops.erased_payload (
  erasure_id bigint not null references ops.erasure,
  payload_id bigint not null references ops.payload,
  sha256_before bytea not null,
  sha256_after bytea not null,
  lines_removed int not null check (lines_removed > 0),
  primary key (erasure_id, payload_id, sha256_before)
);
comment on table ops.erased_payload is 'Payloads that are no longer what was sent: which lines went is told by nothing, how many is.';
grant select on ops.erased_payload to tidemark_writer, tidemark_api;

create table ops.erased_day (
  erasure_id bigint not null references ops.erasure,
  day date not null,
  versions_removed int not null,
  findings_removed int not null,
  primary key (erasure_id, day)
);
comment on table ops.erased_day is 'What folding a day again took away after its lines had gone.';
grant select, insert, update on ops.erased_day to tidemark_writer;
grant select on ops.erased_day to tidemark_api;

create table ops.erasure_salt (
  only_row boolean primary key default true check (only_row),
  salt text not null default gen_random_uuid()::text
);
insert into ops.erasure_salt default values;
comment on table ops.erasure_salt is 'Without it nobody finds out by trying whom a sha256 of ops.erasure is of.';
grant select on ops.erasure_salt to tidemark_writer;

create function ops.person_sha256(of_dataset text, person text)
returns bytea
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(s.salt || ' ' || of_dataset || ' ' || person, 'UTF8')) from ops.erasure_salt s
$$;
comment on function ops.person_sha256 is 'How a person that was erased is known again.';

-- The one way in which bytes of a payload ever change.
create function ops.rewrite_payload(
  of_erasure bigint, of_payload bigint, new_sha256 bytea, new_size bigint, new_encoding text, new_bytes bytea, removed int)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ops.erased_payload (erasure_id, payload_id, sha256_before, sha256_after, lines_removed)
  select e.id, p.id, p.sha256, new_sha256, removed
  from ops.erasure e join ops.payload p on p.dataset = e.dataset
  where e.id = of_erasure and p.id = of_payload and e.finished_at is null and not e.dry_run and p.bytes is not null;
  if not found then
    raise exception 'payload % belongs to no open erasure %', of_payload, of_erasure;
  end if;
  update ops.payload set sha256 = new_sha256, size_bytes = new_size, encoding = new_encoding, bytes = new_bytes
  where id = of_payload;
end
$$;
comment on function ops.rewrite_payload is 'Takes lines of an erased person from a payload, and keeps the proof.';
grant execute on function ops.person_sha256, ops.rewrite_payload to tidemark_writer;
