"""The change of the founding incident, made in a copy of the workspace."""

from support.workspace_copy import PAYLOADS, WorkspaceCopy

_SUBMISSION = "components/brickline/documents/submission.py"
_WORKER = "components/brickline/analysis/consumer.py"
_FIELD = "    content: Annotated[str, Field(min_length=1)]\n"

_UPCASTER = '''def _with_text(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring version 1 up to 2: `content` is called `text`."""
    return {("text" if name == "content" else name): value for name, value in data.items()}


class DataProcessed('''


def rename_in_the_gateway(workspace: WorkspaceCopy) -> None:
    """What happened: the shared payload and the service that publishes it change, the worker does not."""
    workspace.replace(PAYLOADS, (_FIELD, _FIELD.replace("content", "text")))
    workspace.replace(_SUBMISSION, ("content=content", "text=content"))


def rename_in_a_new_version(workspace: WorkspaceCopy) -> None:
    """What should have happened."""
    rename_in_the_gateway(workspace)
    workspace.replace(_WORKER, ("event.content", "event.text"))
    workspace.replace(
        PAYLOADS,
        ("class DataProcessed(", _UPCASTER),
        (
            '    topic: ClassVar[str] = "data.processed"\n',
            '    topic: ClassVar[str] = "data.processed"\n    version: ClassVar[int] = 2\n'
            "    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _with_text}\n",
        ),
        ("from typing import Annotated, ClassVar", "from typing import Annotated, Any, ClassVar"),
        ("from uuid import UUID", "from collections.abc import Mapping\nfrom uuid import UUID"),
        ("payload import Payload", "payload import Payload, Upcaster"),
    )
