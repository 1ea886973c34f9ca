-- name: open_job!
insert into jobs (job_id, tenant, trace_id) values ($1, $2, $3);

-- name: add_documents!
insert into job_documents (job_id, document_id, title, position)
select $1, document_id, title, position
from unnest($2::uuid [], $3::text []) with ordinality as new (document_id, title, position);

-- name: read_job
select
    jobs.trace_id, jobs.created_at, job_documents.document_id, job_documents.title, job_documents.state,
    job_documents.detail, job_documents.updated_at,
    case when job_documents.state = 'accepted' then job_documents.waiting_for end as waiting_for,
    job_documents.waiting_until, job_documents.waiting_detail
from jobs inner join job_documents using (job_id)
where jobs.tenant = $1 and jobs.job_id = $2
order by job_documents.position;

-- name: mark_waiting!
update job_documents
set waiting_for = $2, waiting_until = $3, waiting_detail = $4, waiting_told_at = $5, updated_at = now()
where document_id = $1 and state = 'accepted' and (waiting_told_at is null or waiting_told_at < $5);

-- name: mark_analysed!
-- What failed before it was analysed ($2) has been replayed; what failed after it has failed still.
update job_documents set state = 'analysed', detail = null, updated_at = now()
where document_id = $1 and (state = 'accepted' or (state = 'failed' and failed_topic = $2));

-- name: mark_reported!
update job_documents set state = 'reported', detail = null, updated_at = now()
where document_id = $1 and state <> 'reported';

-- name: mark_failed!
update job_documents set state = 'failed', detail = $2, failed_topic = $3, updated_at = now()
where document_id = $1 and state <> 'reported';
