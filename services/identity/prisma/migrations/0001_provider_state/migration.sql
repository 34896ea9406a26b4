-- What the provider (oidc-provider) keeps between two requests: sessions, grants, codes, refresh tokens, interactions,
-- assertions that were used, registered clients. One row a thing; `id` is a hash where whoever knows the id could use
-- it as a credential (codes, refresh tokens).
create schema identity authorization :"owner";
grant usage on schema identity to :"writer";

create table identity.provider_state (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  -- Null for what has no end of its own: registered clients.
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (model, id)
);
create index provider_state_by_grant on identity.provider_state (grant_id) where grant_id is not null;
create unique index provider_state_by_uid on identity.provider_state (model, uid) where uid is not null;
create unique index provider_state_by_user_code on identity.provider_state (model, user_code)
  where user_code is not null;
create index provider_state_by_end on identity.provider_state (expires_at) where expires_at is not null;

grant select, insert, update, delete on identity.provider_state to :"writer";
