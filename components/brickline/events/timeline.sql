-- name: attempt_add!
insert into attempts (
    event_id, group_id, published_at, attempt, trace_id, topic, source, failure, error, due_at
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: waiting
-- A row is claimed while a relay sends it; its time is then the end of the lease. The outbox has no index on the
-- trace: it is short most of the time, and every event would have to pay for one.
select
    greatest(due_at, now()) as at, topic, event_id, group_id, attempt, created_at as since, waiting_for,
    case when due_at <= now() then 'due' when claimed_by is null then 'later' else 'sending' end as state
from outbox where trace_id = $1;

-- name: published
-- Told by those who handled the event, and by the outbox of its publisher.
select published_at as at, source as service, topic, event_id from inbox where trace_id = $1::text::uuid
union all
select published_at, source, topic, event_id from attempts where trace_id = $1::text::uuid
union all
select created_at, current_schema()::text, topic, event_id from outbox
where trace_id = $1 and group_id is null;

-- name: settled
-- A row without handler_ms is of an event that was given up: its dead letter tells.
select
    settled_at as at, topic, event_id, group_id, attempt, handler_ms,
    greatest(0, extract(epoch from settled_at - published_at))::float8 as after_s
from inbox where trace_id = $1::text::uuid and handler_ms is not null;

-- name: attempt_failed
select failed_at as at, topic, event_id, group_id, attempt, failure, error, due_at as again_at
from attempts where trace_id = $1::text::uuid;

-- name: dead_lettered
select dead_at as at, topic, event_id, group_id, attempts, reason, error, fingerprint, dead_letter_id
from dead_letters where trace_id = $1;

-- name: replayed
select
    replays.replayed_at as at, letters.topic, replays.event_id, replays.group_id, replays.replayed_by as by,
    replays.edited_body is not null as edited, letters.dead_letter_id
from dead_letters as letters inner join dead_letter_replays as replays using (dead_letter_id)
where letters.trace_id = $1;

-- name: discarded
select
    closed_at as at, topic, event_id, group_id, discard_reason as reason, closed_by as by, dead_letter_id
from dead_letters where trace_id = $1 and state = 'discarded';
