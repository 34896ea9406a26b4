-- When Kafka last said where the partition ends: a consumer that nobody can reach has nothing new to read, and is not
-- up to date.
alter table event_bus.consumer_offsets add column checked_at timestamptz not null default now();
