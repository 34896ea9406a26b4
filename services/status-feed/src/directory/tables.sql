-- What the portal shows beside an item: titles, names, and the centre that handles the case. Joined when reading, so
-- that the order in which the topics arrive does not matter.

create table service (
  service_id uuid primary key,
  title_lv text not null,
  title_en text,
  holder_id text not null,
  holder_name text not null,
  retired boolean not null
);
create index service_holder on service (holder_id, retired, service_id);

create table centre (
  centre_id uuid primary key,
  name text not null,
  municipality_name text not null
);

create table case_centre (
  case_id uuid primary key,
  centre_id uuid not null
);

-- A holder is named in every catalogue entry of its own; the listed entry with the lowest id gives the name, so that
-- the order in which entries arrived does not decide.
create view holder with (security_invoker = true) as
select distinct on (holder_id) holder_id, holder_name
  from service
 order by holder_id, retired, service_id;
