-- Signed statements of how far each chain had come: a copy of each is on Kafka. The hash of one is in the next.
create table audit.checkpoints (
  -- 1, 2, 3 …
  number bigint not null,
  signed_at timestamptz(3) not null,
  previous bytea not null,
  -- Every chain with a record, its newest sequence and hash, in the order of their ids.
  chains jsonb not null,
  -- Where a month is closed before it is dropped: its end, the newest record of each chain before it, and the newest
  -- checkpoint before it.
  closing jsonb,
  -- SHA-256 of the public key.
  key_id text collate "C" not null,
  hash bytea not null,
  -- Ed25519.
  signature bytea not null,
  primary key (number, signed_at)
) partition by range (signed_at);
create index closing_checkpoints on audit.checkpoints (number) where closing is not null;
grant select, insert on audit.checkpoints to :"writer";

create trigger never_changed before update or delete or truncate on audit.checkpoints
  for each statement execute function audit.refuse();
create trigger no_row_changed before update or delete on audit.checkpoints
  for each row execute function audit.refuse();

-- Makes what is missing of the partitions of a month. Attached, not made in place: that would wait for everybody who
-- reads, and have everybody wait who writes.
create function audit.make_month(p_month date) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from constant timestamptz := date_trunc('month', p_month::timestamp) at time zone 'UTC';
  v_to constant timestamptz := (date_trunc('month', p_month::timestamp) + interval '1 month') at time zone 'UTC';
  v_table text;
  v_name text;
  v_made boolean := false;
begin
  perform pg_advisory_xact_lock(7160020);
  foreach v_table in array array['records', 'checkpoints'] loop
    v_name := v_table || to_char(v_from at time zone 'UTC', '_YYYY_MM');
    continue when to_regclass('audit.' || v_name) is not null;
    execute format('create table audit.%I (like audit.%I including defaults)', v_name, v_table);
    execute format('alter table audit.%I attach partition audit.%I for values from (%L) to (%L)',
                   v_table, v_name, v_from, v_to);
    execute format('create trigger never_changed before update or delete or truncate on audit.%I
                    for each statement execute function audit.refuse()', v_name);
    v_made := true;
  end loop;
  return v_made;
end
$$;

-- Partitions for this month and the next three: called when a service starts, and each day.
create function audit.make_months_ahead() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_made integer := 0;
begin
  for ahead in 0 .. 3 loop
    if audit.make_month(((clock_timestamp() at time zone 'UTC') + make_interval(months => ahead))::date) then
      v_made := v_made + 1;
    end if;
  end loop;
  return v_made;
end
$$;
select audit.make_months_ahead();

-- Drops a month that ended 24 months ago and that a checkpoint has closed; called by the owner. False: it was gone.
create function audit.drop_month(p_month date) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_to constant timestamptz := (date_trunc('month', p_month::timestamp) + interval '1 month') at time zone 'UTC';
  v_suffix constant text := to_char(date_trunc('month', p_month::timestamp), '_YYYY_MM');
begin
  if v_to > clock_timestamp() - interval '24 months' then
    raise exception 'records are kept for 24 months' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from audit.checkpoints
                  where closing is not null and (closing ->> 'until')::bigint >= extract(epoch from v_to) * 1000) then
    raise exception 'no checkpoint closes this month' using errcode = 'insufficient_privilege';
  end if;
  if to_regclass('audit.records' || v_suffix) is null then
    return false;
  end if;
  execute format('drop table audit.%I', 'records' || v_suffix);
  execute format('drop table if exists audit.%I', 'checkpoints' || v_suffix);
  return true;
end
$$;

revoke all on function audit.make_month, audit.make_months_ahead, audit.drop_month from public;
grant execute on function audit.make_months_ahead to :"writer";
