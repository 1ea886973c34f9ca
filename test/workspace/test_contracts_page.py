"""The page on contracts shows code that does what it says."""

import re
from pathlib import Path
from typing import Any

from brickline.contracts import contract_of, upcast_breaks
from brickline.schemas import DataProcessed, payloads

PAGE = Path(__file__).parents[2] / "docs" / "contracts.md"


def test_the_new_version_on_the_page_reads_what_the_version_before_wrote() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    module: dict[str, Any] = {"__name__": payloads.__name__, "_DocumentPayload": payloads._DocumentPayload}
    exec(example, module)

    assert upcast_breaks(contract_of(DataProcessed), module["DataProcessed"]) == ()
    assert set(module["DataProcessed"].model_fields) == {*DataProcessed.model_fields, "text"} - {"content"}
