-- name: save_part!
insert into analysis_parts (document_id, part, summary, themes, model, degraded, repaired, cost_micros)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: count_part
-- The number of parts done, this one included. The row stays locked until the transaction ends.
insert into analyses (document_id, tenant, parts, parts_done) values ($1, $2, $3, 1)
on conflict (document_id) do update set parts_done = analyses.parts_done + 1, updated_at = now()
returning parts_done;

-- name: read_parts
select summary, themes, model, degraded, repaired, cost_micros from analysis_parts where document_id = $1 order by part;
