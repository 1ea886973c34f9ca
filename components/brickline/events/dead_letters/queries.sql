-- name: bury!
-- An event is buried a second time only after a replay: the inbox has seen to that.
insert into dead_letters (
    dead_letter_id, event_id, group_id, topic, tenant, trace_id, reason, error, fingerprint, attempts, body,
    came_from
) values (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    (
        select dead_letter_id from dead_letter_replays where group_id = $3 and event_id = $2
        order by replayed_at desc limit 1
    )
);

-- name: page
-- Newest first, from the place ($9, $10) on.
select
    dead_letter_id, state, event_id, group_id, topic, tenant, trace_id, reason, error, fingerprint, attempts,
    dead_at, closed_at, closed_by, discard_reason, came_from
from dead_letters
where
    ($1::uuid [] is null or dead_letter_id = any($1))
    and ($2::text is null or group_id = $2)
    and ($3::text is null or reason = $3)
    and ($4::text is null or fingerprint = $4)
    and ($5::text is null or tenant = $5)
    and ($6::timestamptz is null or dead_at >= $6)
    and ($7::timestamptz is null or dead_at < $7)
    and ($8::text is null or state = $8)
    and ($9::timestamptz is null or (dead_at, dead_letter_id) < ($9, $10::uuid))
order by dead_at desc, dead_letter_id desc
limit $11;

-- name: groups
-- What failed alike, most first; a letter without a tenant holds no event.
select
    group_id, fingerprint, reason, min(topic) as topic, count(*) as letters, count(*) - count(tenant) as without_event,
    min(dead_at) as first_at, max(dead_at) as last_at,
    (array_agg(error order by dead_at desc))[1] as sample_error
from dead_letters
where
    ($1::uuid [] is null or dead_letter_id = any($1))
    and ($2::text is null or group_id = $2)
    and ($3::text is null or reason = $3)
    and ($4::text is null or fingerprint = $4)
    and ($5::text is null or tenant = $5)
    and ($6::timestamptz is null or dead_at >= $6)
    and ($7::timestamptz is null or dead_at < $7)
    and ($8::text is null or state = $8)
group by group_id, fingerprint, reason
order by letters desc, fingerprint;

-- name: body
select body from dead_letters where dead_letter_id = $1;

-- name: lineage
-- The letters of one event, from its first death on, each with its replay.
with recursive back as (
    select dead_letter_id, came_from from dead_letters where dead_letter_id = $1
    union
    select older.dead_letter_id, older.came_from
    from dead_letters as older inner join back on older.dead_letter_id = back.came_from
),
family as (
    select dead_letter_id from back where came_from is null
    union
    select newer.dead_letter_id
    from dead_letters as newer inner join family on newer.came_from = family.dead_letter_id
)
select
    letters.dead_letter_id, letters.state, letters.dead_at, letters.reason, letters.error, replays.replay_id,
    replays.replayed_at, replays.replayed_by, replays.edited_body
from family
inner join dead_letters as letters using (dead_letter_id)
left join dead_letter_replays as replays using (dead_letter_id)
order by letters.dead_at, letters.dead_letter_id;

-- name: states_of
select dead_letter_id, state, closed_at, closed_by, tenant is null as without_event
from dead_letters where dead_letter_id = any($1::uuid []);

-- name: has_tables
select to_regclass('dead_letter_replays') is not null;

-- name: now
select now();

-- name: canaries
-- The oldest letter of each kind.
select distinct on (fingerprint) dead_letter_id, fingerprint, group_id, event_id
from dead_letters
where
    ($1::uuid [] is null or dead_letter_id = any($1))
    and ($2::text is null or group_id = $2)
    and ($3::text is null or reason = $3)
    and ($4::text is null or fingerprint = $4)
    and ($5::text is null or tenant = $5)
    and ($6::timestamptz is null or dead_at >= $6)
    and ($7::timestamptz is null or dead_at < $7)
    and ($8::text is null or state = $8) and state = 'dead' and tenant is not null
order by fingerprint, dead_at, dead_letter_id;

-- name: replay
-- Up to $10 letters that hold an event, the oldest first: closed, their lineage noted, out of the inbox and into
-- the outbox, $12 of them a second from $11 on. Whoever comes second waits for the locks and finds them closed.
with locked as (
    select dead_letter_id, event_id, group_id, topic, tenant, trace_id, body, dead_at
    from dead_letters
    where
        ($1::uuid [] is null or dead_letter_id = any($1))
        and ($2::text is null or group_id = $2)
        and ($3::text is null or reason = $3)
        and ($4::text is null or fingerprint = $4)
        and ($5::text is null or tenant = $5)
        and ($6::timestamptz is null or dead_at >= $6)
        and ($7::timestamptz is null or dead_at < $7)
        and ($8::text is null or state = $8) and state = 'dead' and tenant is not null
        and fingerprint <> all($9::text [])
    order by dead_at, dead_letter_id
    limit $10
    for update
),
numbered as (
    select *, row_number() over (order by dead_at, dead_letter_id) - 1 as place from locked
),
closed as (
    update dead_letters set state = 'replayed', closed_at = now(), closed_by = $13
    from locked where dead_letters.dead_letter_id = locked.dead_letter_id
),
noted as (
    insert into dead_letter_replays (dead_letter_id, event_id, group_id, replayed_by)
    select dead_letter_id, event_id, group_id, $13 from locked
),
forgotten as (
    delete from inbox using locked
    where inbox.group_id = locked.group_id and inbox.event_id = locked.event_id
),
let_pass as ( -- later events of its subject do not wait for it any more
    delete from held_back using locked
    where held_back.group_id = locked.group_id and held_back.event_id = locked.event_id
),
sent as (
    insert into outbox (event_id, topic, group_id, tenant, trace_id, attempt, body, due_at, waiting_for)
    select
        event_id, topic, nullif(group_id, 'unrouted'), tenant, trace_id, 1, body, -- to every group that there is now
        case when $12::float8 is null then now() else $11::timestamptz + make_interval(secs => place / $12) end,
        case when $12 is not null then 'its turn: dead letters are replayed at ' || $12 || ' a second' end
    from numbered order by place
)
select dead_letter_id, dead_at from numbered order by place;

-- name: lock
select dead_letter_id, state, fingerprint, event_id, group_id, tenant, trace_id
from dead_letters where dead_letter_id = $1 for update;

-- name: forget!
with let_pass as (delete from held_back where group_id = $1 and event_id = $2)
delete from inbox where group_id = $1 and event_id = $2;

-- name: settled
select exists (select from inbox where group_id = $1 and event_id = $2);

-- name: close_edited!
with closed as (
    update dead_letters set state = 'replayed', closed_at = now(), closed_by = $4 where dead_letter_id = $1
)
insert into dead_letter_replays (dead_letter_id, event_id, group_id, replayed_by, edited_body)
values ($1, $2, $3, $4, $5);

-- name: send_edited!
insert into outbox (event_id, topic, group_id, tenant, trace_id, attempt, body)
values ($1, $2, nullif($3, 'unrouted'), $4, $5, 1, $6);

-- name: outcome
-- Of a replay: why it died again, and whether it was settled; both are written by one commit.
select
    (select error from dead_letters where came_from = $1 order by dead_at desc limit 1) as died_of,
    exists (select from inbox where group_id = $2 and event_id = $3)
    or ($2 = 'unrouted' and not exists (select from outbox where group_id is null and event_id = $3)) as settled;

-- name: waiting
select attempt, due_at, due_at <= now() as overdue, claimed_by is not null as claimed, waiting_for
from outbox where coalesce(group_id, 'unrouted') = $1 and event_id = $2 order by id desc limit 1;

-- name: discard
with locked as (
    select dead_letter_id from dead_letters
    where
        ($1::uuid [] is null or dead_letter_id = any($1))
        and ($2::text is null or group_id = $2)
        and ($3::text is null or reason = $3)
        and ($4::text is null or fingerprint = $4)
        and ($5::text is null or tenant = $5)
        and ($6::timestamptz is null or dead_at >= $6)
        and ($7::timestamptz is null or dead_at < $7)
        and ($8::text is null or state = $8) and state = 'dead'
    order by dead_at, dead_letter_id
    for update
)
update dead_letters set state = 'discarded', closed_at = now(), closed_by = $9, discard_reason = $10
from locked where dead_letters.dead_letter_id = locked.dead_letter_id
returning dead_letters.dead_letter_id;
