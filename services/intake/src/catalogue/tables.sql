-- The catalogue: one row an entry, retired ones included.

create table service (
  service_id uuid primary key,
  version bigint not null,
  status text not null,
  title_lv text not null,
  title_en text,
  holder_id text not null,
  holder_name text not null,
  holder_registration_number text,
  channels text[] not null,
  electronic_stages text[] not null,
  processing_times jsonb not null,
  support_level integer,
  authorised_e_service boolean not null,
  life_events text[] not null,
  template text,
  origin text not null,
  sources text[] not null,
  changed_at timestamptz not null,
  -- Words of titles and holder without diacritics, in lower case; what a search looks at.
  words text not null,
  -- Title without diacritics, in lower case; the order of lists.
  sort_title text collate "C" not null,
  search tsvector not null generated always as (to_tsvector('simple', words)) stored
);

create index service_search on service using gin (search);
create index service_in_order on service (sort_title, service_id);
create index service_of_holder on service (holder_id, sort_title, service_id);
create index service_of_source on service using gin (sources);
