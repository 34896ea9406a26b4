-- Cases of some centres that have not ended, longest in their stage first, behind a place.
-- $1 centres, $2 and $3 the place (stage_since, case_id), $4 stages or null, $5 only without a live claim,
-- $6 the clock of the reader, $7 how many.
--
-- Each centre is read by itself in the order of its own index, and what was read is put together: with one condition
-- over all centres the rows would have to be sorted first.
select queue.*, service.title_lv, service.title_en, service.holder_name
  from (
    select item.*
      from unnest($1::uuid[]) as own (centre_id)
     cross join lateral (
       select c.*
         from cases.service_case c
        where c.centre_id = own.centre_id
          and c.stage not in ('closed', 'withdrawn')
          and (c.stage_since, c.case_id) > ($2::timestamptz, $3::uuid)
          and ($4::text[] is null or c.stage = any ($4))
          and (not $5::boolean or c.claimed_until is null or c.claimed_until <= $6::timestamptz)
        order by c.stage_since, c.case_id
        limit $7
     ) item
     order by item.stage_since, item.case_id
     limit $7
  ) queue
  left join catalogue.service service using (service_id)
 order by queue.stage_since, queue.case_id
