-- name: candidates
-- The newest texts with the same reading. A vector of another length is of another embedder.
select key, body, vector from semantic_texts
where tenant = $1 and scope = $2 and reading = $3 and cardinality(vector) = $4
order by added_at desc limit $5;

-- name: add!
insert into semantic_texts (tenant, scope, key, reading, body, vector) values ($1, $2, $3, $4, $5, $6)
on conflict (tenant, scope, key) do update
set reading = excluded.reading, body = excluded.body, vector = excluded.vector, added_at = now();

-- name: forget_texts!
-- A few at a time, as many go as come. What another adder is at is left to it.
delete from semantic_texts where (tenant, scope, key) in (
    select tenant, scope, key from semantic_texts where added_at < now() - $1::interval
    order by added_at limit $2 for update skip locked
);

-- name: record_shadow!
insert into semantic_shadow (tenant, scope, body, key, matched, similarity, same)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: forget_shadow!
delete from semantic_shadow where seen_id in (
    select seen_id from semantic_shadow where seen_at < now() - $1::interval
    order by seen_at limit $2 for update skip locked
);

-- name: count_shadow
select count(*) as hits, count(*) filter (where not same) as false_hits
from semantic_shadow where seen_at >= $1;

-- name: examples
-- The false ones first, for they are what the report is read for.
select tenant, body, matched, similarity, same from semantic_shadow
where seen_at >= $1 order by same, seen_at desc, seen_id desc limit $2;
