-- name: lock
-- Wait for any other process that is migrating; released at the end of the transaction.
select pg_advisory_xact_lock($1);

-- name: create_table#
create table if not exists schema_migrations (
    package text not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    primary key (package, name)
);

-- name: applied
select name, checksum from schema_migrations where package = $1;

-- name: record!
insert into schema_migrations (package, name, checksum) values ($1, $2, $3);
