-- name: count_duplicates
-- Count that these ids came again, each as often as it is listed, and tell what the group settled under them. Rows
-- that are older than these columns, or of bytes that were no event, have no trace and cannot be compared. Locked in
-- the order of the ids, so that no two batches wait for each other; a count is not worth waiting for the disk.
with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
again as (select event_id, count(*) as times from unnest($2::uuid []) as listed (event_id) group by event_id),
settled as materialized (
    select inbox.event_id from inbox, relaxed
    where inbox.group_id = $1 and inbox.event_id = any($2::uuid [])
    order by inbox.event_id
    for update of inbox
)
update inbox set duplicates = inbox.duplicates + again.times
from settled inner join again using (event_id)
where inbox.group_id = $1 and inbox.event_id = settled.event_id
returning inbox.event_id, inbox.trace_id::text, inbox.topic, inbox.source, inbox.published_at;

-- name: read_duplicates
select event_id, duplicates from inbox where group_id = $1 and settled_at >= $2 and duplicates > 0;
