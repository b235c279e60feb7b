-- One request may ask for several days. Its answer is kept once; the payloads of these days refer to it.

create table ops.span_answer (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  from_day date not null,
  to_day date not null check (to_day > from_day),
  fetched_at timestamptz not null,
  known_before jsonb not null,
  sha256 bytea not null,
  url text not null,
  status int not null,
  headers jsonb not null,
  size_bytes bigint not null,
  encoding text not null check (encoding in ('identity', 'gzip')),
  bytes bytea not null
);
alter table ops.span_answer alter column bytes set storage external;
create index on ops.span_answer (fetched_at);
comment on table ops.span_answer is
  'An answer to one request for several days. Kept while a payload refers to it, else deleted after a day.';
comment on column ops.span_answer.known_before is
  'By day, the payload last heard when the source was asked: a day of which something was heard since asks for itself.';
-- What a source sent is evidence: not changed, and not deleted while a payload refers to it.
grant select, insert, delete on ops.span_answer to tidemark_writer;

alter table ops.payload
  add column span_answer_id bigint references ops.span_answer,
  alter column bytes drop not null,
  add check ((bytes is null) = (span_answer_id is not null));
create index on ops.payload (span_answer_id) where span_answer_id is not null;
comment on column ops.payload.bytes is 'Null where the answer was one to several days: then they are in ops.span_answer.';
comment on column ops.payload.span_answer_id is 'The answer to several days that this payload is; null for an answer to the day alone.';
