-- One row an item as the portal shows it. `changes` has every change in order, with what was known after it, so that
-- the change feed shows an old change as it was then: {version, status, milestone, at, serviceId, holderId,
-- caseVersion}; `at` in milliseconds.
create table item (
  case_id uuid primary key,
  subject_id uuid not null,
  service_id uuid not null,
  holder_id text not null,
  status text not null,
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  case_version bigint not null,
  changes jsonb not null
);
create index item_by_subject on item (subject_id, changed_at desc, case_id);
