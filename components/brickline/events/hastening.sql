-- name: hasten
-- What is being sent stays as it is. In the order of the ids, in which everyone who hastens locks them; what a relay
-- claims at this moment is passed over. What is due sooner anyway stays so.
with waiting as materialized (
    select id from outbox
    where deferred_for = $1 and claimed_by is null and due_at > now()
    order by id
    for update skip locked
),
hastened as (
    update outbox set due_at = least(outbox.due_at, now() + random() * make_interval(secs => $2))
    from waiting where outbox.id = waiting.id
    returning 1
)
select count(*) from hastened;
