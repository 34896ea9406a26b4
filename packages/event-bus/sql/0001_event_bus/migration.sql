-- The bus' side of a service's database: where the relay is, where each consumer is, what is parked, what is due.
create schema event_bus;
grant usage on schema event_bus to :"writer", :"reader";

-- One row a relay: everything of the store up to `position` is on the bus. Moved by compare-and-swap only.
create table event_bus.relay (
  name text primary key,
  position bigint not null check (position >= 0),
  epoch uuid not null,
  updated_at timestamptz not null default now()
);

-- Where a consumer is in a partition, written in the transaction of its effects and moved by compare-and-swap: a
-- zombie after a rebalance fails the swap. The cluster is part of the key, so that offsets of another Kafka never
-- pass for those of this one. `last_event_…` is what "as of" says. One's own store is the topic `store`, partition 0.
create table event_bus.consumer_offsets (
  consumer text not null,
  cluster_id text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null check (next_offset >= 0),
  end_offset bigint not null,
  last_event_id uuid,
  last_event_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (consumer, cluster_id, topic, partition)
) with (fillfactor = 50);

-- The epoch of each source's store as a consumer knows it. A source restored to an earlier state has a new one.
create table event_bus.consumer_epochs (
  consumer text not null,
  source text not null,
  epoch text not null,
  primary key (consumer, source)
);

-- Projections by their live schema. `generation` goes up with every switch, so that who held the old one notices.
create table event_bus.projections (
  name text primary key,
  version integer not null check (version > 0),
  generation bigint not null default 1,
  built_at timestamptz not null default now()
);

-- A key whose event could not be applied. Its messages wait behind it in order, all other keys flow.
create table event_bus.parked_keys (
  consumer text not null,
  key text not null,
  code text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (consumer, key)
);

create table event_bus.parked_messages (
  id bigint generated always as identity primary key,
  consumer text not null,
  key text not null,
  cluster_id text not null,
  topic text not null,
  partition integer not null,
  message_offset bigint not null,
  message_key text not null,
  value bytea,
  headers jsonb not null,
  broker_time timestamptz not null,
  parked_at timestamptz not null default now(),
  unique (consumer, cluster_id, topic, partition, message_offset),
  foreign key (consumer, key) references event_bus.parked_keys on update cascade on delete cascade
);
create index parked_messages_in_order on event_bus.parked_messages (consumer, key, id);

-- What somebody threw away, and why. A rebuild steps over it too, or it would park the key again.
create table event_bus.discarded_messages (
  consumer text not null,
  cluster_id text not null,
  topic text not null,
  partition integer not null,
  message_offset bigint not null,
  key text not null,
  code text not null,
  reason text not null,
  discarded_by text not null,
  discarded_at timestamptz not null default now(),
  primary key (consumer, cluster_id, topic, partition, message_offset)
);

-- What is due when. A timer fires once: the row goes in the transaction of the append that it makes.
create table event_bus.timers (
  kind text not null,
  key text not null,
  due_at timestamptz not null,
  cause_id uuid not null,
  data jsonb not null,
  -- A timer that could not fire is tried again later and holds nobody else up.
  failures integer not null default 0,
  retry_at timestamptz,
  last_error text,
  primary key (kind, key)
);
create index timers_by_due on event_bus.timers (coalesce(retry_at, due_at));

-- Takes the shared side of a projection's switch lock to the end of the transaction and says whether the live schema
-- is the one that the consumer knows: open, missing, superseded (newer than the consumer's code), outdated (older),
-- rebuilt (switched meanwhile).
create function event_bus.enter_projection(p_projection text, p_version integer, p_generation bigint)
returns text language plpgsql as $$
declare
  live record;
begin
  -- Each statement of a function sees what was committed before it: the row is read after the lock is held.
  perform pg_advisory_xact_lock_shared(1163019603, hashtext(p_projection));
  select version, generation into live from event_bus.projections where name = p_projection;
  return case
    when not found then 'missing'
    when live.version > p_version then 'superseded'
    when live.version < p_version then 'outdated'
    when live.generation <> p_generation then 'rebuilt'
    else 'open'
  end;
end $$;

-- Opens the transaction of a batch: enters the projection, if there is one, and moves the offset by compare-and-swap.
-- All further statements of the batch come after it, so that a fenced consumer does no work. Outcomes as above, and
-- moved. A rebuild is the consumer `<projection>#rebuild` and steps over what was discarded for the live one.
create function event_bus.open_batch(
  p_consumer text,
  p_projection text,
  p_version integer,
  p_generation bigint,
  p_cluster text,
  p_topic text,
  p_partition integer,
  p_expected bigint,
  p_next bigint,
  p_end bigint,
  p_last_event_id uuid,
  p_last_event_at timestamptz,
  out outcome text,
  out parked bigint,
  out discarded boolean
) language plpgsql as $$
begin
  parked := 0;
  discarded := false;
  outcome := case when p_projection is null then 'open'
                  else event_bus.enter_projection(p_projection, p_version, p_generation) end;
  if outcome <> 'open' then
    return;
  end if;
  update event_bus.consumer_offsets
     set next_offset = p_next, end_offset = p_end, updated_at = now(),
         last_event_id = coalesce(p_last_event_id, last_event_id), last_event_at = coalesce(p_last_event_at, last_event_at)
   where consumer = p_consumer and cluster_id = p_cluster and topic = p_topic and partition = p_partition
     and next_offset = p_expected;
  if not found and p_expected = 0 then
    insert into event_bus.consumer_offsets
      (consumer, cluster_id, topic, partition, next_offset, end_offset, last_event_id, last_event_at)
    values (p_consumer, p_cluster, p_topic, p_partition, p_next, p_end, p_last_event_id, p_last_event_at)
    on conflict do nothing;
  end if;
  if not found then
    outcome := 'moved';
    return;
  end if;
  select count(*) into parked from event_bus.parked_keys where consumer = p_consumer;
  discarded := exists (select 1 from event_bus.discarded_messages where consumer = split_part(p_consumer, '#', 1));
  -- Rows are looked up by their keys. A plan made while a table was empty would scan it whole, and stay.
  perform set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
          set_config('enable_mergejoin', 'off', true);
end $$;

grant select, insert, update, delete on all tables in schema event_bus to :"writer";
grant select on event_bus.consumer_offsets, event_bus.projections, event_bus.relay to :"reader";
