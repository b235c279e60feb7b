-- Who reads which dataset, by day: counted by the HTTP API, which writes what it has counted every few seconds.

create table ops.read_count (
  day date not null,
  dataset text not null,
  reader text not null,
  reads bigint not null check (reads > 0),
  primary key (day, dataset, reader)
);
comment on table ops.read_count is 'Answers of the HTTP API that had rows of a dataset, by UTC day; the API drops old days.';
comment on column ops.read_count.reader is 'The id of the key; open: without a key.';
grant insert, update (reads), delete on ops.read_count to tidemark_api;
