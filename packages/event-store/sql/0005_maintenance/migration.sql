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

revoke all on function event_store.purge_commands, event_store.start_epoch from public;
