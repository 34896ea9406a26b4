-- Keys that tokens are signed with. The private part is sealed (AES-256-GCM) with a key that is not in the database.
-- Which key signs follows from the times alone, so that instances agree: the one whose `signs_from` came last. A key is
-- published from the moment it is here until `published_until`.
create table identity.signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  sealed_private_jwk bytea not null,
  made_at timestamptz not null default now(),
  signs_from timestamptz not null unique,
  published_until timestamptz check (published_until > signs_from)
);

grant select, insert, update, delete on identity.signing_key to :"writer";
