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

-- Appends a batch; each append of it is answered on its own.
--
-- Flat arrays: `p_entries[a]` streams belong to append a, `p_counts[e]` events belong to its stream entry e.
-- Expected versions: n ≥ 0 exactly n (0: no stream), -1 any, -2 the stream exists. `p_keys[a]` is null where no
-- command is recorded. `p_ids_given[a]`: the caller chose the event ids, so they may be in the store already.
--
-- Answer: the first position given, then for each append
--     0 appended · 1 known command · 2 key used for another request · 3 all events known · 4 only some events known
--    -k the version of its k-th stream was not the expected one
-- then for each stream entry its version, after the append or (nothing appended) as found.
-- The answer is short on purpose: PostgreSQL sends it before it commits, and a client that has stopped reading must
-- not be able to keep a transaction with the order lock waiting for a full socket. Stored answers are read apart.
create function event_store.append(
  p_entries integer[], p_ids_given boolean[],
  p_keys uuid[], p_scopes text[], p_hashes bytea[], p_answers text[],
  p_stream_ids text[], p_stream_types text[], p_expected bigint[], p_counts integer[],
  p_types text[], p_schema_ids integer[], p_payloads bytea[], p_metas jsonb[], p_event_ids uuid[]
) returns bigint[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_position bigint;
  v_recorded_at timestamptz(3);
  v_outcomes bigint[] := '{}';
  v_versions bigint[] := '{}';
  v_first bigint;
  v_outcome bigint;
  v_entry integer := 0;    -- stream entries before this append
  v_event integer := 0;    -- events before this append
  v_last_entry integer;
  v_last_event integer;
  v_known bigint;
  v_same boolean;
  v_version bigint;
begin
  -- The order lock: one append at a time, held to the commit, so what becomes visible later has a higher position.
  -- In READ COMMITTED each statement of a VOLATILE function takes a snapshot of its own. The statements below
  -- therefore see everything that was committed by whoever held the lock before; the snapshot of the call itself is
  -- older than the lock and is not used. In a stricter isolation they would all see the past.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'events are appended in READ COMMITTED only' using errcode = 'invalid_transaction_state';
  end if;
  perform pg_advisory_xact_lock(7160010);

  select position, recorded_at into v_position, v_recorded_at
    from event_store.events order by position desc limit 1;
  v_position := coalesce(v_position, 0);
  v_first := v_position + 1;
  v_recorded_at := greatest(v_recorded_at, clock_timestamp());

  for a in 1 .. cardinality(p_entries) loop
    v_outcome := 0;
    v_last_entry := v_entry + p_entries[a];
    v_last_event := v_event;
    for e in v_entry + 1 .. v_last_entry loop
      v_last_event := v_last_event + p_counts[e];
      select version into v_version from event_store.streams where stream_id = p_stream_ids[e];
      v_version := coalesce(v_version, 0);
      v_versions := v_versions || v_version;
      if v_outcome = 0 and not (case p_expected[e] when -1 then true when -2 then v_version > 0 else v_version = p_expected[e] end) then
        v_outcome := v_entry - e;
      end if;
    end loop;

    if p_ids_given[a] then
      select count(*) into v_known from event_store.events
        where event_id = any (p_event_ids[v_event + 1 : v_last_event]);
      if v_known > 0 then
        v_outcome := case when v_known = v_last_event - v_event then 3 else 4 end;
      end if;
    end if;

    if p_keys[a] is not null then
      select request_hash = p_hashes[a] into v_same from event_store.commands
        where key = p_keys[a] and scope = p_scopes[a];
      if found then
        v_outcome := case when v_same then 1 else 2 end;
      elsif v_outcome = 0 then
        insert into event_store.commands (key, scope, request_hash, answer, recorded_at)
        values (p_keys[a], p_scopes[a], p_hashes[a], p_answers[a], v_recorded_at);
      end if;
    end if;

    if v_outcome = 0 then
      for e in v_entry + 1 .. v_last_entry loop
        continue when p_counts[e] = 0;
        insert into event_store.streams (stream_id, type, version)
        values (p_stream_ids[e], p_stream_types[e], v_versions[e] + p_counts[e])
        on conflict (stream_id) do update set version = excluded.version;

        insert into event_store.events
          (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
        select v_position + nth, p_stream_ids[e], v_versions[e] + nth, p_types[v_event + nth],
               p_schema_ids[v_event + nth], p_payloads[v_event + nth], p_metas[v_event + nth],
               p_event_ids[v_event + nth], v_recorded_at
          from generate_series(1, p_counts[e]) as nth;

        v_position := v_position + p_counts[e];
        v_event := v_event + p_counts[e];
        v_versions[e] := v_versions[e] + p_counts[e];
      end loop;
    end if;

    v_outcomes := v_outcomes || v_outcome;
    v_entry := v_last_entry;
    v_event := v_last_event;
  end loop;

  return v_first || v_outcomes || v_versions;
end
$$;

-- Deletes up to `p_limit` answers that are older than `p_age`; returns how many. Called by the owner until it says 0.
--
-- Not by dropping partitions: a partitioned table's unique key must hold the partition's column, so the same key
-- could be accepted once in each month. Small deletes of rows that nobody else holds make appends wait for nothing.
create function event_store.purge_commands(p_age interval, p_limit integer) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_deleted integer;
begin
  delete from event_store.commands where ctid = any (array(
    select ctid from event_store.commands
     where recorded_at < clock_timestamp() - p_age limit p_limit for update skip locked));
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;

-- Names the history anew, after the store was restored to an earlier state; returns the new epoch.
create function event_store.start_epoch() returns uuid
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update event_store.store set epoch = gen_random_uuid(), started_at = clock_timestamp() returning epoch
$$;

revoke all on all functions in schema event_store from public;
grant execute on function event_store.append to :"writer";
