"""The payloads as schemas of what is written."""

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from brickline.contracts.errors import UnrepresentableModel
from brickline.contracts.maps.asyncapi.draft7 import draft7
from brickline.contracts.pipeline.models import name_of
from brickline.schemas import Payload

_PLACE = "#/components/schemas/{model}"


def schemas_of(payloads: Sequence[type[Payload]]) -> tuple[Mapping[type[Payload], Any], dict[str, Any]]:
    """Return a reference to each payload's schema, and all schemas by name.

    Raises `UnrepresentableModel`.
    """
    if not payloads:
        return {}, {}
    try:
        references, document = models_json_schema(
            [(payload, "serialization") for payload in payloads],
            ref_template=_PLACE,
            schema_generator=_Alike,
        )
    except PydanticUserError as error:
        raise UnrepresentableModel(
            f"one of the payloads has no JSON schema: {error.message}. The payloads are "
            f"{', '.join(map(name_of, payloads))}; give each field a type that JSON has a form for."
        ) from error
    defined = document.get("$defs", {})
    return (
        {payload: draft7(references[payload, "serialization"]) for payload in payloads},
        {name: draft7(defined[name]) for name in sorted(defined)},
    )


class _Alike(GenerateJsonSchema):
    """Puts a default alike in every process, sets sorted, and says nothing of those that JSON cannot hold."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012  # as in its base

    def encode_default(self, dft: Any) -> Any:
        """Encode a default."""
        return self._ordered(TypeAdapter(type(dft)).dump_python(dft, by_alias=self.by_alias))

    def _ordered(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(super(_Alike, self).encode_default(key)): self._ordered(value[key]) for key in value}
        if isinstance(value, Set):
            return sorted(map(self._ordered, value), key=lambda each: json.dumps(each, sort_keys=True))
        if isinstance(value, list | tuple):
            return [self._ordered(each) for each in value]
        return super().encode_default(value)
