-- Columns that tell what they hold: the text of a finding that was decided on, and the summaries of incidents and events.

alter table ops.decision rename column said to finding_text;
comment on column ops.decision.finding_text is 'The raw value of the finding, else its reason. The decision holds for every finding of that text.';
alter table ops.incident rename column said to summary;
alter table ops.event rename column said to summary;
