with figures as (
  select case grouping(holder_id, service_id, centre_id)
           when 7 then 'all' when 3 then 'holder' when 1 then 'service' else 'centre'
         end as level,
         holder_id, service_id, centre_id,
         count(*)::integer as cases_registered,
         count(evaluation)::integer as cases_evaluated,
         round(avg(evaluation), 2) as evaluation_average,
         count(*) filter (where outcome = 'granted')::integer as cases_granted,
         count(*) filter (where outcome = 'partly')::integer as cases_granted_partly,
         count(*) filter (where outcome = 'refused')::integer as cases_refused,
         count(*) filter (where wrong_authority > 0)::integer as cases_sent_to_wrong_authority,
         count(*) filter (where information_requests > 0)::integer as cases_asked_for_information,
         count(*) filter (where reopened > 0)::integer as cases_reopened,
         count(*) filter (where stage = 'withdrawn')::integer as cases_withdrawn
    from facts.case_fact
   where in_scope(registered_at, centre_id, holder_id)
   group by grouping sets ((), (holder_id), (holder_id, service_id), (centre_id))
  having count(*) > 0
)
select figures.level,
       figures.holder_id,
       holder.holder_name,
       figures.service_id,
       service.title_lv as service_title,
       figures.centre_id,
       centre.name as centre_name,
       cases_registered,
       cases_evaluated,
       evaluation_average,
       cases_granted,
       cases_granted_partly,
       cases_refused,
       cases_sent_to_wrong_authority,
       cases_asked_for_information,
       cases_reopened,
       cases_withdrawn
  from figures
  left join facts.service on service.service_id = figures.service_id
  left join facts.holder on holder.holder_id = figures.holder_id
  left join facts.centre on centre.centre_id = figures.centre_id
 order by array_position(array['all', 'holder', 'service', 'centre'], figures.level),
          holder.holder_name collate "C", figures.holder_id, service.title_lv collate "C", figures.service_id,
          centre.name collate "C", figures.centre_id
