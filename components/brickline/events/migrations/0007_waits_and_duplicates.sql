-- How often an event came again after its group had settled it, and was skipped.
alter table inbox add column duplicates integer not null default 0;

-- What an event was put back for, in a word or two such as "budget": whoever brings it can have the event tried at
-- once. Null: no more than time.
alter table outbox add column deferred_for text;
create index outbox_deferred on outbox (deferred_for, id) where deferred_for is not null;
