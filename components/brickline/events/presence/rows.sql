-- name: announce!
-- Also forgets processes that ended long ago without a farewell. Losing it in a crash loses nothing: it is said
-- again, so it does not wait for the disk.
with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
long_gone as (delete from announcements where at < now() - interval '1 hour' and instance <> $1)
insert into announcements (instance, announcement)
select $1, $2::jsonb from relaxed
on conflict (instance) do update set announcement = excluded.announcement, at = now();

-- name: withdraw!
delete from announcements where instance = $1;

-- name: announced
-- Whoever said something within the last $1 seconds.
select announcement, at from announcements
where at > now() - make_interval(secs => $1)
order by at, instance;
