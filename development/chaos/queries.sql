-- name: documents
select document_id from ingestion.documents;

-- name: jobs
select document_id, job_id, state, extract(epoch from updated_at)::float8 as updated_at
from ingestion.job_documents;

-- name: reports
select document_id, summary is not null as has_insights from reporting.documents;

-- name: analyses
select document_id, parts, parts_done from analysis.analyses;

-- name: settled
select group_id, topic, event_id, trace_id from ingestion.inbox
union all
select group_id, topic, event_id, trace_id from analysis.inbox
union all
select group_id, topic, event_id, trace_id from reporting.inbox;

-- name: effects
select document_id, effect, count(*) as times from chaos.effects group by document_id, effect;

-- name: dead_letters
select dead_letter_id, group_id, topic, trace_id::uuid as trace_id, reason, error from ingestion.dead_letters
union all
select dead_letter_id, group_id, topic, trace_id::uuid as trace_id, reason, error from analysis.dead_letters
union all
select dead_letter_id, group_id, topic, trace_id::uuid as trace_id, reason, error from reporting.dead_letters;

-- name: outboxes
select 'ingestion' as service, event_id, topic, trace_id::uuid as trace_id, waiting_for from ingestion.outbox
union all
select 'analysis', event_id, topic, trace_id::uuid, waiting_for from analysis.outbox
union all
select 'reporting', event_id, topic, trace_id::uuid, waiting_for from reporting.outbox;

-- name: attempts
-- Failed attempts: a server that is away should burn none.
select group_id, failure, min(error) as error, count(*) as times
from (
    select group_id, failure, error from ingestion.attempts
    union all
    select group_id, failure, error from analysis.attempts
    union all
    select group_id, failure, error from reporting.attempts
) as failed
group by group_id, failure;

-- name: unfinished
-- How many documents there are, how many have not ended, and how many rows wait in outboxes.
select
    (select count(*) from ingestion.job_documents) as documents,
    (select count(*) from ingestion.job_documents where state not in ('reported', 'failed')) as unfinished,
    (select count(*) from ingestion.outbox) + (select count(*) from analysis.outbox)
    + (select count(*) from reporting.outbox) as waiting;
