with figures as (
  select channel, service_id, holder_id, sum(counted) as services_counted, sum(opened) as cases_registered,
         sum(minutes) as clerk_minutes
    from (
      select channel, service_id, holder_id, 1 as counted, 0 as opened, clerk_minutes as minutes
        from facts.counted_service
       where corrected_at is null and in_scope(counted_at, centre_id, holder_id)
      union all
      select channel_registration, service_id, holder_id, 0, 1, 0
        from facts.case_fact
       where in_scope(registered_at, centre_id, holder_id)
    ) as rows
   group by channel, service_id, holder_id
)
select figures.channel,
       (row_number() over (
         partition by figures.channel
         order by services_counted desc, cases_registered desc, service.title_lv collate "C", figures.service_id
       ))::integer as rank,
       figures.service_id,
       service.title_lv as service_title,
       figures.holder_id,
       holder.holder_name,
       services_counted::integer,
       round(100.0 * services_counted / nullif(sum(services_counted) over (partition by figures.channel), 0), 2)
         as share_percent,
       cases_registered::integer,
       round(clerk_minutes::numeric / nullif(services_counted, 0), 1) as clerk_minutes_per_service
  from figures
  left join facts.service using (service_id)
  left join facts.holder on holder.holder_id = figures.holder_id
 order by figures.channel, rank
