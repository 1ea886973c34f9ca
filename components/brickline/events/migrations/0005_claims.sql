-- How often a row was claimed in a row without being confirmed or handed back: its sender died of it, or with it.
alter table outbox add column claims integer not null default 0;
