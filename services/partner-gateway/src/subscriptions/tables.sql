-- The present or last subscription of each partner.
create table subscription (
  registration_number text primary key,
  holder_id text not null,
  certificate_name text not null,
  opened_at timestamptz not null,
  opened_by text not null,
  ended_at timestamptz,
  ended_by text
);
