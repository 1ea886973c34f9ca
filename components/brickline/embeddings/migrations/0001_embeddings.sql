create table semantic_texts (
    tenant text not null,
    scope bytea not null,
    key bytea not null, -- the fingerprint of the answer
    reading bytea not null, -- the digest of what the gate compares
    body text not null,
    vector real [] not null,
    added_at timestamptz not null default now(),
    primary key (tenant, scope, key)
);
create index semantic_texts_reading on semantic_texts (tenant, scope, reading, added_at);
create index semantic_texts_age on semantic_texts (added_at);

create table semantic_shadow (
    seen_id bigint generated always as identity primary key,
    tenant text not null,
    scope bytea not null,
    body text not null,
    key bytea not null,
    matched text not null,
    similarity real not null,
    same boolean not null,
    seen_at timestamptz not null default now()
);
create index semantic_shadow_age on semantic_shadow (seen_at);
