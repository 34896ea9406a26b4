select handled.stage,
       handled.channel,
       count(*)::integer as cases,
       sum(handled.minutes)::integer as clerk_minutes,
       round(avg(handled.minutes), 1) as clerk_minutes_per_case
  from facts.case_fact as cases
 cross join lateral (values
         ('information', cases.channel_registration, cases.minutes_registration),
         ('consultation', cases.channel_consultation, cases.minutes_consultation),
         ('request', cases.channel_request, cases.minutes_request),
         ('execution', cases.channel_information, cases.minutes_information),
         ('result', cases.channel_result, cases.minutes_result)
       ) as handled (stage, channel, minutes)
 where handled.channel is not null and in_scope(cases.registered_at, cases.centre_id, cases.holder_id)
 group by handled.stage, handled.channel
 order by array_position(array['information', 'consultation', 'request', 'execution', 'result'], handled.stage),
          handled.channel
