-- The operator's command may look into the tables of tier 0.

-- name: trace_of
-- The trace of a job or of a document.
select trace_id from jobs where job_id = $1
union
select jobs.trace_id from job_documents inner join jobs using (job_id) where job_documents.document_id = $1;

-- name: jobs_of
select
    jobs.job_id, jobs.created_at, job_documents.document_id, job_documents.title, job_documents.state,
    job_documents.detail, job_documents.updated_at
from jobs inner join job_documents using (job_id)
where jobs.trace_id = $1
order by jobs.created_at, jobs.job_id, job_documents.position;
