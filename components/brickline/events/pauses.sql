-- name: pause!
-- The first process that pauses a group says why.
insert into group_pauses (group_id, reason, sample) values ($1, $2, $3) on conflict (group_id) do nothing;

-- name: read_pause
select group_id, reason, sample, paused_at from group_pauses where group_id = $1;

-- name: list_pauses
select group_id, reason, sample, paused_at from group_pauses order by group_id;

-- name: resume
delete from group_pauses where group_id = $1 returning reason;
