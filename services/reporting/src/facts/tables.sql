-- Facts of the service accounting: no personal data, no subject ids, no clock. One row a thing, keyed by the thing's
-- own id; names of services, holders and centres are joined when reading, so that the order in which the topics
-- arrive does not matter. Duration columns are left to the views: the tables keep instants.

create table counted_service (
  count_id uuid primary key,
  rule_version text not null,
  case_id uuid not null,
  service_id uuid not null,
  holder_id text not null,
  centre_id uuid not null,
  municipality_id text not null,
  channel text not null,
  customer_kind text not null,
  cross_border boolean not null,
  clerk_minutes integer not null,
  counted_at timestamptz not null,
  corrected_at timestamptz,
  correction_reason text
);
create index counted_service_counted_at on counted_service (counted_at);

create table case_fact (
  case_id uuid primary key,
  stage text not null,
  purpose text not null,
  anonymous boolean not null,
  customer_kind text not null,
  cross_border boolean not null,
  service_id uuid not null,
  holder_id text not null,
  centre_id uuid not null,
  municipality_id text not null,
  registered_centre_id uuid not null,
  channel_registration text not null,
  channel_consultation text,
  channel_request text,
  channel_information text,
  channel_result text,
  channel_evaluation text,
  minutes_registration integer not null,
  minutes_consultation integer not null,
  minutes_request integer not null,
  minutes_information integer not null,
  minutes_result integer not null,
  registered_at timestamptz not null,
  first_consulted_at timestamptz,
  first_requested_at timestamptz,
  first_accepted_at timestamptz,
  first_decided_at timestamptz,
  first_delivered_at timestamptz,
  ended_at timestamptz,
  last_event_at timestamptz not null,
  outcome text,
  decision_reason text,
  result_form text,
  evaluation smallint,
  end_reason text,
  consultations integer not null,
  requests integer not null,
  wrong_authority integer not null,
  information_requests integer not null,
  reopened integer not null,
  handed_over integer not null
);
create index case_fact_registered_at on case_fact (registered_at);
create index case_fact_first_requested_at on case_fact (first_requested_at);

create table service (
  service_id uuid primary key,
  title_lv text not null,
  title_en text,
  holder_id text not null,
  holder_name text not null,
  holder_registration_number text,
  support_level integer,
  authorised_e_service boolean not null,
  origin text not null,
  retired boolean not null
);
create index service_holder on service (holder_id);

create table centre (
  centre_id uuid primary key,
  name text not null,
  kind text not null,
  municipality_id text not null,
  municipality_name text not null,
  address text not null,
  origin text not null,
  closed boolean not null
);
