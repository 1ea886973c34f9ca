"""What a vendor would have billed: calls, tokens and money, counted when a request arrives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

_BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Totals:
    """All calls since the server started."""

    calls: int
    repeated: int
    """Calls with a conversation that had been sent before."""
    input_tokens: int
    output_tokens: int
    billed_micros: Decimal
    """Exactly, in micro-dollars: each call is not rounded up."""

    def as_json(self) -> bytes:
        """Write it for `GET /totals`; money is text, so that no digit is lost."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({**fields, "billed_micros": str(self.billed_micros)}).encode()

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Totals":
        """Read what `as_json` wrote."""
        return cls(**{**body, "billed_micros": Decimal(body["billed_micros"])})


@dataclass(slots=True)
class Books:
    """Counts calls at given prices in micro-dollars per token, which is dollars per million tokens."""

    input_price: Decimal = Decimal(0)
    output_price: Decimal = Decimal(0)
    output_tokens_each: int | None = None
    """What every answer is billed for, up to its limit; None: a quarter of its bytes."""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    _seen: set[bytes] = field(default_factory=set)

    def bill(self, request: Mapping[str, Any]) -> tuple[bytes, int, int]:
        """Count a request; return the answer to it as JSON, and its tokens in and out."""
        said = "\0".join(str(message["content"]) for message in request["messages"]).encode()
        output = (request.get("response_format") or {}).get("json_schema") or {}
        answer = _filled(json.dumps(output.get("schema", {}), sort_keys=True))
        inputs = -(-len(said) // _BYTES_PER_TOKEN)
        outputs = self.output_tokens_each or -(-len(answer) // _BYTES_PER_TOKEN)
        outputs = min(outputs, int(request.get("max_tokens", outputs)))
        self.calls += 1
        self.input_tokens += inputs
        self.output_tokens += outputs
        self._seen.add(blake2b(said, digest_size=12).digest())
        return answer, inputs, outputs

    def totals(self) -> Totals:
        """Return the state of the books."""
        billed = self.input_tokens * self.input_price + self.output_tokens * self.output_price
        repeated = self.calls - len(self._seen)
        return Totals(self.calls, repeated, self.input_tokens, self.output_tokens, billed)


@lru_cache(maxsize=64)
def _filled(schema: str) -> bytes:
    """Something that fits a schema, as JSON within a JSON string."""
    root = json.loads(schema)
    return json.dumps(json.dumps(_fill(root, root))).encode()


def _fill(node: Mapping[str, Any], root: Mapping[str, Any]) -> object:
    if "$ref" in node:
        return _fill(root["$defs"][node["$ref"].rpartition("/")[2]], root)
    if "anyOf" in node or "oneOf" in node:
        return _fill((node.get("anyOf") or node["oneOf"])[0], root)
    if "const" in node or "enum" in node:
        return node.get("const", (node.get("enum") or [None])[0])
    match node.get("type"):
        case "object":
            return {name: _fill(child, root) for name, child in node.get("properties", {}).items()}
        case "array":
            return [_fill(node["items"], root)] * max(1, node.get("minItems", 1))
        case "string":
            return "Counted.".ljust(node.get("minLength", 0), ".")[: node.get("maxLength", 100)]
        case "integer" | "number":
            return node.get("minimum", 1)
        case "boolean":
            return True
    return None
