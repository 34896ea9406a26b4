-- The event store of one service. Words and guarantees: packages/event-store/README.md.
--
-- Roles: everything belongs to the owner. The writer (the running service) may read and may call `append`, nothing
-- else: no role that a service runs as can insert, change or delete an event by itself. The reader (people with a BI
-- tool) sees nothing here.

create schema event_store;
grant usage on schema event_store to :"writer";

-- One row: the history that this store continues. A store restored to an earlier state starts a new epoch.
create table event_store.store (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid(),
  started_at timestamptz(3) not null default clock_timestamp()
);
insert into event_store.store default values;

-- Ids are compared byte by byte (collation "C"): cheaper than a language's order, and the same on every machine.
create table event_store.streams (
  stream_id text collate "C" primary key,
  type text collate "C" not null,
  version bigint not null check (version > 0)
);
-- Every append to an old stream updates its row: room on the page keeps that away from the index.
alter table event_store.streams set (fillfactor = 80);

create table event_store.events (
  -- Given by `append` under the order lock: 1, 2, 3 … without gaps.
  position bigint primary key,
  stream_id text collate "C" not null,
  version bigint not null,
  type text collate "C" not null,
  schema_id integer not null,
  -- The framed Avro message, byte for byte what goes to Kafka.
  payload bytea not null,
  meta jsonb not null,
  event_id uuid not null unique,
  -- Never decreases with the position. Milliseconds, so that SQL and JavaScript hold the same instant.
  recorded_at timestamptz(3) not null,
  unique (stream_id, version)
);
-- Avro is compact already; trying to compress each payload costs more than it saves.
alter table event_store.events alter column payload set storage external;

-- Idempotency: what an accepted command was answered, kept for 90 days.
create table event_store.commands (
  key uuid not null,
  scope text collate "C" not null,
  request_hash bytea not null,
  answer text not null,
  recorded_at timestamptz(3) not null,
  primary key (key, scope)
);
-- Rows come in the order of time, so block ranges find the old ones; next to nothing to keep up while appending.
create index commands_by_age on event_store.commands using brin (recorded_at) with (pages_per_range = 32);

grant select on event_store.store, event_store.streams, event_store.events, event_store.commands to :"writer";
