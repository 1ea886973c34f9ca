-- name: on_the_cheap
-- For this transaction: walk indexes whatever the statistics say (an outbox that fills at once has none yet), and
-- give up rather than burden a database that is slow already.
select
    set_config('enable_bitmapscan', 'off', true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_sort', 'off', true),
    set_config('statement_timeout', '2s', true);

-- name: outbox_backlog
-- Rows that are due, being sent and for later, and for how many seconds the oldest has been due. Of the first 1,000
-- tenants, and each number up to 5,000, so that a million rows cost no more than that.
--
-- A row that could not be sent is put off for a moment, but counts as due since its creation: else an outbox would
-- look empty while the bus is away. Such are the unclaimed rows for every group that wait for something. $1 is the
-- longest, in seconds, that a row is claimed or so put off; what is due after that is for later.
with recursive tenants as (
    (select tenant from outbox order by tenant limit 1)
    union all
    select (select outbox.tenant from outbox where outbox.tenant > tenants.tenant order by outbox.tenant limit 1)
    from tenants where tenants.tenant is not null
),
visited as materialized (select tenant from tenants where tenant is not null limit 1000),
due as materialized (
    select rows.since from visited cross join lateral (
        select case when group_id is null and waiting_for is not null then created_at else due_at end as since
        from outbox where outbox.tenant = visited.tenant and due_at <= now()
        order by due_at limit 5000
    ) as rows
    limit 5000
),
first_due as (
    select rows.due_at as since from visited cross join lateral (
        select due_at from outbox where outbox.tenant = visited.tenant and due_at <= now() order by due_at limit 1
    ) as rows
),
soon as materialized (
    select rows.* from visited cross join lateral (
        select
            created_at as since,
            claimed_by is not null as sending,
            claimed_by is null and group_id is null and waiting_for is not null as held
        from outbox
        where outbox.tenant = visited.tenant and due_at > now() and due_at <= now() + make_interval(secs => $1)
        order by due_at limit 5000
    ) as rows
    limit 5000
),
later as (
    select from visited cross join lateral (
        select from outbox
        where outbox.tenant = visited.tenant and due_at > now() + make_interval(secs => $1)
        order by due_at limit 5000
    ) as rows
    limit 5000
),
waiting as (
    select since from first_due union all select since from due union all select since from soon where held
)
select
    (select count(*) from due) + (select count(*) from soon where held) as due,
    (select count(*) from soon where sending) as sending,
    (select count(*) from later) + (select count(*) from soon where not (sending or held)) as later,
    (select extract(epoch from now() - min(since))::float8 from waiting) as oldest_s,
    (select count(*) from visited) as tenants;

-- name: outbox_estimate
-- What the planner thinks: a look into the catalogue, whatever the number of rows. Right to some tenths, and for a
-- minute after a flood it lags behind.
explain (format json) select from outbox;

-- name: open_dead_letters
-- By group, 10,000 of them at most.
select group_id, count(*) as letters
from (select group_id from dead_letters where state = 'dead' limit 10000) as counted
group by group_id;
