create table group_pauses (
    group_id text primary key,
    reason text not null,
    sample bytea not null, -- an event that could not be read: a process that can read it resumes the group
    paused_at timestamptz not null default now()
);
