create table documents (
    document_id uuid primary key,
    tenant text not null,
    job_id uuid,
    trace_id text not null,
    title text not null,
    accepted_at timestamptz not null,
    -- All null until the document is analysed.
    summary text,
    themes text [],
    model text,
    analysed_at timestamptz,
    -- Why some tier gave the document up; null again once a replay succeeds.
    failure text
);
create index documents_tenant on documents (tenant, accepted_at);

create table document_themes (
    document_id uuid not null references documents,
    theme_key text not null,
    tenant text not null,
    theme text not null,
    rank integer not null, -- 1 is the document's most important theme
    primary key (document_id, theme_key)
);
create index document_themes_tenant on document_themes (tenant, theme_key);
