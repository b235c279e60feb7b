-- A message that has reached its receiver is `sent`, as the command, the API and the page say it.

alter table ops.message drop constraint message_state_check;
update ops.message set state = 'sent' where state = 'told';
alter table ops.message add constraint message_state_check check (state in ('pending', 'sent', 'dead'));
