-- name: pause!
-- The first process that pauses a group says why.
insert into group_pauses (group_id, reason, sample) values ($1, $2, $3) on conflict (group_id) do nothing;

-- name: read_pause
select group_id, reason, sample, paused_at from group_pauses where group_id = $1;

-- name: list_pauses
select group_id, reason, sample, paused_at from group_pauses order by group_id;

-- name: resume
delete from group_pauses where group_id = $1 returning reason;

-- name: list_burdened
-- Paused groups, each with how many of its dead letters are still open.
select
    group_id, reason, paused_at,
    (select count(*) from dead_letters where dead_letters.group_id = group_pauses.group_id and state = 'dead')
        as dead_letters
from group_pauses order by group_id;

-- name: count_waiting
-- What this outbox has for the group $1: addressed to it alone, or of one of its topics $2.
select count(*) from outbox where group_id = $1 or (group_id is null and topic = any($2::text []));

-- name: has_table
select to_regclass('group_pauses') is not null;
