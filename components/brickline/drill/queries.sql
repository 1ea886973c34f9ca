-- name: accepted
select count(*) as documents, min(accepted_at) as first_at from documents;

-- name: announced
-- What waits in the outbox of the topic $1, beside the events $2; and how much of it a relay has in hand.
select
    count(*) filter (where event_id <> all($2::uuid [])) as waiting,
    count(*) filter (where claimed_by is not null) as in_hand
from outbox where topic = $1;

-- name: buried
select event_id from dead_letters where group_id = $1;

-- name: open_letters
select count(*) from dead_letters where state = 'dead';

-- name: waiting
select count(*) from outbox;

-- name: settled
select count(*) from inbox where group_id = $1;

-- name: analysed
select count(*) from analysis_parts;

-- name: reports
select count(*) from documents where summary is not null;

-- name: reported
select count(*) from job_documents where state = 'reported';
