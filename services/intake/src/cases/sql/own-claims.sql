-- Cases that a clerk holds a live claim of, the one that ends first before the others, behind a place.
-- $1 the clerk, $2 the clock of the reader, $3 and $4 the place (claimed_until, case_id), $5 centres, $6 stages or null,
-- $7 how many.
select queue.*, service.title_lv, service.title_en, service.holder_name
  from (
    select c.*
      from cases.service_case c
     where c.claimed_by = $1
       and c.claimed_until > $2::timestamptz
       and (c.claimed_until, c.case_id) > ($3::timestamptz, $4::uuid)
       and c.centre_id = any ($5::uuid[])
       and ($6::text[] is null or c.stage = any ($6))
     order by c.claimed_until, c.case_id
     limit $7
  ) queue
  left join catalogue.service service using (service_id)
 order by queue.claimed_until, queue.case_id
