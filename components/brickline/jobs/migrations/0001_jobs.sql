create table jobs (
    job_id uuid primary key,
    tenant text not null,
    trace_id text not null,
    created_at timestamptz not null default now()
);

create table job_documents (
    document_id uuid primary key,
    job_id uuid not null references jobs,
    position integer not null,
    title text not null,
    state text not null default 'accepted' check (state in ('accepted', 'analysed', 'reported', 'failed')),
    detail text,
    failed_topic text, -- of the event that some group gave up; kept to tell a late event from a replayed one
    updated_at timestamptz not null default now()
);
create index job_documents_job on job_documents (job_id);
