-- Tenants take turns: due rows are looked for tenant by tenant.
drop index outbox_due;
create index outbox_turns on outbox (tenant, due_at, id);

alter table outbox
-- Rows of one key, and for one group, leave in the order of their positions. Null: in no order.
add column ordering_key uuid,
add column position bigint; -- in the outbox of the publisher, kept by retries; null: this row's id
create index outbox_order on outbox (ordering_key, coalesce(group_id, ''), coalesce(position, id))
where ordering_key is not null;

create table held_back ( -- events that a group put back: until they are settled, later ones of their key wait
    group_id text not null,
    ordering_key uuid not null,
    position bigint not null,
    event_id uuid not null,
    primary key (group_id, ordering_key, position)
);
create index held_back_event on held_back (group_id, event_id);
