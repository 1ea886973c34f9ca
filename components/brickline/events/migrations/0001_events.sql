create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null,
    topic text not null,
    group_id text, -- null: every group bound to the topic
    tenant text not null,
    trace_id text not null,
    attempt integer not null,
    body bytea not null,
    created_at timestamptz not null default now(),
    -- When the row may be sent. A claim pushes it to the end of its lease: an expired lease is simply due again.
    due_at timestamptz not null default now(),
    claimed_by uuid,
    waiting_for text
);
create index outbox_due on outbox (due_at, id);

create table inbox (
    group_id text not null,
    event_id uuid not null,
    settled_at timestamptz not null default now(),
    primary key (group_id, event_id)
);

create table dead_letters (
    dead_letter_id uuid primary key,
    event_id uuid not null,
    group_id text not null,
    topic text not null,
    tenant text,
    trace_id text,
    reason text not null,
    error text not null,
    fingerprint text not null,
    attempts integer not null,
    body bytea not null,
    dead_at timestamptz not null default now()
);
create index dead_letters_event on dead_letters (event_id);
