-- How far a reaction has seen each stream: a message that comes again under another event id, or out of order, is not
-- answered a second time. A projection keeps the same beside its tables, to be thrown away with them.
create table event_bus.reaction_versions (
  reaction text not null,
  stream_id text collate "C" not null,
  version bigint not null,
  primary key (reaction, stream_id)
) with (fillfactor = 70);
grant select, insert, update, delete on event_bus.reaction_versions to :"writer";

-- A source whose store was restored has a new epoch, and messages of both may lie in a topic: several can be accepted.
alter table event_bus.consumer_epochs drop constraint consumer_epochs_pkey;
alter table event_bus.consumer_epochs add primary key (consumer, source, epoch);
