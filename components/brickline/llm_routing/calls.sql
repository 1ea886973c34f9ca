-- name: add!
insert into llm_calls (
    tenant, trace_id, event_id, step, task, provider, model, outcome, detail, began_at, duration_ms,
    input_tokens, output_tokens
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: of_trace
select
    tenant, trace_id, event_id, step, task, provider, model, outcome, detail, began_at, duration_ms,
    input_tokens, output_tokens
from llm_calls where trace_id = $1 order by began_at, call_id;
