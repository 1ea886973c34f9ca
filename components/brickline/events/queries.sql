-- name: inbox_has
select 1 from inbox where group_id = $1 and event_id = $2;

-- name: inbox_record
-- Blocks while another transaction holds the same key uncommitted.
insert into inbox (group_id, event_id, trace_id, topic, source, published_at, attempt, handler_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing
returning 1;

-- name: inbox_has_of
select event_id from inbox where group_id = $1 and event_id = any($2::uuid []);

-- name: inbox_record_batch
-- In the order of the ids, in which every batch locks them, so that no two batches wait for each other.
insert into inbox (group_id, event_id, trace_id, topic, source, published_at, attempt, handler_ms)
select $1, event_id, trace_id, topic, source, published_at, attempt, $8
from unnest($2::uuid [], $3::uuid [], $4::text [], $5::text [], $6::timestamptz [], $7::integer [])
    as new (event_id, trace_id, topic, source, published_at, attempt)
order by event_id
on conflict do nothing
returning event_id;

-- name: outbox_add!
insert into outbox (event_id, topic, group_id, tenant, trace_id, attempt, body, due_at, waiting_for)
select event_id, topic, group_id, tenant, trace_id, attempt, body, coalesce(due_at, now()), waiting_for
from unnest(
    $1::uuid [], $2::text [], $3::text [], $4::text [], $5::text [], $6::integer [], $7::bytea [],
    $8::timestamptz [], $9::text []
) as new (event_id, topic, group_id, tenant, trace_id, attempt, body, due_at, waiting_for);

-- name: outbox_claim
-- Take up to $3 due rows for $2 seconds, but none of the topics $4, which cannot be sent now. A claim, like a
-- deletion, may be lost in a crash (the row is then sent again and the inbox absorbs it), so none of the
-- relay's statements waits for the disk.
with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
due as (
    select outbox.id from outbox, relaxed
    where outbox.due_at <= now() and outbox.topic <> all($4::text [])
    order by outbox.due_at, outbox.id
    limit $3
    for update of outbox skip locked
)
update outbox set claimed_by = $1, due_at = now() + make_interval(secs => $2), claims = outbox.claims + 1
from due where outbox.id = due.id
returning outbox.id, outbox.event_id, outbox.topic, outbox.group_id, outbox.attempt, outbox.body, outbox.claims;

-- name: outbox_renew!
with relaxed as materialized (select set_config('synchronous_commit', 'off', true))
update outbox set due_at = now() + make_interval(secs => $3)
from relaxed where id = any($1::bigint []) and claimed_by = $2;

-- name: outbox_delete!
-- Whoever holds the lease by now: the bus has confirmed these rows.
with relaxed as materialized (select set_config('synchronous_commit', 'off', true))
delete from outbox using relaxed where id = any($1::bigint []);

-- name: outbox_hand_back!
-- Due again after as long as the row has waited so far, within one and five seconds.
with relaxed as materialized (select set_config('synchronous_commit', 'off', true))
update outbox set
    claimed_by = null,
    claims = 0,
    due_at = now() + least(greatest(now() - created_at, interval '1 second'), interval '5 seconds'),
    waiting_for = $3
from relaxed where id = any($1::bigint []) and claimed_by = $2;

-- name: outbox_next_due_in_s
-- Seconds until the next row is due (negative if overdue), null when the outbox is empty.
select extract(epoch from min(due_at) - now())::float8 from outbox where topic <> all($1::text []);
