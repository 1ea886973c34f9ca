-- Each step is one statement of a client. Every function takes its locks in one order, so that no two can wait for
-- each other: the table `ledger` (shared; alone for a change of limits), windows by their ids, entries.

create function budget_scopes(_tenant text, _model text) returns text [] language sql immutable
return array['overall', 'tenant:' || _tenant, 'model:' || _model];

create function budget_window_start(_period text, _at timestamptz) returns timestamptz language sql immutable
return case _period
    when 'total' then '-infinity'::timestamptz
    else date_trunc(_period, _at at time zone 'UTC') at time zone 'UTC'
end;

create function budget_window_end(_period text, _at timestamptz) returns timestamptz language sql immutable
return case _period
    when 'total' then 'infinity'::timestamptz
    else (date_trunc(_period, _at at time zone 'UTC') + ('1 ' || _period)::interval) at time zone 'UTC'
end;

-- The transaction is visible to others at once and safe from a crash of Postgres a moment later, in the order of
-- commits: whatever was built on it is lost only with it.
create function ledger_do_not_wait_for_disk() returns void language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true);
end $$;

-- The transaction's end waits for the disk, and so for all that was committed before, whatever the default.
create function ledger_wait_for_disk() returns void language plpgsql as $$
begin
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
end $$;

-- Until when this very call, or one that asks the same, is in hand elsewhere; null: it is not.
create function ledger_in_hand_until(
    _tenant text, _event_id uuid, _step text, _attempt integer, _fingerprint bytea, _now timestamptz
) returns timestamptz language sql stable
return (
    select max(greatest(found.expires_at, _now)) from (
        select ledger.expires_at from ledger
        where ledger.tenant = _tenant and ledger.event_id = _event_id
            and ledger.step = _step and ledger.attempt = _attempt
        union all
        select ledger.expires_at from ledger
        where ledger.tenant = _tenant and ledger.fingerprint = _fingerprint
            and ledger.state in ('reserved', 'dispatched')
    ) as found
);

-- Whether there is an answer to be shared that the caller does not know: another was in hand when it looked, and
-- has answered since.
create function ledger_has_answer(_tenant text, _fingerprint bytea, _since timestamptz, _seen bigint) returns boolean
language sql stable
return coalesce((
    select ledger.entry_id from ledger
    where ledger.tenant = _tenant and ledger.fingerprint = _fingerprint
        and ledger.state = 'settled' and ledger.outcome = 'answered' and ledger.result is not null
        and ledger.closed_at > _since
    order by ledger.closed_at desc limit 1
) <> coalesce(_seen, 0), false);

-- All or nothing: an entry that holds `_amount` in every window that has a limit, or why not. `verdict` is
-- 'reserved', 'in_hand', 'holds', 'doubts' or 'spend'; `until` when it expires, or when to try again (null: no use).
create function ledger_reserve(
    _entry_id bigint, _tenant text, _event_id uuid, _step text, _attempt integer, _trace_id text, _model text,
    _amount bigint, _fingerprint bytea, _share_s double precision, _answer_seen bigint,
    _lease_s double precision, _dispatched boolean, _note jsonb,
    out verdict text, out number bigint, out now timestamptz, out until timestamptz,
    out in_scope text, out in_period text, out in_limit bigint, out in_spent bigint, out in_held bigint
) language plpgsql as $$
declare
    _scopes text [] := budget_scopes(_tenant, _model);
    _windows bigint [] := '{}';
    _line record;
    _blocked record;
begin
    lock table ledger in row exclusive mode;
    perform ledger_do_not_wait_for_disk();
    now := budget_now(); -- not before the lock: a limit set meanwhile counts what came before, and not this

    until := ledger_in_hand_until(_tenant, _event_id, _step, _attempt, _fingerprint, now);
    if until is not null then
        verdict := 'in_hand';
        return;
    end if;
    if ledger_has_answer(_tenant, _fingerprint, now - make_interval(secs => _share_s), _answer_seen) then
        verdict := 'in_hand';
        until := now;
        return;
    end if;

    insert into budget_windows (scope, period, starts_at, ends_at, spent_micros, held_micros)
    select l.scope, l.period, budget_window_start(l.period, now), budget_window_end(l.period, now), 0, 0
    from budget_limits as l
    where l.scope = any(_scopes) and not exists (
        select from budget_windows as w
        where w.scope = l.scope and w.period = l.period and w.starts_at = budget_window_start(l.period, now)
    )
    order by l.scope, l.period
    on conflict do nothing;

    for _line in
        select
            w.window_id, w.scope, w.period, l.limit_micros, w.spent_micros, w.held_micros,
            w.spent_micros + _amount > l.limit_micros as by_spend,
            -- What alone is more than the limit will not fit into the next window either.
            case when _amount > l.limit_micros then 'infinity' else w.ends_at end as ends_at
        from budget_limits as l
        inner join budget_windows as w
            on w.scope = l.scope and w.period = l.period and w.starts_at = budget_window_start(l.period, now)
        where l.scope = any(_scopes)
        order by w.window_id
        for update of w
    loop
        _windows := _windows || _line.window_id;
        continue when _amount = 0 or _line.spent_micros + _line.held_micros + _amount <= _line.limit_micros;
        -- Told is what takes longest to pass: spend before holds, and of spend the window that ends last.
        if verdict is null or (_line.by_spend and (verdict = 'holds' or _line.ends_at > until)) then
            verdict := case when _line.by_spend then 'spend' else 'holds' end;
            _blocked := _line;
            until := _line.ends_at;
        end if;
    end loop;

    if verdict is null then
        insert into ledger (
            entry_id, tenant, event_id, step, attempt, trace_id, model, state, reserved_micros, fingerprint, note,
            windows, opened_at, dispatched_at, expires_at
        ) values (
            _entry_id, _tenant, _event_id, _step, _attempt, _trace_id, _model,
            case when _dispatched then 'dispatched' else 'reserved' end, _amount, _fingerprint, _note, _windows,
            now, case when _dispatched then now end, now + make_interval(secs => _lease_s)
        )
        on conflict do nothing
        returning entry_id, expires_at into number, until;
        if number is null then -- another was faster, after we had looked
            verdict := 'in_hand';
            until := coalesce(
                ledger_in_hand_until(_tenant, _event_id, _step, _attempt, _fingerprint, now), now
            );
            return;
        end if;
        -- Once more: had it been answered after the first look, the question was free again for our entry. From now
        -- on it is ours, so that no answer can come any more.
        if ledger_has_answer(_tenant, _fingerprint, now - make_interval(secs => _share_s), _answer_seen) then
            delete from ledger where entry_id = number;
            verdict := 'in_hand';
            until := now;
            return;
        end if;
        verdict := 'reserved';
        update budget_windows set held_micros = held_micros + _amount where window_id = any(_windows);
        return;
    end if;

    in_scope := _blocked.scope;
    in_period := _blocked.period;
    in_limit := _blocked.limit_micros;
    in_spent := _blocked.spent_micros;
    in_held := _blocked.held_micros;
    until := nullif(until, 'infinity');
    if verdict = 'spend' then
        return;
    end if;
    update budget_windows set blocked_by_holds = blocked_by_holds + 1 where window_id = _blocked.window_id;
    -- What is held for calls in doubt is not given back by waiting a little.
    if _blocked.spent_micros + _amount + (
        select coalesce(sum(reserved_micros), 0) from ledger
        where state = 'ambiguous' and _blocked.window_id = any(windows)
    ) > _blocked.limit_micros then
        verdict := 'doubts';
        return;
    end if;
    select greatest(min(expires_at), now + interval '1 second') into until from ledger
    where state in ('reserved', 'dispatched') and _blocked.window_id = any(windows);
end $$;

-- Where money moves: an entry in one of the states `_from` becomes settled or released, gives back what it holds
-- to the windows it was taken from, and its cost counts there. Returns 'closed', or else the state that it is in;
-- null: there is no such entry.
create function ledger_close(
    _entry_id bigint, _from text [], _to text, _cost bigint, _outcome text, _result bytea, _note jsonb
) returns text language plpgsql as $$
declare
    _windows bigint [];
    _held bigint;
begin
    lock table ledger in row exclusive mode;
    perform ledger_do_not_wait_for_disk();
    -- Neither changes while we have the table: what an entry holds is fixed, and only a new limit adds a window.
    select windows, reserved_micros into _windows, _held from ledger where entry_id = _entry_id;
    perform from budget_windows where window_id = any(_windows) order by window_id for update;
    update ledger set
        state = _to,
        cost_micros = _cost,
        outcome = coalesce(_outcome, outcome),
        result = _result,
        note = note || _note,
        closed_at = budget_now()
    where entry_id = _entry_id and state = any(_from);
    if not found then
        return (select state from ledger where entry_id = _entry_id);
    end if;
    update budget_windows set
        held_micros = held_micros - _held,
        spent_micros = spent_micros + coalesce(_cost, 0)
    where window_id = any(_windows);
    return 'closed';
end $$;

-- The call may be sent once this has returned true: from then on a crash of Postgres cannot make it unknown.
create function ledger_dispatch(_entry_id bigint, _lease_s double precision) returns boolean language plpgsql as $$
begin
    perform ledger_wait_for_disk();
    update ledger set
        state = 'dispatched',
        dispatched_at = budget_now(),
        expires_at = budget_now() + make_interval(secs => _lease_s)
    where entry_id = _entry_id and state = 'reserved';
    return found;
end $$;

-- Reserve and dispatch in one trip. Two transactions, so that no window is locked while waiting for the disk: the
-- second, which changes nothing, takes the first along, and all that others have committed.
create procedure ledger_open(
    _entry_id bigint, _tenant text, _event_id uuid, _step text, _attempt integer, _trace_id text, _model text,
    _amount bigint, _fingerprint bytea, _share_s double precision, _answer_seen bigint,
    _lease_s double precision, _note jsonb,
    inout verdict text, inout number bigint, inout now timestamptz, inout until timestamptz,
    inout in_scope text, inout in_period text, inout in_limit bigint, inout in_spent bigint, inout in_held bigint
) language plpgsql as $$
begin
    select r.* into verdict, number, now, until, in_scope, in_period, in_limit, in_spent, in_held
    from ledger_reserve(
        _entry_id, _tenant, _event_id, _step, _attempt, _trace_id, _model, _amount, _fingerprint, _share_s, _answer_seen,
        _lease_s, true, _note
    ) as r;
    if verdict = 'reserved' then
        commit;
        perform ledger_wait_for_disk();
        perform pg_logical_emit_message(true, 'brickline.budget', '');
    end if;
end $$;

-- What is held stays held.
create function ledger_doubt(_entry_id bigint, _outcome text, _note jsonb) returns boolean language plpgsql as $$
begin
    perform ledger_do_not_wait_for_disk();
    update ledger set state = 'ambiguous', outcome = _outcome, note = note || _note
    where entry_id = _entry_id and state = 'dispatched';
    return found;
end $$;

-- What somebody is writing at this moment is left to them: nothing here waits while it has entries locked.
create function ledger_doubt_expired(_most bigint) returns bigint language plpgsql as $$
declare
    _count bigint;
begin
    perform ledger_do_not_wait_for_disk();
    update ledger set state = 'ambiguous', outcome = 'expired'
    where entry_id in (
        select expired.entry_id from ledger as expired
        where expired.state = 'dispatched' and expired.expires_at <= (select budget_now())
        order by expired.expires_at limit _most for update skip locked
    );
    get diagnostics _count = row_count;
    return _count;
end $$;

-- An entry that was never open: it costs nothing, and no window knows of it.
create function ledger_record(
    _entry_id bigint, _tenant text, _event_id uuid, _step text, _attempt integer, _trace_id text, _model text,
    _fingerprint bytea, _outcome text, _result bytea, _saved bigint, _note jsonb
) returns boolean language plpgsql as $$
declare
    _now timestamptz := budget_now();
begin
    perform ledger_do_not_wait_for_disk();
    insert into ledger (
        entry_id, tenant, event_id, step, attempt, trace_id, model, state, outcome, reserved_micros, cost_micros,
        saved_micros, fingerprint, note, result, opened_at, closed_at, expires_at
    ) values (
        _entry_id, _tenant, _event_id, _step, _attempt, _trace_id, _model, 'settled', _outcome, 0, 0,
        _saved, _fingerprint, _note, _result, _now, _now, _now
    )
    on conflict do nothing;
    return found;
end $$;

create function ledger_reused(_entry_id bigint) returns void language plpgsql as $$
begin
    perform ledger_do_not_wait_for_disk();
    update ledger set reused = reused + 1 where entry_id = _entry_id;
end $$;

create function ledger_forget_results(_older_than_s double precision, _most bigint) returns bigint
language plpgsql as $$
declare
    _count bigint;
begin
    perform ledger_do_not_wait_for_disk();
    update ledger set result = null
    where entry_id in (
        select old.entry_id from ledger as old
        where old.result is not null and old.closed_at <= (select budget_now() - make_interval(secs => _older_than_s))
        order by old.closed_at limit _most for update skip locked
    );
    get diagnostics _count = row_count;
    return _count;
end $$;

-- A limit that is new starts with what the current window has spent and holds already, counted from the ledger;
-- no reservation is under way meanwhile, and each later one sees the limit.
create function budget_set_limit(_scope text, _period text, _limit bigint) returns void language plpgsql as $$
declare
    _now timestamptz;
    _starts timestamptz;
    _ends timestamptz;
    _window bigint;
begin
    lock table ledger in share row exclusive mode;
    perform ledger_wait_for_disk();
    update budget_limits set limit_micros = _limit where scope = _scope and period = _period;
    if found then
        return;
    end if;
    insert into budget_limits (scope, period, limit_micros) values (_scope, _period, _limit);
    _now := budget_now();
    _starts := budget_window_start(_period, _now);
    _ends := budget_window_end(_period, _now);
    insert into budget_windows (scope, period, starts_at, ends_at, spent_micros, held_micros)
    select
        _scope, _period, _starts, _ends,
        coalesce(sum(cost_micros), 0),
        coalesce(sum(reserved_micros) filter (where state in ('reserved', 'dispatched', 'ambiguous')), 0)
    from ledger
    where opened_at >= _starts and opened_at < _ends and _scope = any(budget_scopes(tenant, model))
    on conflict (scope, period, starts_at) do update set
        spent_micros = excluded.spent_micros, held_micros = excluded.held_micros
    returning window_id into _window;
    update ledger set windows = windows || _window
    where state in ('reserved', 'dispatched', 'ambiguous')
        and opened_at >= _starts and opened_at < _ends and _scope = any(budget_scopes(tenant, model))
        and _window <> all(windows);
end $$;

create function budget_remove_limit(_scope text, _period text) returns boolean language plpgsql as $$
begin
    lock table ledger in share row exclusive mode;
    perform ledger_wait_for_disk();
    delete from budget_limits where scope = _scope and period = _period;
    return found;
end $$;
