create table llm_calls (
    call_id bigint generated always as identity primary key,
    tenant text not null,
    trace_id text not null,
    event_id uuid not null,
    step text not null,
    task text not null,
    provider text not null,
    model text not null,
    outcome text not null check (outcome in ('answered', 'unavailable', 'refused', 'invalid', 'failed')),
    detail text, -- null: answered
    began_at timestamptz not null,
    duration_ms real not null,
    input_tokens bigint not null,
    output_tokens bigint not null
);
create index llm_calls_trace on llm_calls (trace_id);
