-- What is wrong or odd in payloads, and what people decide about it.

create table ops.finding (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  series text,
  starts_at timestamptz,
  rule text not null,
  severity text not null check (severity in ('block', 'warn', 'info')),
  points int not null,
  place text,
  raw text,
  reason text not null,
  payload_id bigint references ops.payload,
  found_at timestamptz not null,
  resolution text not null default 'open' check (resolution in ('open', 'released', 'waived', 'superseded')),
  resolved_at timestamptz,
  resolved_by text,
  resolved_reason text
);
create index on ops.finding (dataset, day);
create index on ops.finding (dataset, rule) where resolution = 'open';
comment on table ops.finding is 'Something wrong or odd in a payload. A quarantined point is a finding of severity block.';
-- Folding a day again takes its findings back; payloads, runs and changes are never taken back.
grant select, insert, update, delete on ops.finding to tidemark_writer;
grant select on ops.finding to tidemark_api;

-- Folded into the day like a payload, so that a rebuild repeats it.
create table ops.decision (
  id bigint generated always as identity primary key,
  dataset text not null references ops.dataset,
  day date not null,
  verb text not null check (verb in ('release', 'waive', 'absent', 'expected')),
  rule text,
  series text,
  starts_at timestamptz,
  finding_text text,
  decided_at timestamptz not null,
  decided_by text not null check (decided_by <> ''),
  reason text not null check (reason <> ''),
  workflow_id text not null,
  run_id text not null,
  change_id bigint,
  check ((verb in ('release', 'waive')) = (rule is not null and finding_text is not null))
);
create index on ops.decision (dataset, day);
create index on ops.decision (run_id);
comment on table ops.decision is 'What a person decided about a finding (release, waive) or a whole day (absent, expected).';
comment on column ops.decision.finding_text is 'The raw value of the finding, else its reason. The decision holds for every finding of that text.';
comment on column ops.decision.change_id is 'Its place in the order in which things became known; null until the day''s tables know of it.';
grant select, insert, update (change_id) on ops.decision to tidemark_writer;
grant select on ops.decision to tidemark_api;
