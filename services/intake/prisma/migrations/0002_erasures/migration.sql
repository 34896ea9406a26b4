-- Which record was merged into which: whoever is erased is erased under all their ids. Written with the events.
create table intake.merged_client (
  subject_id uuid primary key,
  into_subject_id uuid not null
);
create index merged_client_into on intake.merged_client (into_subject_id);
grant select, insert, delete on intake.merged_client to :"writer";

-- Erasures under way and done: who has to confirm, who has.
create table intake.erasure (
  erasure_id uuid not null,
  subject_id uuid not null,
  services text[] not null,
  confirmed text[] not null default '{}',
  proposed_by text not null,
  requested_by text not null,
  requested_at timestamptz(3) not null,
  proven_at timestamptz(3),
  primary key (erasure_id, subject_id)
);
create index erasure_by_time on intake.erasure (requested_at desc, erasure_id, subject_id);
grant select, insert, update on intake.erasure to :"writer";
