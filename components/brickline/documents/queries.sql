-- name: store!
insert into documents (document_id, tenant, job_id, trace_id, title, content) values ($1, $2, $3, $4, $5, $6);

-- name: claim_key
-- Nothing is returned when the key is taken. Waits while another transaction claims the same key.
insert into idempotency_keys (tenant, key, digest, job_id, document_ids, trace_id)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
returning 1;

-- name: read_key
select digest, job_id, document_ids, trace_id from idempotency_keys where tenant = $1 and key = $2;
