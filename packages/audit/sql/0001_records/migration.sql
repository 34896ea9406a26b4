-- Who came in, who was refused, who looked at whose data and why, and what operators did. Added to, and never changed:
-- the service may call `append` and read; it owns nothing, and triggers refuse the owner too. Whoever can switch
-- triggers off is found by the hashes. Words and guarantees: packages/audit/README.md.
create schema audit;
grant usage on schema audit to :"writer";

-- A chain takes the records of one writer at a time, so that writers do not wait for one another. One that stands idle
-- is taken by the next process: there are never many.
create table audit.chains (
  chain_id uuid primary key default gen_random_uuid(),
  -- Of the newest record; zeros before the first.
  sequence bigint not null default 0 check (sequence >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32),
  recorded_at timestamptz(3) not null default clock_timestamp(),
  taken_at timestamptz(3) not null default clock_timestamp()
);

create table audit.records (
  chain_id uuid not null,
  -- 1, 2, 3 … in its chain.
  sequence bigint not null,
  -- By the clock of the database; never decreases in a chain.
  recorded_at timestamptz(3) not null,
  record_id uuid not null,
  -- When it happened, by the clock of the process.
  at timestamptz(3) not null,
  kind text collate "C" not null,
  -- Why it was refused, or how it was answered or done. Codes only.
  code text collate "C" not null,
  -- Account, never a personal code; null where nobody could be told.
  actor_id text collate "C",
  role text collate "C",
  purpose text collate "C",
  method text collate "C" not null,
  -- Pattern of the route, without ids.
  route text collate "C" not null,
  request_id uuid not null,
  -- What it was about: an id of a thing of ours, e.g. a case; never of a person.
  about text collate "C",
  -- The person: a keyed hash of the subject id to find records by, and the id sealed by the key of the month.
  person_ref bytea,
  person_sealed bytea,
  -- Hash of the record before, and of this one: SHA-256 over the former, the chain, sequence, recorded_at and content.
  previous bytea not null,
  hash bytea not null,
  primary key (chain_id, sequence, recorded_at)
) partition by range (recorded_at);
create index records_by_time on audit.records (recorded_at, chain_id, sequence);
create index records_by_actor on audit.records (actor_id, recorded_at) where actor_id is not null;
create index records_by_person on audit.records (person_ref, recorded_at) where person_ref is not null;

-- What is found in the table by a keyed hash is read by a route of the auditor, and that is recorded, too.
grant select on audit.chains, audit.records to :"writer";

create function audit.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is added to and never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger never_changed before update or delete or truncate on audit.records
  for each statement execute function audit.refuse();
-- Partitions get this one by themselves.
create trigger no_row_changed before update or delete on audit.records
  for each row execute function audit.refuse();
create trigger never_removed before delete or truncate on audit.chains
  for each statement execute function audit.refuse();

create function audit.keep_chain() returns trigger language plpgsql as $$
begin
  if new.chain_id <> old.chain_id or new.sequence < old.sequence
     or (new.sequence = old.sequence and new.hash <> old.hash) then
    raise exception 'a chain only grows' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger keep_chain before update on audit.chains for each row execute function audit.keep_chain();

-- A chain for a process that starts: one that nobody has written for an hour, or a new one. Two processes on one chain
-- would wait for one another and do no harm.
create function audit.take_chain() returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chain uuid;
begin
  update audit.chains set taken_at = clock_timestamp() where chain_id = (
    select chain_id from audit.chains where greatest(taken_at, recorded_at) < clock_timestamp() - interval '1 hour'
     order by taken_at limit 1 for update skip locked)
  returning chain_id into v_chain;
  if v_chain is null then
    insert into audit.chains default values returning chain_id into v_chain;
  end if;
  return v_chain;
end
$$;

-- Puts records at the end of a chain, in the order given; `p_contents[i]` is the SHA-256 of the content of the i-th.
-- Answers the sequence of the last one. The row of the chain is held to the commit: what is visible has no gaps.
create function audit.append(
  p_chain uuid, p_ids uuid[], p_at timestamptz[], p_kinds text[], p_codes text[], p_actors text[], p_roles text[],
  p_purposes text[], p_methods text[], p_routes text[], p_requests uuid[], p_about text[], p_refs bytea[],
  p_sealed bytea[], p_contents bytea[]
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count constant integer := cardinality(p_ids);
  v_sequence bigint;
  v_hash bytea;
  v_recorded timestamptz(3);
  v_bound bytea;
  v_hashes bytea[];
begin
  select sequence, hash, greatest(recorded_at, clock_timestamp()) into v_sequence, v_hash, v_recorded
    from audit.chains where chain_id = p_chain for update;
  if not found then
    raise exception 'there is no chain %', p_chain using errcode = 'foreign_key_violation';
  end if;
  v_bound := int8send((extract(epoch from v_recorded) * 1000)::bigint);
  v_hashes := array[v_hash];
  for i in 1 .. v_count loop
    v_hash := sha256(v_hash || uuid_send(p_chain) || int8send(v_sequence + i) || v_bound || p_contents[i]);
    v_hashes[i + 1] := v_hash;
  end loop;
  insert into audit.records
    (chain_id, sequence, recorded_at, record_id, at, kind, code, actor_id, role, purpose, method, route, request_id,
     about, person_ref, person_sealed, previous, hash)
  select p_chain, v_sequence + n, v_recorded, id, at, kind, code, actor, role, purpose, method, route, request,
         about, ref, sealed, v_hashes[n], v_hashes[n + 1]
    from unnest(p_ids, p_at, p_kinds, p_codes, p_actors, p_roles, p_purposes, p_methods, p_routes, p_requests, p_about,
                p_refs, p_sealed) with ordinality
         as record(id, at, kind, code, actor, role, purpose, method, route, request, about, ref, sealed, n);
  update audit.chains set sequence = v_sequence + v_count, hash = v_hash, recorded_at = v_recorded
   where chain_id = p_chain;
  return v_sequence + v_count;
end
$$;

revoke all on function audit.take_chain, audit.append from public;
grant execute on function audit.take_chain, audit.append to :"writer";
