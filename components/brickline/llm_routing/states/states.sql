-- name: read
-- Seconds from now instead of times: the workers' clocks are not this one.
select
    name, failures, reason,
    extract(epoch from greatest(open_until, probe_until) - clock_timestamp())::double precision as open_s,
    extract(epoch from throttled_until - clock_timestamp())::double precision as throttled_s,
    case when latency_at > clock_timestamp() - make_interval(secs => $1) then latency_s end as latency_s
from llm_model_states;

-- name: fail
-- One more failure in a row: at $3 the breaker opens for $4 seconds. A half-open one opens again; one that
-- is open stays so no longer for calls that had begun before.
insert into llm_model_states as known (name, failures, reason, open_until)
values ($1, 1, $2, case when $3 <= 1 then clock_timestamp() + make_interval(secs => $4) end)
on conflict (name) do update set
    failures = least(known.failures, 1000000) + 1,
    reason = excluded.reason,
    probe_until = null,
    open_until = case
        when known.open_until > clock_timestamp() or known.failures + 1 < $3 then known.open_until
        else clock_timestamp() + make_interval(secs => $4)
    end
returning
    failures, extract(epoch from open_until - clock_timestamp())::double precision as open_s,
    extract(epoch from throttled_until - clock_timestamp())::double precision as throttled_s;

-- name: throttle
-- Nobody is to call it for $3 seconds. That is no failure: its provider is there, and said when.
insert into llm_model_states as known (name, reason, throttled_until)
values ($1, $2, clock_timestamp() + make_interval(secs => $3))
on conflict (name) do update set
    reason = excluded.reason,
    probe_until = null,
    throttled_until = greatest(known.throttled_until, excluded.throttled_until)
returning
    failures, extract(epoch from open_until - clock_timestamp())::double precision as open_s,
    extract(epoch from throttled_until - clock_timestamp())::double precision as throttled_s;

-- name: succeed!
update llm_model_states set failures = 0, open_until = null, probe_until = null
where name = $1 and (failures > 0 or open_until is not null);

-- name: probe
-- Give the lease of the probe to one; the others see that it is out, or that the breaker has closed since.
with won as (
    update llm_model_states set probe_until = clock_timestamp() + make_interval(secs => $2)
    where
        name = $1 and open_until <= clock_timestamp()
        and coalesce(probe_until, '-infinity') <= clock_timestamp()
    returning name
)
select case
    when exists (select from won) then 'ours'
    when exists (select from llm_model_states where name = $1 and open_until is not null) then 'theirs'
    else 'closed'
end;

-- name: merge_latency!
-- $2 is the mean of some latest calls and $3 the weight of so many. What is older than $4 seconds is forgotten.
insert into llm_model_states as known (name, latency_s, latency_at) values ($1, $2, clock_timestamp())
on conflict (name) do update set
    latency_at = excluded.latency_at,
    latency_s = case
        when known.latency_at > clock_timestamp() - make_interval(secs => $4)
            then known.latency_s + $3 * (excluded.latency_s - known.latency_s)
        else excluded.latency_s
    end;

-- name: take_turn
select llm_take_turn($1, $2, $3, $4);
