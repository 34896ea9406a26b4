-- What the gateway keeps of every case: what happened to it, minimised, and whom it told how much of that. A partner
-- that gets a case which went on before is told that first. Written by the reaction, in the transaction of what it
-- appends; nothing of a person is in it. Never rebuilt: whom the gateway told what is said nowhere else.
create schema partner_gateway authorization :"owner";
grant usage on schema partner_gateway to :"writer";

create table partner_gateway.followed_case (
  case_id uuid primary key,
  -- Last version of the case's stream that was looked at: what comes again changes nothing.
  version bigint not null check (version > 0),
  holder_id text not null,
  service_id uuid not null,
  stage text not null,
  -- Oldest first: {happened, stage, channel, at}.
  past jsonb not null,
  -- Registration number of the partner that has the case, and how many of `past` it was told.
  told_to text,
  told_count integer not null check (told_count >= 0)
);

grant select, insert, update on partner_gateway.followed_case to :"writer";
