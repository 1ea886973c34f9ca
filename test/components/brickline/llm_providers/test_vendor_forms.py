"""How each vendor is asked to keep to a schema, and what happens where it does not know how."""

import pytest
from pydantic import BaseModel, ConfigDict, Field

from brickline.llm_providers import CompatibleProvider
from brickline.llm_routing import ProviderRefused, ProviderUnavailable
from support.vendors.anthropic import AnthropicServer
from support.vendors.asking import Report, asked
from support.vendors.compatible import CompatibleServer
from support.vendors.google import GoogleServer
from support.vendors.made import anthropic, compatible, google, openai, talking
from support.vendors.openai import OpenAIServer
from support.vendors.server import Said
from support.vendors.steps import Fails, Says, Sends


class FreeForm(BaseModel):
    """What no strict schema can say: an object with names of its own."""

    model_config = ConfigDict(extra="forbid")

    counts: dict[str, int] = Field(max_length=3)


async def test_openai_is_held_to_a_strict_schema_and_bounds_it_cannot_keep_are_said_in_words() -> None:
    server = OpenAIServer()
    async with talking(server, openai) as provider:
        await provider.complete(asked())
    body = server.requests[0].body
    output = body["response_format"]["json_schema"]
    assert output["strict"] is True
    summary = output["schema"]["properties"]["summary"]
    assert summary == {"type": "string", "description": "What it says (at most 50 characters)"}
    assert output["schema"]["required"] == ["summary", "themes", "place", "kind"]
    assert body["max_completion_tokens"] == 200
    assert body["service_tier"] == "default"


async def test_openai_is_asked_for_json_where_a_model_knows_no_schemas_and_that_is_remembered() -> None:
    server = OpenAIServer(knows_schemas=False)
    async with talking(server, openai) as provider:
        for _ in range(2):
            Report.model_validate_json((await provider.complete(asked())).text)
    kinds = [request.body["response_format"]["type"] for request in server.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]


async def test_a_schema_that_cannot_be_said_strictly_costs_no_call_to_find_out() -> None:
    server = OpenAIServer()
    async with talking(server, openai) as provider:
        await provider.complete(asked(FreeForm))
        await provider.complete(asked(Report, name="another"))
    kinds = [request.body["response_format"]["type"] for request in server.requests]
    assert kinds == ["json_object", "json_schema"]


async def test_anthropic_is_asked_by_its_native_output_format() -> None:
    server = AnthropicServer()
    async with talking(server, anthropic) as provider:
        await provider.complete(asked())
    body = server.requests[0].body
    assert body["output_config"]["format"]["type"] == "json_schema"
    assert "tools" not in body
    assert body["max_tokens"] == 200


@pytest.mark.parametrize(("knows", "output"), [(False, Report), (True, FreeForm)])
async def test_anthropic_is_made_to_call_a_tool_where_that_is_not_possible(
    knows: bool, output: type[BaseModel]
) -> None:
    server = AnthropicServer(knows_schemas=knows)
    async with talking(server, anthropic) as provider:
        for _ in range(2):
            output.model_validate_json((await provider.complete(asked(output))).text)
    tools = [request.body.get("tool_choice", {}).get("name") for request in server.requests]
    assert tools == ([None, "answer", "answer"] if not knows else ["answer", "answer"])


async def test_a_tool_that_was_cut_off_is_truncated() -> None:
    server = AnthropicServer(knows_schemas=False).then(
        Says(Said(text='{"summary": "half"}', ending="cut off"))
    )
    async with talking(server, anthropic) as provider:
        assert (await provider.complete(asked())).truncated


async def test_gemini_is_held_to_a_json_schema() -> None:
    server = GoogleServer()
    async with talking(server, google) as provider:
        await provider.complete(asked())
    assert server.requests[0].path == "POST /v1beta/models/small:generateContent"
    config = server.requests[0].body["generationConfig"]
    assert config["responseJsonSchema"]["properties"]["themes"]["maxItems"] == 2
    assert config["maxOutputTokens"] == 200


async def test_gemini_is_asked_for_json_where_a_model_knows_no_schemas() -> None:
    server = GoogleServer(knows_schemas=False)
    async with talking(server, google) as provider:
        Report.model_validate_json((await provider.complete(asked())).text)
    assert ["responseJsonSchema" in each.body["generationConfig"] for each in server.requests] == [
        True,
        False,
    ]


async def test_gemini_is_not_asked_to_go_on_where_an_answer_is_cut_off() -> None:
    part = b'{"candidates": [{"content": {"role": "model", "parts": [{"text": "{"}]}, "index": 0,'
    more = b'"finishReason": "CONTINUATION", "continuationToken": "Zm9v"}], "modelVersion": "small-001"}'
    server = GoogleServer().then(Sends(part + more))
    async with talking(server, google) as provider:
        response = await provider.complete(asked())
    assert response.truncated
    assert len(server.requests) == 1


async def test_gemini_says_in_the_body_when_to_ask_again() -> None:
    info = b'{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}'
    error = (
        b'{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": [%b]}}'
    )
    server = GoogleServer().then(Sends(error % info, status=429))
    async with talking(server, google) as provider:
        with pytest.raises(ProviderUnavailable) as raised:
            await provider.complete(asked())
    assert raised.value.retry_after_s == 34.5


async def test_gemini_blocking_a_document_is_a_refusal() -> None:
    blocked = (
        b'{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9'
    )
    server = GoogleServer().then(Sends(blocked + b', "totalTokenCount": 9}}'))
    async with talking(server, google) as provider:
        with pytest.raises(ProviderRefused, match="PROHIBITED_CONTENT") as raised:
            await provider.complete(asked())
    assert raised.value.usage is not None
    assert (raised.value.usage.input_tokens, raised.value.usage.output_tokens) == (9, 0)


@pytest.mark.parametrize(
    ("server", "make", "said"),
    [
        (GoogleServer, google, "API key not valid. Please pass a valid API key."),
        (AnthropicServer, anthropic, "Your credit balance is too low to access the API."),
    ],
)
async def test_a_400_about_the_account_is_no_refusal_of_the_text(server, make, said: str) -> None:  # type: ignore[no-untyped-def]
    scripted = server().then(Fails(400, said))
    async with talking(scripted, make) as provider:
        with pytest.raises(ProviderUnavailable, match="check ") as raised:
            await provider.complete(asked())
    assert not raised.value.maybe_billed


@pytest.mark.parametrize(
    ("known", "asked_for"),
    [
        (("json_schema",), ["json_schema"]),
        (("json_object",), ["json_schema", "json_object"]),
        ((), ["json_schema", "json_object", None]),
    ],
)
async def test_a_compatible_server_is_asked_in_the_strictest_form_it_knows_and_that_is_remembered(
    known: tuple[str, ...], asked_for: list[str | None]
) -> None:
    server = CompatibleServer(forms=known)
    async with talking(server, compatible) as provider:
        for _ in range(2):
            Report.model_validate_json((await provider.complete(asked())).text)
    sent = [request.body.get("response_format", {}).get("type") for request in server.requests]
    assert sent == [*asked_for, asked_for[-1]]


async def test_a_compatible_server_gets_the_schema_whole_with_its_bounds() -> None:
    server = CompatibleServer()
    async with talking(server, compatible) as provider:
        await provider.complete(asked())
    schema = server.requests[0].body["response_format"]["json_schema"]["schema"]
    assert schema == Report.model_json_schema()


async def test_a_compatible_server_needs_no_key() -> None:
    server = CompatibleServer(key=None)
    async with server.listening():
        provider = CompatibleProvider("small", f"{server.base_url}/")
        assert (await provider.complete(asked())).text
        await provider.aclose()


@pytest.mark.parametrize(
    "said",
    ['```json\n{"a": 1}\n```', '<think>\nIt is {"b": 2}?\n</think>\n\n{"a": 1}', ' \n{"a": 1}\n', '{"a": 1}'],
)
async def test_what_models_put_around_json_is_taken_off(said: str) -> None:
    server = CompatibleServer().then(Says(Said(text=said)))
    async with talking(server, compatible) as provider:
        assert (await provider.complete(asked())).text == '{"a": 1}'


async def test_reasoning_that_is_only_in_the_total_is_billed() -> None:
    choice = b'{"message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}'
    usage = b'{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115}'
    server = CompatibleServer().then(Sends(b'{"choices": [%b], "usage": %b}' % (choice, usage)))
    async with talking(server, compatible) as provider:
        response = await provider.complete(asked())
    assert response.usage is not None
    assert response.usage.output_tokens == 105
    assert response.model == "small"


@pytest.mark.parametrize(
    ("body", "billed"),
    [
        (b'{"error": {"code": 429, "message": "upstream is busy"}}', False),
        (b'{"error": {"code": 502, "message": "upstream is down"}}', False),
        (b'{"error": {"code": "busy", "message": "upstream is busy"}}', True),
    ],
    ids=["429", "502", "without a status"],
)
async def test_an_error_that_a_gateway_hands_on_with_status_200_counts_as_the_status_it_names(
    body: bytes, billed: bool
) -> None:
    server = CompatibleServer()
    server.then(Sends(body))
    async with talking(server, compatible) as provider:
        with pytest.raises(ProviderUnavailable, match="upstream is") as caught:
            await provider.complete(asked())
    assert caught.value.maybe_billed is billed
