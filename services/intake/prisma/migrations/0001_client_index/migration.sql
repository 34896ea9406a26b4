-- Who is found by what: a keyed hash of a personal code, a registration number, a phone number or an e-mail address
-- leads to the person's random id. Written with the events of the client, in one transaction; not in the events
-- themselves, which stay for ever, while these rows go when somebody is erased.
create schema intake;
grant usage on schema intake to :"writer";

create table intake.client_index (
  kind text not null check (kind in ('personal_code', 'registration_number', 'phone', 'email')),
  blind_index bytea not null check (octet_length(blind_index) = 32),
  subject_id uuid not null,
  primary key (kind, blind_index, subject_id)
);
-- One person has one code and one code is one person's; families share telephones.
create unique index client_index_is_one on intake.client_index (kind, blind_index)
  where kind in ('personal_code', 'registration_number');
create index client_index_of_subject on intake.client_index (subject_id);
grant select, insert, delete on intake.client_index to :"writer";
