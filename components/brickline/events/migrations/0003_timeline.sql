-- What the inbox keeps of an event, so that its trace can be told afterwards. Null in rows that are older.
alter table inbox
add column published_at timestamptz,
add column attempt integer,
add column handler_ms real, -- from the start of the handler to its transaction; null: the group gave the event up
add column trace_id uuid, -- half the size of text, in the index too
add column topic text,
add column source text; -- the service that published the event
create index inbox_trace on inbox (trace_id);

create table attempts (
    attempt_id bigint generated always as identity primary key,
    event_id uuid not null,
    group_id text not null,
    published_at timestamptz not null,
    attempt integer not null,
    trace_id uuid not null,
    topic text not null,
    source text not null,
    failure text not null,
    error text not null,
    failed_at timestamptz not null default now(),
    due_at timestamptz -- when the event is tried again; null: it became a dead letter
);
create index attempts_trace on attempts (trace_id);

create index dead_letters_trace on dead_letters (trace_id);
