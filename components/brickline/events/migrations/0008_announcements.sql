create table announcements ( -- processes of this service, and what each reads and writes; said again every ten seconds
    instance uuid primary key,
    announcement jsonb not null,
    at timestamptz not null default now()
);
