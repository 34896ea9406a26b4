-- Until when the access tokens of an account were revoked; one row an account, whatever happened how often.
create table account (
  account_id text primary key,
  revoked_at timestamptz not null
);
create index account_by_revocation on account (revoked_at);
