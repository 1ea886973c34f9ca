-- How each model fares, as all workers together see it. Names are those of the models file.
create table llm_model_states (
    name text primary key,
    failures integer not null default 0 check (failures >= 0), -- in a row
    open_until timestamptz, -- the breaker: null is closed, a time that is past is half open
    probe_until timestamptz, -- the lease of the one call that tries a half-open one
    throttled_until timestamptz,
    reason text not null default '',
    latency_s double precision check (latency_s >= 0),
    latency_at timestamptz -- when a latency was last merged
) with (fillfactor = 50);

-- When the calls and the tokens taken so far would be used up at the pace of the limits: the theoretical
-- arrival time of the generic cell rate algorithm (ITU-T I.371). A time that is past is a full bucket.
create table llm_turns (
    name text primary key,
    calls_until timestamptz not null,
    tokens_until timestamptz not null
) with (fillfactor = 50);

-- Seconds to wait for room in a bucket that is used up to $1, at the time $2, for a call that uses $3
-- seconds of the limit's pace. The bucket holds a tenth of a minute's limit, or one call or token if that is
-- more ($4, in seconds of the pace). A call that is larger than the bucket goes when it is full.
create function llm_turn_wait(
    used_until timestamptz, at timestamptz, cost_s double precision, burst_s double precision
) returns double precision language sql immutable parallel safe as $$
    select greatest(0, extract(epoch from used_until - at)::double precision)
        - (burst_s - least(cost_s, burst_s))
$$;

-- Takes a turn of $1 if both limits have room, and says how many seconds to wait otherwise; 0 is taken.
-- A limit that is null does not count. The time is given by tests only.
create function llm_take_turn(
    model text, rpm double precision, tpm double precision, tokens double precision,
    at timestamptz default null
) returns double precision language plpgsql as $$
declare
    call_s double precision := coalesce(60 / rpm, 0);
    tokens_s double precision := coalesce(tokens * 60 / tpm, 0);
    turns llm_turns;
    wait_s double precision;
begin
    -- If Postgres dies, at most a bucket of turns is taken twice.
    perform set_config('synchronous_commit', 'off', true);
    select * into turns from llm_turns where name = model for update;
    if not found then
        insert into llm_turns values (model, '-infinity', '-infinity') on conflict do nothing;
        select * into turns from llm_turns where name = model for update;
    end if;
    at := coalesce(at, clock_timestamp()); -- once the row is ours: turns are taken in the order of their times
    turns.calls_until := greatest(turns.calls_until, at);
    turns.tokens_until := greatest(turns.tokens_until, at);
    wait_s := greatest(
        case when rpm is null then 0
            else llm_turn_wait(turns.calls_until, at, call_s, call_s * greatest(1, rpm / 10)) end,
        case when tpm is null then 0
            else llm_turn_wait(turns.tokens_until, at, tokens_s, greatest(60 / tpm, 6)) end
    );
    if wait_s > 0 then
        return greatest(wait_s, 0.001); -- not so little that it could be read as taken
    end if;
    update llm_turns set
        calls_until = turns.calls_until + make_interval(secs => call_s),
        tokens_until = turns.tokens_until + make_interval(secs => tokens_s)
    where name = model;
    return 0;
end
$$;
