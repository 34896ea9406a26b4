-- One page of the change feed: $1 after which position, $2 how many, $3 the consumer name of the items projection.
-- Positions are shown up to where the items projection has come, in the same snapshot as the items themselves: what
-- the feed announces can be read. A change whose item is not there although the projection has passed it (its key is
-- parked) comes without `change`; the reader stops before it, so that nothing is skipped. What an operator has
-- discarded is left out, and so is what follows of an item whose beginning was discarded.
with readable as (
  select coalesce(max(next_offset), 1) - 1 as position
    from event_bus.consumer_offsets
   where consumer = $3 and topic = 'store'
)
select readable.position as readable,
       event.position,
       event.event_id,
       event.stream_id,
       event.version,
       event.recorded_at,
       item.case_id,
       item.subject_id,
       jsonb_path_query_first(
         item.changes, '$[*] ? (@.version == $version)', jsonb_build_object('version', event.version)
       ) as change
  from readable
  left join lateral (
    select position, event_id, stream_id, version, recorded_at
      from event_store.events
     where position > $1 and position <= readable.position and type = 'statusfeed.ItemStatusChanged'
       and not exists (
         select 1 from event_bus.discarded_messages as discarded
          where discarded.consumer = $3 and discarded.topic = 'store'
            and (discarded.message_offset = events.position
                 or discarded.key = events.stream_id
                    and not exists (select 1 from items.item where item.case_id = substr(events.stream_id, 6)::uuid))
       )
     order by position
     limit $2
  ) as event on true
  left join items.item on item.case_id = substr(event.stream_id, 6)::uuid
 order by event.position
