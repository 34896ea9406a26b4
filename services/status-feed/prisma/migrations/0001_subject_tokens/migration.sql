-- What this service keeps beside events and projections: the tokens that the portal client exchanged for a subject
-- id, which are also the record of who asked for whom and when. Only a hash of the token is kept; a row is never
-- changed or deleted by the service.
create schema status_feed authorization :"owner";
grant usage on schema status_feed to :"writer";

create table status_feed.subject_token (
  id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  subject_id uuid not null,
  issued_to text not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > issued_at)
);
create index subject_token_by_subject on status_feed.subject_token (subject_id, issued_at);

grant select, insert on status_feed.subject_token to :"writer";
