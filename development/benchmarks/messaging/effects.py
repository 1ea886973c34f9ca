"""What a peer's handler does where it does the same as ours. Standard library only: peers import this."""

import json
from uuid import uuid4

BODY_BYTES = 1024
TASK_TEXT = "x" * 700
"""The argument of a task, that makes about 1 KB with what its library puts around it."""

DEDUP = "insert into handled (event_id) values ({0}) on conflict do nothing returning 1"
WRITE = "insert into effects (event_id, text) values ({0}, {1})"

# asyncpg's and psycopg's ways to say it.
DEDUP_NUMBERED, WRITE_NUMBERED = DEDUP.format("$1"), WRITE.format("$1", "$2")
DEDUP_FORMAT, WRITE_FORMAT = DEDUP.format("%s"), WRITE.format("%s", "%s")


def new_id() -> str:
    """Return an id for an event."""
    return str(uuid4())


def new_body() -> bytes:
    """Return an event of its own as JSON of exactly 1 KB."""
    empty = json.dumps({"event_id": new_id(), "text": ""})
    return empty[:-2].encode() + b"x" * (BODY_BYTES - len(empty)) + b'"}'
