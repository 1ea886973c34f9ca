-- name: heads
-- Every row whose event is of the topic $1, and every letter that holds no event and was given up under none of the
-- topics $2: where it is kept, and the beginning of its bytes, which may be all of them.
with kept as (
    select 'outbox' as place, id::text as key, event_id, body from outbox where topic = $1
    union all
    select 'dead_letters', dead_letter_id::text, event_id, body from dead_letters
    where state = 'dead' and (topic = $1 or (tenant is null and topic <> all($2::text [])))
)
select place, key, event_id, substring(body from 1 for $3) as head, octet_length(body) <= $3 as whole from kept;

-- name: bodies
-- The bytes of the rows $1 of the outbox and of the letters $2.
select 'outbox' as place, event_id, body from outbox where id = any($1::text []::bigint [])
union all
select 'dead_letters', event_id, body from dead_letters where dead_letter_id = any($2::text []::uuid []);
