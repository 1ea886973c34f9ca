-- A letter ends once, replayed or discarded, and stays: nothing here is ever deleted.
alter table dead_letters
add column state text not null default 'dead' check (state in ('dead', 'replayed', 'discarded')),
add column closed_at timestamptz,
add column closed_by text,
add column discard_reason text,
add column came_from uuid references dead_letters; -- the letter whose replay died again as this one

create table dead_letter_replays (
    replay_id uuid primary key default gen_random_uuid(),
    dead_letter_id uuid not null unique references dead_letters,
    -- What was sent, and to whom: an edited body may hold an event where the letter's bytes held none.
    event_id uuid not null,
    group_id text not null,
    edited_body bytea, -- null: the letter's own
    replayed_by text not null,
    replayed_at timestamptz not null default now()
);
create index dead_letter_replays_event on dead_letter_replays (group_id, event_id);

create index dead_letters_newest on dead_letters (dead_at, dead_letter_id);
create index dead_letters_open on dead_letters (dead_at, dead_letter_id) where state = 'dead';
create index dead_letters_came_from on dead_letters (came_from) where came_from is not null;
