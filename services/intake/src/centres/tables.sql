-- The network of centres; a closed one stays, for its history.

create table centre (
  centre_id uuid primary key,
  version bigint not null,
  status text not null,
  name text not null,
  kind text not null,
  municipality_id text not null,
  municipality_name text not null,
  address text not null,
  -- [{ weekday: 1–7, periods: [{ opens: "HH:MM", closes: "HH:MM" }] }], local time of Europe/Riga.
  opening_hours jsonb not null,
  origin text not null,
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  closed_at timestamptz,
  -- Name without diacritics, in lower case; the order of lists.
  sort_name text collate "C" not null
);

create index centre_in_order on centre (sort_name, centre_id);
create index centre_of_municipality on centre (municipality_id, sort_name, centre_id);
