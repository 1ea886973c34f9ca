-- Money is in whole micro-dollars. A scope is 'overall', 'tenant:NAME' or 'model:NAME'.

-- The time of every decision is the database's, so that the clocks of workers do not matter.
create function budget_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

create table budget_limits (
    scope text not null,
    period text not null check (period in ('hour', 'day', 'month', 'total')),
    limit_micros bigint not null check (limit_micros >= 0),
    primary key (scope, period)
);

-- What entries opened in [starts_at, ends_at) have spent and hold. A window is made when a limit first needs it and
-- never moves. Its row is the hot one: room is left in its page, so that it is rewritten within it.
create table budget_windows (
    window_id bigint generated always as identity primary key,
    scope text not null,
    period text not null,
    starts_at timestamptz not null, -- -infinity: total
    ends_at timestamptz not null, -- infinity: total
    spent_micros bigint not null check (spent_micros >= 0),
    held_micros bigint not null check (held_micros >= 0),
    blocked_by_holds bigint not null default 0,
    unique (scope, period, starts_at)
) with (fillfactor = 50);

create table ledger (
    -- Given by who asks, and by chance: a reservation may be lost if Postgres dies, and the state of a sequence with
    -- it. Had it given out the number, another call would get it again, and two would be made for one hold.
    entry_id bigint primary key,
    tenant text not null,
    event_id uuid not null,
    step text not null,
    attempt integer not null check (attempt >= 1),
    trace_id text not null,
    model text not null,
    state text not null check (state in ('reserved', 'dispatched', 'settled', 'released', 'ambiguous')),
    outcome text,
    reserved_micros bigint not null check (reserved_micros >= 0),
    cost_micros bigint check (cost_micros >= 0),
    saved_micros bigint not null default 0 check (saved_micros >= 0),
    fingerprint bytea,
    note jsonb not null,
    result bytea,
    windows bigint [] not null default '{}', -- where `reserved_micros` is held, and where the cost will count
    opened_at timestamptz not null,
    dispatched_at timestamptz,
    closed_at timestamptz,
    expires_at timestamptz not null,
    reused integer not null default 0,
    unique (tenant, event_id, step, attempt),
    check ((cost_micros is not null) = (state = 'settled')),
    check ((closed_at is not null) = (state in ('settled', 'released')))
);
-- One question is asked by one worker at a time, in whatever process.
create unique index ledger_in_flight on ledger (tenant, fingerprint) where state in ('reserved', 'dispatched');
create index ledger_open on ledger (expires_at) where state in ('reserved', 'dispatched', 'ambiguous');
create index ledger_answers on ledger (tenant, fingerprint, closed_at)
where state = 'settled' and outcome = 'answered' and result is not null;
create index ledger_results on ledger (closed_at) where result is not null;
create index ledger_trace on ledger (trace_id);
create index ledger_opened on ledger (opened_at);
