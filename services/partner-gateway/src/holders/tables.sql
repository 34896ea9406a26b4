-- What the catalogue says of the holder of each service; the number where a source has it.
create table service (
  service_id uuid primary key,
  holder_id text not null,
  registration_number text
);

create index on service (holder_id) where registration_number is not null;
