-- name: settled_as
-- What the group settled under these ids. Rows that are older than these columns, or of bytes that were no event,
-- cannot be compared.
select event_id, trace_id::text, topic, source, published_at
from inbox
where group_id = $1 and event_id = any($2::uuid []) and trace_id is not null;
