-- Row security reads who asks from the setting `vienuviet.caller` of the transaction (JSON, set by `asCaller`). Without
-- it nobody is there, and nothing is seen: a query that forgets its scope comes back empty.
create function event_bus.caller() returns jsonb language sql stable as $$
  select nullif(current_setting('vienuviet.caller', true), '')::jsonb
$$;

-- Limited to no centre, holder or person.
create function event_bus.caller_sees_all() returns boolean language sql stable as $$
  select coalesce(event_bus.caller() ? 'roles' and not event_bus.caller() ?| array['centreIds', 'holderIds', 'subjectId'], false)
$$;

-- Ids of the caller's places: of centres, of holders.
create function event_bus.caller_places(p_kind text) returns text[] language sql stable as $$
  select array(select jsonb_array_elements_text(coalesce(event_bus.caller() -> p_kind, '[]')))
$$;
