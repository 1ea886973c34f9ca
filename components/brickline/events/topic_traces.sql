-- name: traces
-- Whether any table remembers an event of the topic $1, whatever became of it.
select
    exists(select 1 from inbox where topic = $1)
    or exists(select 1 from outbox where topic = $1)
    or exists(select 1 from attempts where topic = $1)
    or exists(select 1 from dead_letters where topic = $1);
