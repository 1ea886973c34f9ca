-- name: look
-- The attempts of a call, and for each fingerprint the newest answer that is younger than $5 seconds.
(
    select ledger.*, false as shared
    from ledger where tenant = $1 and event_id = $2 and step = $3
    order by attempt
)
union all
(
    select newest.*, true as shared
    from unnest($4::bytea []) with ordinality as asked (fingerprint, place)
    cross join lateral (
        select ledger.* from ledger
        where ledger.tenant = $1 and ledger.fingerprint = asked.fingerprint
        and ledger.state = 'settled' and ledger.outcome = 'answered' and ledger.result is not null
        and ledger.closed_at > budget_now() - make_interval(secs => $5)
        order by ledger.closed_at desc limit 1
    ) as newest
    order by asked.place
);

-- name: reserve
select * from ledger_reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, $13);

-- name: open!
call ledger_open(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, null, null, null, null, null, null, null, null
);

-- name: dispatch
select ledger_dispatch($1, $2);

-- name: settle
select ledger_close($1, array['dispatched', 'ambiguous'], 'settled', $2, $3, $4, $5);

-- name: release
select ledger_close($1, array['reserved', 'dispatched', 'ambiguous'], 'released', null, $2, null, $3);

-- name: doubt
select ledger_doubt($1, $2, $3);

-- name: resolve_billed
select ledger_close($1, array['ambiguous'], 'settled', $2, null, null, '{}');

-- name: resolve_not_billed
select ledger_close($1, array['ambiguous'], 'released', null, null, null, '{}');

-- name: record
select ledger_record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: reused
select ledger_reused($1);

-- name: expired_reservations
select entry_id from ledger
where state = 'reserved' and expires_at <= (select budget_now()) order by expires_at limit $1;

-- name: release_expired
-- What is reserved is not extended: whatever is still reserved now has been expired since it was found.
select ledger_close($1, array['reserved'], 'released', null, 'expired', null, '{}');

-- name: doubt_expired
select ledger_doubt_expired($1);

-- name: forget_results
select ledger_forget_results($1, $2);

-- name: of_trace
select * from ledger where trace_id = $1 order by opened_at, entry_id;

-- name: of_event
select * from ledger where event_id = $1 order by opened_at, entry_id;

-- name: entry
select * from ledger where entry_id = $1;

-- name: costs_of
select event_id, sum(coalesce(cost_micros, 0))::numeric as cost_micros
from ledger where event_id = any($1::uuid [])
group by event_id;

-- name: doubts
select count(*) as calls, coalesce(sum(reserved_micros), 0) as held_micros from ledger where state = 'ambiguous';

-- name: ambiguous
select * from ledger where state = 'ambiguous' order by opened_at, entry_id;

-- name: since
select
    entry_id, tenant, event_id, step, attempt, trace_id, model, state, outcome, reserved_micros, cost_micros,
    saved_micros, fingerprint, note, null::bytea as result, opened_at, dispatched_at, closed_at, expires_at, reused
from ledger where opened_at >= $1 order by opened_at, entry_id;

-- name: totals
select
    state, outcome, attempt > 1 as repeated,
    count(*) as entries,
    sum(coalesce(cost_micros, 0))::numeric as cost_micros,
    coalesce(sum(reserved_micros) filter (where state in ('reserved', 'dispatched', 'ambiguous')), 0)::numeric
        as held_micros,
    sum(saved_micros)::numeric as saved_micros,
    sum(reused)::bigint as reused,
    sum(reused * coalesce(cost_micros, 0)::numeric)::numeric as reused_micros
from ledger where opened_at >= $1
group by state, outcome, repeated
order by state, outcome, repeated;

-- name: by_model
select
    model, state, outcome,
    count(*) as entries,
    count(*) filter (where cost_micros > 0) as billed,
    sum(coalesce(cost_micros, 0))::numeric as cost_micros,
    coalesce(sum(reserved_micros) filter (where state in ('reserved', 'dispatched', 'ambiguous')), 0)::numeric
        as held_micros,
    sum(saved_micros)::numeric as saved_micros,
    sum(reused)::bigint as reused,
    sum(reused * coalesce(cost_micros, 0)::numeric)::numeric as reused_micros
from ledger where opened_at >= $1
group by model, state, outcome
order by model, state, outcome;

-- name: set_limit
select budget_set_limit($1, $2, $3);

-- name: remove_limit
select budget_remove_limit($1, $2);

-- name: show
-- A window that nothing has been reserved in yet has no row.
select
    l.scope, l.period, l.limit_micros,
    nullif(budget_window_start(l.period, at.now), '-infinity') as starts_at,
    nullif(budget_window_end(l.period, at.now), 'infinity') as ends_at,
    coalesce(w.spent_micros, 0) as spent_micros,
    coalesce(w.held_micros, 0) as held_micros,
    coalesce(w.blocked_by_holds, 0) as blocked_by_holds,
    at.now
from budget_limits as l
cross join (select budget_now() as now) as at
left join budget_windows as w
    on w.scope = l.scope and w.period = l.period and w.starts_at = budget_window_start(l.period, at.now)
order by l.scope <> 'overall', l.scope, array_position(array['hour', 'day', 'month', 'total'], l.period);
