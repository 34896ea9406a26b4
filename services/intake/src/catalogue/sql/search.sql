-- Entries whose words begin with all the words asked for, in the order of their titles, behind a place.
-- $1 a query of prefixes or null, $2 a holder or null, $3 retired ones too, $4 and $5 the place (sort_title,
-- service_id), $6 how many.
select service_id, sort_title
  from catalogue.service
 where ($1::text is null or search @@ to_tsquery('simple', $1))
   and ($2::text is null or holder_id = $2)
   and ($3::boolean or status = 'listed')
   and (sort_title, service_id) > ($4::text collate "C", $5::uuid)
 order by sort_title, service_id
 limit $6
