with durations as (
  select holder_id, service_id, centre_id, first_decided_at, first_delivered_at,
         extract(epoch from first_requested_at - registered_at) / 60 as to_request,
         extract(epoch from first_decided_at - first_requested_at) / 60 as to_decision,
         extract(epoch from first_delivered_at - first_requested_at) / 60 as to_result
    from facts.case_fact
   where first_requested_at is not null and in_scope(first_requested_at, centre_id, holder_id)
), figures as (
  select case grouping(holder_id, service_id, centre_id)
           when 7 then 'all' when 3 then 'holder' when 1 then 'service' else 'centre'
         end as level,
         holder_id, service_id, centre_id,
         count(*)::integer as cases_requested,
         count(first_decided_at)::integer as cases_decided,
         count(first_delivered_at)::integer as cases_delivered,
         percentile_cont(0.5) within group (order by to_request) as to_request_median,
         percentile_cont(0.9) within group (order by to_request) as to_request_p90,
         percentile_cont(0.5) within group (order by to_decision) as to_decision_median,
         percentile_cont(0.9) within group (order by to_decision) as to_decision_p90,
         percentile_cont(0.5) within group (order by to_result) as to_result_median,
         percentile_cont(0.9) within group (order by to_result) as to_result_p90
    from durations
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
       figures.cases_requested,
       figures.cases_decided,
       figures.cases_delivered,
       round(to_request_median::numeric, 1) as minutes_to_request_median,
       round(to_request_p90::numeric, 1) as minutes_to_request_p90,
       round(to_decision_median::numeric, 1) as minutes_to_decision_median,
       round(to_decision_p90::numeric, 1) as minutes_to_decision_p90,
       round(to_result_median::numeric, 1) as minutes_to_result_median,
       round(to_result_p90::numeric, 1) as minutes_to_result_p90
  from figures
  left join facts.service on service.service_id = figures.service_id
  left join facts.holder on holder.holder_id = figures.holder_id
  left join facts.centre on centre.centre_id = figures.centre_id
 order by array_position(array['all', 'holder', 'service', 'centre'], figures.level),
          holder.holder_name collate "C", figures.holder_id, service.title_lv collate "C", figures.service_id,
          centre.name collate "C", figures.centre_id
