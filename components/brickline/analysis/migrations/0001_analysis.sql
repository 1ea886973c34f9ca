create table analyses (
    document_id uuid primary key,
    tenant text not null,
    parts integer not null,
    parts_done integer not null,
    updated_at timestamptz not null default now()
);

create table analysis_parts (
    document_id uuid not null,
    part integer not null,
    summary text not null,
    themes text [] not null,
    model text not null,
    analysed_at timestamptz not null default now(),
    primary key (document_id, part)
);
