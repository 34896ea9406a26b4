-- Who was refused, and what operators did: added to, and never changed. The service may add and nothing else, not even
-- read; whoever reads does so as the owner, or by the audit that takes this over.
create schema access_record;
grant usage on schema access_record to :"writer";

create table access_record.entries (
  entry_id bigint generated always as identity primary key,
  -- When it happened; entries come in small groups, some moments later.
  at timestamptz(3) not null,
  recorded_at timestamptz(3) not null default clock_timestamp(),
  kind text not null check (kind in ('refused', 'operated')),
  -- Why it was refused, or how what was done was answered. Codes only.
  code text not null,
  -- Account, never a personal code; null where nobody could be told.
  actor_id text,
  method text not null,
  -- Pattern of the route, without ids.
  route text not null,
  request_id uuid not null
);
create index entries_by_time on access_record.entries using brin (at);
grant insert on access_record.entries to :"writer";

create function access_record.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the record of access is added to and never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger never_changed before update or delete or truncate on access_record.entries
  for each statement execute function access_record.refuse();
