-- What a schedule has found of files, as readers may see it.

create view catalog.found_file with (security_barrier) as
select
  f.dataset, f.location as file,
  case
    when f.tried_signature is distinct from f.signature then 'waiting'
    when f.error is null then 'loaded'
    else 'refused'
  end as state,
  f.signature, f.same_since, f.seen_at, f.tried_at, f.result, f.error as reason, f.workflow_id, f.run_id
from ops.found_file f
where f.dataset in (select r.dataset from ops.readable_dataset r);
comment on view catalog.found_file is
  'Files that were found by a schedule, of the datasets that who asks may read: waiting, loaded or refused with their present signature.';
comment on column catalog.found_file.state is
  'waiting: new or changed, loaded once it has not changed for a while · loaded · refused: tried again when it has changed.';
comment on column catalog.found_file.signature is
  'Differs when the file has changed: size, times of change and inode, or what its server says of it.';
comment on column catalog.found_file.same_since is 'When it was first seen with this signature.';
comment on column catalog.found_file.seen_at is 'When it was last seen.';
comment on column catalog.found_file.tried_at is 'When it was loaded last, or could not be; null when it never was.';
comment on column catalog.found_file.result is 'What came of that, in words.';
comment on column catalog.found_file.reason is 'Why it could not be loaded then; null where it could.';
grant select on catalog.found_file to tidemark_reader, tidemark_writer, tidemark_api;
