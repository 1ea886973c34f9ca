-- What was called for an event is asked of all tenants, too: its id comes first.
alter table ledger
    drop constraint ledger_tenant_event_id_step_attempt_key,
    add unique (event_id, tenant, step, attempt);
