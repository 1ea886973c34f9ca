alter table documents
add column degraded boolean not null default false,
add column repaired boolean not null default false,
add column cost_micros bigint not null default 0; -- millionths of a US dollar
