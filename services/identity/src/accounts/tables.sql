-- Who can act at all.
create table account (
  account_id text primary key,
  source text not null,
  active boolean not null,
  opened_at timestamptz not null,
  opened_by text not null
);

-- Roles that accounts hold or held: where, from when to when, given by whom.
create table given_role (
  grant_id uuid primary key,
  account_id text not null,
  role text not null,
  centre_id uuid,
  holder_id text,
  valid_from timestamptz,
  valid_until timestamptz,
  may_grant boolean not null,
  source text not null,
  granted_at timestamptz not null,
  granted_by text not null,
  revoked_at timestamptz,
  revoked_by text
);
create index given_role_by_account on given_role (account_id);
create index given_role_by_centre on given_role (centre_id, account_id) where revoked_at is null;
create index given_role_by_holder on given_role (holder_id, account_id) where revoked_at is null;

-- Who acts for whom, and when.
create table absence (
  absence_id uuid primary key,
  account_id text not null,
  substitute_id text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  named_by text not null,
  ended_at timestamptz,
  ended_by text
);
create index absence_by_account on absence (account_id);
create index absence_by_substitute on absence (substitute_id) where ended_at is null;
