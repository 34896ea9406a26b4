-- The second factor of an account: a secret that the person's device shares (TOTP, RFC 6238), sealed like the signing
-- keys with a key that is not in the database.
create table identity.second_factor (
  account_id text primary key,
  sealed_secret bytea not null,
  -- The sign-in in which the secret is shown, until it is confirmed by a code: another sign-in is shown another one.
  shown_in text,
  confirmed_at timestamptz,
  -- The last period of 30 s whose code was used: neither it nor an earlier one is taken again.
  last_step bigint not null default 0,
  check ((confirmed_at is null) = (shown_in is not null))
);

grant select, insert, update, delete on identity.second_factor to :"writer";
