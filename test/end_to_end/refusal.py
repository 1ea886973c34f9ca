"""Commands that cannot do what they are asked."""

import time
from collections.abc import Mapping
from pathlib import Path

from end_to_end.program import Program

PATIENCE_S = 15


async def refused(
    folder: Path,
    command: list[str],
    variables: Mapping[str, str] | None = None,
    *,
    code: int = 1,
    name: str = "refused",
) -> str:
    """What the command says before it ends, soon, with `code`; nothing goes to stdout, and no traceback."""
    program = Program(name, command, folder, variables or {})
    started = time.monotonic()
    program.start()
    try:
        assert await program.ended(PATIENCE_S) == code, program.said("err")
    finally:
        await program.stop()
    said = program.said("err")
    assert time.monotonic() - started < PATIENCE_S
    assert program.said("out") == ""
    assert "Traceback" not in said
    assert said.strip()
    return said
