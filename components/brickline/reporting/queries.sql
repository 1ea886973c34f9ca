-- name: record_progress!
insert into documents (document_id, tenant, job_id, trace_id, title, accepted_at) values ($1, $2, $3, $4, $5, $6)
on conflict (document_id) do update set title = excluded.title, accepted_at = excluded.accepted_at;

-- name: record_insights!
-- Of two analyses of one document (a replay, say) the later one stands.
insert into documents (
    document_id, tenant, job_id, trace_id, title, summary, themes, model, degraded, repaired, cost_micros,
    analysed_at, accepted_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
on conflict (document_id) do update set
    title = excluded.title, summary = excluded.summary, themes = excluded.themes, model = excluded.model,
    degraded = excluded.degraded, repaired = excluded.repaired, cost_micros = excluded.cost_micros,
    analysed_at = excluded.analysed_at, failure = null;

-- name: forget_themes!
delete from document_themes where document_id = $1;

-- name: record_themes!
-- The key is the theme's stemmed words in their order, so that "battery" and "Batteries" are one; what has none
-- keys as it is. Stems know no signs, and C, C++ and C# are three themes.
with found as (
    select
        theme, rank,
        coalesce(
            (select string_agg(lexeme, ' ' order by positions[1]) from unnest(to_tsvector('english', theme))),
            lower(theme)
        ) || regexp_replace(theme, '[^+#]', '', 'g') as theme_key
    from unnest($3::text []) with ordinality as new (theme, rank)
)
insert into document_themes (document_id, tenant, theme_key, theme, rank)
select distinct on (theme_key) $1, $2, theme_key, theme, rank from found order by theme_key, rank;

-- name: record_failure!
insert into documents (document_id, tenant, job_id, trace_id, title, failure, accepted_at)
values ($1, $2, $3, $4, '', $5, now())
on conflict (document_id) do update set failure = excluded.failure;

-- name: read_document
select
    document_id, job_id, trace_id, title, summary, themes, model, degraded, repaired, cost_micros, analysed_at,
    accepted_at, failure
from documents where tenant = $1 and document_id = $2;

-- name: count_documents
select count(*) from documents where tenant = $1 and summary is not null;

-- name: read_themes
select
    mode() within group (order by document_themes.theme) as theme,
    array_agg(documents.document_id order by documents.accepted_at, documents.document_id) as document_ids,
    array_agg(documents.title order by documents.accepted_at, documents.document_id) as titles
from document_themes inner join documents using (document_id)
where document_themes.tenant = $1
group by document_themes.theme_key
order by count(*) desc, avg(document_themes.rank), min(document_themes.theme)
limit $2;
