select cases.stage,
       cases.centre_id,
       centre.name as centre_name,
       cases.municipality_id,
       municipality.municipality_name,
       cases.holder_id,
       holder.holder_name,
       count(*)::integer as cases
  from facts.case_fact as cases
  left join facts.centre using (centre_id)
  left join facts.municipality on municipality.municipality_id = cases.municipality_id
  left join facts.holder on holder.holder_id = cases.holder_id
 where in_scope(cases.registered_at, cases.centre_id, cases.holder_id)
 group by cases.stage, cases.centre_id, centre.name, cases.municipality_id, municipality.municipality_name,
          cases.holder_id, holder.holder_name
 order by centre.name collate "C", cases.centre_id, holder.holder_name collate "C", cases.holder_id, cases.stage
