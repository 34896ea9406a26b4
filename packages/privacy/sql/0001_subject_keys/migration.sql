-- One key a person, wrapped by the key of the service's configuration, in a database of its own apart from what the
-- keys open. An erased person's row stays for ever: a fence, so that nobody makes a new key for the same id, and no
-- restore puts the old one back unnoticed. What PostgreSQL keeps of the wrapped key for a while, in dead rows, the
-- write-ahead log and backups, is worth nothing once the wrapping key was changed.
create schema privacy;
grant usage on schema privacy to :"writer";

create table privacy.subject_key (
  subject_id uuid primary key,
  -- Named in every envelope: tells at once that a value was sealed with another key than the person has.
  key_id uuid not null unique,
  -- Nonce, ciphertext, tag; bound to subject and key id.
  wrapped_key bytea,
  -- Name of the wrapping key.
  wrapped_by text,
  made_at timestamptz(3) not null default clock_timestamp(),
  erased_at timestamptz(3),
  check ((wrapped_key is null) = (erased_at is not null)),
  check ((wrapped_by is null) = (erased_at is not null))
);
-- What is still to be wrapped anew, found without reading the keys of everybody.
create index subject_key_by_wrapping on privacy.subject_key (wrapped_by, subject_id) where erased_at is null;

grant select, insert, update on privacy.subject_key to :"writer";

create function privacy.keep_fence() returns trigger language plpgsql as $$
begin
  if old.erased_at is not null then
    raise exception 'the key of an erased person never comes back' using errcode = 'insufficient_privilege';
  end if;
  if new.subject_id <> old.subject_id or new.key_id <> old.key_id then
    raise exception 'a key stays with its person' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger keep_fence before update on privacy.subject_key for each row execute function privacy.keep_fence();

create function privacy.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'rows of keys are blanked, never removed' using errcode = 'insufficient_privilege';
end $$;
create trigger never_removed before delete or truncate on privacy.subject_key
  for each statement execute function privacy.refuse();
