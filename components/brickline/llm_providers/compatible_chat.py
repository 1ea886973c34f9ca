"""Any server that speaks OpenAI's chat completions, such as Ollama, vLLM and llama.cpp, without an SDK."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr

from brickline.llm_providers.over_http.chat_reply import read_chat_reply
from brickline.llm_providers.over_http.client_options import (
    KEEP_IDLE_S,
    LONGEST_BODY,
    BodyTooLong,
    connect_timeout,
    uses_proxies,
)
from brickline.llm_providers.over_http.failures import StatusAnswer, StatusError
from brickline.llm_providers.over_http.http_provider import HttpProvider
from brickline.llm_providers.over_http.output_forms import OutputForm, bare_json, in_words
from brickline.llm_providers.over_http.turns import instructions, messages
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderRequest, ProviderResponse

if TYPE_CHECKING:
    import httpx


class CompatibleProvider(HttpProvider["httpx.AsyncClient"]):
    """Answers by the model of a server at `base_url`, such as "http://127.0.0.1:11434/v1".

    A server that does not know `json_schema` is asked for JSON, and one that does not know that either is
    only told; which of them it is stays known for as long as the provider does. `key_name` says where the
    key came from, for messages.
    """

    name = "openai_compatible"

    def __init__(
        self, model: str, base_url: str, key: SecretStr | None = None, *, key_name: str = "api_key_env"
    ) -> None:
        vendor = Vendor(self.name, model, base_url.rstrip("/"), key, key_name)
        super().__init__(vendor, OutputForm.SCHEMA, OutputForm.JSON, OutputForm.WORDS)

    def _open(self) -> "httpx.AsyncClient":
        import httpx

        url, secret = self._vendor.url, self._vendor.secret
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {secret}"} if secret else {},
            follow_redirects=False,  # they would take the key along
            trust_env=uses_proxies(url),
            # As many connections as there are calls: how many may be made is decided elsewhere.
            limits=httpx.Limits(keepalive_expiry=KEEP_IDLE_S),
        )

    async def _close(self, client: "httpx.AsyncClient") -> None:
        await client.aclose()

    async def _ask(
        self, client: "httpx.AsyncClient", request: ProviderRequest, form: OutputForm
    ) -> ProviderResponse:
        import httpx

        connect = connect_timeout(request.timeout_s)
        async with client.stream(
            "POST",
            f"{self._vendor.url}/chat/completions",
            json=_body(self.model, request, form),
            timeout=httpx.Timeout(request.timeout_s, connect=connect, pool=connect),
        ) as response:
            body = await _read(response)
        if not response.is_success:
            text = body.decode(errors="replace")
            raise StatusError(StatusAnswer(response.status_code, response.headers, text))
        reply = read_chat_reply(self._vendor, body)
        return replace(reply, text=bare_json(reply.text))


async def _read(response: "httpx.Response") -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise BodyTooLong
    return bytes(body)


def _body(model: str, request: ProviderRequest, form: OutputForm) -> dict[str, JsonValue]:
    said = instructions(request)
    if form is not OutputForm.SCHEMA:
        said += in_words(request.schema)
    body: dict[str, JsonValue] = {
        "model": model,
        "messages": [{"role": "system", "content": said}, *messages(request)],
        "max_tokens": request.max_output_tokens,
        "stream": False,
    }
    if form is OutputForm.SCHEMA:
        # Not strict: these servers take all of JSON Schema, while strictness is for a part of it.
        output: JsonValue = {"name": "output", "schema": dict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": output}
    elif form is OutputForm.JSON:
        body["response_format"] = {"type": "json_object"}
    return body
