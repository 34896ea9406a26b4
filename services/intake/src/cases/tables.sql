-- Service cases as they stand, one row each; the history of a case is its stream. Lists come from here.

create table service_case (
  case_id uuid primary key,
  version bigint not null,
  stage text not null,
  -- Since when it is in this stage, as its event says.
  stage_since timestamptz not null,
  subject_id uuid not null,
  anonymous boolean not null,
  service_id uuid not null,
  holder_id text not null,
  -- Where a holder that rejected the case would send it.
  proposed_holder_id text,
  centre_id uuid not null,
  municipality_id text not null,
  channel text not null,
  purpose text not null,
  customer_kind text not null,
  cross_border boolean not null,
  clerk_minutes integer not null,
  registered_at timestamptz not null,
  -- The last claim; it is live while `claimed_until` is ahead of the clock of whoever reads.
  claimed_by text,
  claimed_until timestamptz,
  -- The stage in which the case ended; needed to fold a reopening.
  ended_from text,
  score integer,
  count_id uuid,
  changed_at timestamptz not null
) with (fillfactor = 80);

-- The queue of a centre: what has not ended, longest in its stage first. Ended cases are most of all, and not in it.
create index service_case_queue on service_case (centre_id, stage_since, case_id)
  where stage not in ('closed', 'withdrawn');

-- The queue of a clerk: what is claimed now.
create index service_case_claims on service_case (claimed_by, claimed_until, case_id)
  where claimed_by is not null;

-- Searches, newest first.
create index service_case_of_centre on service_case (centre_id, registered_at desc, case_id desc);
create index service_case_of_holder on service_case (holder_id, registered_at desc, case_id desc);
create index service_case_of_service on service_case (service_id, registered_at desc, case_id desc);
-- Whether somebody has a case of a person.
create index service_case_of_subject on service_case (subject_id);
create index service_case_by_time on service_case (registered_at desc, case_id desc);

-- What a holder has to do: few cases of many, found by their stage.
create index service_case_at_holder on service_case (holder_id, stage, registered_at desc, case_id desc)
  where stage not in ('closed', 'withdrawn');
