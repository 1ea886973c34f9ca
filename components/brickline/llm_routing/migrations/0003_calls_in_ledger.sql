-- Calls are kept in the ledger of `budget`, whose tables are applied before these.
insert into ledger (
    entry_id, tenant, event_id, step, attempt, trace_id, model, state, outcome, reserved_micros, cost_micros, note,
    opened_at, closed_at, expires_at
)
select
    call_id, tenant, event_id, step,
    row_number() over (partition by tenant, event_id, step order by call_id),
    trace_id, model, 'settled', outcome, 0, 0,
    jsonb_build_object(
        'task', task, 'provider', provider, 'model_id', model, 'answered_by', model, 'detail', detail,
        'input_tokens', input_tokens, 'output_tokens', output_tokens, 'seconds', duration_ms / 1000
    ),
    began_at + make_interval(secs => duration_ms / 1000), began_at + make_interval(secs => duration_ms / 1000),
    began_at + make_interval(secs => duration_ms / 1000)
from llm_calls
on conflict do nothing;

drop table llm_calls;
