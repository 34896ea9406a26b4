-- Names, each from one place. A holder is named in every catalogue entry of its own; the entry that is listed and
-- has the lowest id gives the name, so that the order in which entries arrived does not decide.

create view holder with (security_invoker = true) as
select distinct on (holder_id) holder_id, holder_name, holder_registration_number
  from service
 order by holder_id, retired, service_id;

create view municipality with (security_invoker = true) as
select distinct on (municipality_id) municipality_id, municipality_name
  from centre
 order by municipality_id, closed, centre_id;

-- One row a thing with names beside the ids, for people with a BI tool.

create view services with (security_invoker = true) as
select service.service_id, service.title_lv as service_title, service.title_en as service_title_en, service.holder_id,
       holder.holder_name, holder.holder_registration_number, service.support_level, service.authorised_e_service,
       service.retired, service.origin
  from service
  join holder using (holder_id);

create view centres with (security_invoker = true) as
select centre_id, name as centre_name, kind as centre_kind, municipality_id, municipality_name, address, closed, origin
  from centre;

create view counted_services with (security_invoker = true) as
select counted.count_id, counted.counted_at, counted.channel, counted.service_id, service.title_lv as service_title,
       counted.holder_id, holder.holder_name, counted.centre_id, centre.name as centre_name, counted.municipality_id,
       municipality.municipality_name, counted.customer_kind, counted.cross_border, counted.clerk_minutes,
       counted.case_id, counted.rule_version
  from counted_service as counted
  left join service on service.service_id = counted.service_id
  left join holder on holder.holder_id = counted.holder_id
  left join centre on centre.centre_id = counted.centre_id
  left join municipality on municipality.municipality_id = counted.municipality_id
 where counted.corrected_at is null;

create view cases with (security_invoker = true) as
select fact.case_id, fact.stage, fact.purpose, fact.anonymous, fact.customer_kind, fact.cross_border, fact.service_id,
       service.title_lv as service_title, fact.holder_id, holder.holder_name, fact.centre_id,
       centre.name as centre_name, fact.registered_centre_id, fact.municipality_id, municipality.municipality_name,
       fact.channel_registration, fact.channel_consultation, fact.channel_request, fact.channel_information,
       fact.channel_result, fact.channel_evaluation, fact.minutes_registration, fact.minutes_consultation,
       fact.minutes_request, fact.minutes_information, fact.minutes_result,
       fact.minutes_registration + fact.minutes_consultation + fact.minutes_request + fact.minutes_information
         + fact.minutes_result as minutes_total,
       fact.registered_at, fact.first_consulted_at, fact.first_requested_at, fact.first_accepted_at,
       fact.first_decided_at, fact.first_delivered_at, fact.ended_at, fact.last_event_at, fact.outcome,
       fact.decision_reason, fact.result_form, fact.evaluation, fact.end_reason, fact.consultations, fact.requests,
       fact.wrong_authority, fact.information_requests, fact.reopened, fact.handed_over
  from case_fact as fact
  left join service on service.service_id = fact.service_id
  left join holder on holder.holder_id = fact.holder_id
  left join centre on centre.centre_id = fact.centre_id
  left join municipality on municipality.municipality_id = fact.municipality_id;
