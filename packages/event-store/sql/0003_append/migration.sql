-- Appends a batch; each append of it is answered on its own. The words, the answer, the order lock and the planner's
-- settings are those of `append_one`.
--
-- Flat arrays: `p_entries[a]` streams belong to append a, `p_counts[e]` events belong to its stream entry e. Event i
-- is the `p_nths[i]`-th of stream entry `p_event_entries[i]`. `p_keys[a]` is null where no command is recorded.
-- `p_ids_given[a]`: the caller chose the event ids, so they may be in the store already. `p_apart`: no two appends
-- of the batch name the same stream, key or given event id.
--
-- A batch of which nothing stands in the way of anything is written as sets: 21 µs an append in batches of 16, 16 µs
-- in batches of 64. Otherwise append by append, each seeing those before it: 39 µs.
create function event_store.append(
  p_apart boolean,
  p_entries integer[], p_ids_given boolean[],
  p_keys uuid[], p_scopes text[], p_hashes bytea[], p_answers text[],
  p_stream_ids text[], p_stream_types text[], p_expected bigint[], p_counts integer[],
  p_event_entries integer[], p_nths integer[],
  p_types text[], p_schema_ids integer[], p_payloads bytea[], p_metas jsonb[], p_event_ids uuid[]
) returns bigint[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_first bigint;
  v_position bigint;
  v_recorded_at timestamptz(3);
  v_outcomes bigint[] := '{}';
  v_versions bigint[] := '{}';
  v_odd boolean;
  v_new boolean;
  v_old boolean;
  v_outcome bigint;
  v_entry integer := 0;    -- stream entries before this append
  v_event integer := 0;    -- events before this append
  v_last_entry integer;
  v_last_event integer;
  v_version bigint;
  v_known bigint;
  v_same boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'events are appended in READ COMMITTED only' using errcode = 'invalid_transaction_state';
  end if;
  perform pg_advisory_xact_lock(7160010);

  select position, recorded_at into v_position, v_recorded_at
    from event_store.events order by position desc limit 1;
  v_position := coalesce(v_position, 0);
  v_first := v_position + 1;
  v_recorded_at := greatest(v_recorded_at, clock_timestamp());

  if p_apart then
    select array_agg(version order by entry),
           bool_or(not case expected when -1 then true when -2 then version > 0 else version = expected end),
           bool_or(version = 0 and events > 0), bool_or(version > 0 and events > 0)
      into v_versions, v_odd, v_new, v_old
      from (select u.entry, u.expected, u.events, coalesce(
              (select s.version from event_store.streams s where s.stream_id = u.stream_id), 0) as version
              from unnest(p_stream_ids, p_expected, p_counts) with ordinality as u(stream_id, expected, events, entry)
           ) as found;
    v_odd := coalesce(v_odd, false)
      or exists (select from unnest(p_keys, p_scopes) as u(key, scope)
                  where exists (select from event_store.commands c where c.key = u.key and c.scope = u.scope))
      or (true = any (p_ids_given)
          and exists (select from unnest(p_event_ids) as u(event_id)
                       where exists (select from event_store.events e where e.event_id = u.event_id)));

    if not v_odd then
      if v_new then
        insert into event_store.streams (stream_id, type, version)
        select u.stream_id, u.type, u.events
          from unnest(p_stream_ids, p_stream_types, v_versions, p_counts) as u(stream_id, type, version, events)
         where u.version = 0 and u.events > 0;
      end if;
      if v_old then
        update event_store.streams s set version = u.version + u.events
          from unnest(p_stream_ids, v_versions, p_counts) as u(stream_id, version, events)
         where s.stream_id = u.stream_id and u.version > 0 and u.events > 0;
      end if;
      insert into event_store.commands (key, scope, request_hash, answer, recorded_at)
      select u.key, u.scope, u.request_hash, u.answer, v_recorded_at
        from unnest(p_keys, p_scopes, p_hashes, p_answers) as u(key, scope, request_hash, answer)
       where u.key is not null;
      insert into event_store.events
        (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
      select v_position + u.place, p_stream_ids[u.entry], v_versions[u.entry] + u.nth, u.type,
             u.schema_id, u.payload, u.meta, u.event_id, v_recorded_at
        from unnest(p_event_entries, p_nths, p_types, p_schema_ids, p_payloads, p_metas, p_event_ids)
             with ordinality as u(entry, nth, type, schema_id, payload, meta, event_id, place);
      return v_first || array_fill(0::bigint, array[cardinality(p_entries)])
        || array(select u.version + u.events from unnest(v_versions, p_counts) with ordinality
                   as u(version, events, entry) order by u.entry);
    end if;
    v_versions := '{}';
  end if;

  for a in 1 .. cardinality(p_entries) loop
    v_outcome := 0;
    v_last_entry := v_entry + p_entries[a];
    v_last_event := v_event;
    for e in v_entry + 1 .. v_last_entry loop
      v_last_event := v_last_event + p_counts[e];
      select version into v_version from event_store.streams where stream_id = p_stream_ids[e];
      v_version := coalesce(v_version, 0);
      v_versions[e] := v_version;
      if v_outcome = 0
         and not (case p_expected[e] when -1 then true when -2 then v_version > 0 else v_version = p_expected[e] end) then
        v_outcome := v_entry - e;
      end if;
    end loop;

    if p_ids_given[a] then
      select count(*) into v_known
        from unnest(p_event_ids[v_event + 1 : v_last_event]) as u(event_id)
       where exists (select from event_store.events e where e.event_id = u.event_id);
      if v_known > 0 then
        v_outcome := case when v_known = v_last_event - v_event then 3 else 4 end;
      end if;
    end if;

    if p_keys[a] is not null then
      select request_hash = p_hashes[a] into v_same
        from event_store.commands where key = p_keys[a] and scope = p_scopes[a];
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
        if v_versions[e] = 0 then
          insert into event_store.streams (stream_id, type, version)
          values (p_stream_ids[e], p_stream_types[e], p_counts[e]);
        else
          update event_store.streams set version = version + p_counts[e] where stream_id = p_stream_ids[e];
        end if;
        for i in v_event + 1 .. v_event + p_counts[e] loop
          v_position := v_position + 1;
          v_versions[e] := v_versions[e] + 1;
          insert into event_store.events
            (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
          values
            (v_position, p_stream_ids[e], v_versions[e], p_types[i], p_schema_ids[i],
             p_payloads[i], p_metas[i], p_event_ids[i], v_recorded_at);
        end loop;
        v_event := v_event + p_counts[e];
      end loop;
    end if;

    v_outcomes[a] := v_outcome;
    v_entry := v_last_entry;
    v_event := v_last_event;
  end loop;

  return v_first || v_outcomes || v_versions;
end
$$;

revoke all on function event_store.append from public;
grant execute on function event_store.append to :"writer";
