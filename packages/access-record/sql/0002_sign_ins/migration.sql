-- Identity records who signs in and out, too. For a sign-in that was refused, `actor_id` is the account that was tried,
-- and null where there is no such account: what somebody typed wrong may be a password.
alter table access_record.entries
  drop constraint entries_kind_check,
  add constraint entries_kind_check check (kind in ('refused', 'operated', 'signed_in', 'signed_out'));
