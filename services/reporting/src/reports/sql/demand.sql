with figures as (
  select extract(isodow from happened)::integer as weekday, extract(hour from happened)::integer as hour,
         sum(opened) as cases_registered, sum(counted) as services_counted
    from (
      select registered_at at time zone 'Europe/Riga' as happened, 1 as opened, 0 as counted
        from facts.case_fact
       where in_scope(registered_at, centre_id, holder_id)
      union all
      select counted_at at time zone 'Europe/Riga', 0, 1
        from facts.counted_service
       where corrected_at is null and in_scope(counted_at, centre_id, holder_id)
    ) as rows
   group by 1, 2
)
select weekday,
       (array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])[weekday] as weekday_name,
       hour,
       coalesce(cases_registered, 0)::integer as cases_registered,
       coalesce(services_counted, 0)::integer as services_counted,
       round(100.0 * coalesce(cases_registered, 0) / nullif(sum(cases_registered) over (), 0), 2) as share_percent
  from generate_series(1, 7) as weekday
 cross join generate_series(0, 23) as hour
  left join figures using (weekday, hour)
 order by weekday, hour
