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
insert into outbox (
    event_id, topic, group_id, tenant, trace_id, attempt, body, ordering_key, position, due_at, waiting_for,
    deferred_for
)
select
    event_id, topic, group_id, tenant, trace_id, attempt, body, ordering_key, position,
    coalesce(due_at, now()), waiting_for, deferred_for
from unnest(
    $1::uuid [], $2::text [], $3::text [], $4::text [], $5::text [], $6::integer [], $7::bytea [],
    $8::uuid [], $9::bigint [], $10::timestamptz [], $11::text [], $12::text []
) as new (
    event_id, topic, group_id, tenant, trace_id, attempt, body, ordering_key, position, due_at, waiting_for,
    deferred_for
);

-- name: outbox_claim
-- Take up to $3 due rows for $2 seconds, but none of the topics $4, which cannot be sent now, and none of the
-- tenants $6, who have had their turn. Each tenant after $5 gets an equal share; they are found by one look at
-- the index each, however many rows they have. Of rows with an ordering key only the first is taken.
--
-- A claim, like a deletion, may be lost in a crash (the row is then sent again and the inbox absorbs it), so none
-- of the relay's statements waits for the disk.
with recursive relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
tenants as (
    (select outbox.tenant from outbox, relaxed where outbox.tenant > $5 order by outbox.tenant limit 1)
    union all
    select (select outbox.tenant from outbox where outbox.tenant > tenants.tenant order by outbox.tenant limit 1)
    from tenants where tenants.tenant is not null
),
visited as materialized (select tenant from tenants where tenant is not null limit $3),
waiting as materialized (
    select visited.tenant from visited
    where visited.tenant <> all($6::text [])
    and (select min(outbox.due_at) from outbox where outbox.tenant = visited.tenant) <= now()
),
due as (
    select taken.id from waiting cross join lateral (
        select outbox.id from outbox
        where outbox.tenant = waiting.tenant and outbox.due_at <= now()
        -- An expression, of which there are no statistics: by those of the column, where all rows have one topic,
        -- a planner that does not know $4 takes nothing to be left, and reads the whole table.
        and outbox.topic || '' <> all($4::text [])
        and (
            outbox.ordering_key is null or not exists (
                select 1 from outbox as earlier
                where earlier.ordering_key = outbox.ordering_key
                and coalesce(earlier.group_id, '') = coalesce(outbox.group_id, '')
                and coalesce(earlier.position, earlier.id) < coalesce(outbox.position, outbox.id)
            )
        )
        order by outbox.due_at, outbox.id
        limit greatest(1, $3 / greatest(1, (select count(*) from waiting)))
        for update of outbox skip locked
    ) as taken
),
claimed as (
    update outbox set claimed_by = $1, due_at = clock_timestamp() + make_interval(secs => $2), claims = outbox.claims + 1
    where outbox.id = any(array(select due.id from due)) -- an array, or the planner reads the whole table
    returning
        outbox.id, outbox.event_id, outbox.topic, outbox.group_id, outbox.attempt, outbox.body, outbox.claims,
        outbox.tenant, outbox.ordering_key, coalesce(outbox.position, outbox.id) as position
)
-- One row at least, to tell where the next look begins: after the last tenant if there may be more, else anew.
select (select case when count(*) < $3 then '' else max(visited.tenant) end from visited) as last_tenant, claimed.*
from (values (1)) as always left join claimed on true;

-- name: outbox_renew!
with relaxed as materialized (select set_config('synchronous_commit', 'off', true))
update outbox set due_at = clock_timestamp() + make_interval(secs => $3)
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
-- Seconds until the next row is due (negative if overdue), null when there is none: of the first $2 tenants,
-- for it is asked often, and only to sleep less than the longest.
with recursive tenants as (
    (select tenant from outbox order by tenant limit 1)
    union all
    select (select outbox.tenant from outbox where outbox.tenant > tenants.tenant order by outbox.tenant limit 1)
    from tenants where tenants.tenant is not null
)
select extract(epoch from min(next.due_at) - now())::float8
from (select tenant from tenants where tenant is not null limit $2) as visited
cross join lateral (
    select outbox.due_at from outbox
    where outbox.tenant = visited.tenant and outbox.topic || '' <> all($1::text [])
    order by outbox.due_at limit 1
) as next;

-- name: hold_back!
insert into held_back (group_id, ordering_key, position, event_id)
select * from unnest($1::text [], $2::uuid [], $3::bigint [], $4::uuid []) on conflict do nothing;

-- name: preceded
-- Which of the events with the keys $2 and the positions $3, by number, come after one of the same key that the
-- group has put back and not settled since.
with settled as (
    delete from held_back using inbox
    where held_back.group_id = $1 and held_back.ordering_key = any($2::uuid [])
    and inbox.group_id = held_back.group_id and inbox.event_id = held_back.event_id
)
select asked.number
from unnest($2::uuid [], $3::bigint []) with ordinality as asked (ordering_key, position, number)
where exists (
    select 1 from held_back as earlier
    where earlier.group_id = $1 and earlier.ordering_key = asked.ordering_key and earlier.position < asked.position
    and not exists (
        select 1 from inbox where inbox.group_id = earlier.group_id and inbox.event_id = earlier.event_id
    )
);
