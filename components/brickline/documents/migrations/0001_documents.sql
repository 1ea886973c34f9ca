create table documents (
    document_id uuid primary key,
    tenant text not null,
    job_id uuid not null,
    trace_id text not null,
    title text not null,
    content text not null,
    accepted_at timestamptz not null default now()
);

create table idempotency_keys (
    tenant text not null,
    key text not null,
    digest bytea not null,
    job_id uuid not null,
    document_ids uuid [] not null,
    trace_id text not null,
    created_at timestamptz not null default now(),
    primary key (tenant, key)
);
