"""Whatever is sent is answered with a problem that says what is wrong, and leaves nothing behind."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from end_to_end.api import Api, is_problem
from end_to_end.rows import rows_of
from end_to_end.stacks import Stack

JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
async def nothing_is_left_behind(stack: Stack, tenant: str) -> AsyncIterator[None]:
    yield
    assert not await rows_of(stack.database_url, tenant)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t ", "\u200b\u200d\ufeff", "\x01\x02\x1b", "\u00a0\u2003\u3000"],
    ids=["empty", "white space", "zero width", "control characters", "wide spaces"],
)
async def test_a_text_that_shows_nothing_is_refused(api: Api, text: str) -> None:
    assert "blank" in is_problem(await api.post(text), 422)


async def test_a_text_with_nul_characters_is_refused(api: Api) -> None:
    assert "NUL" in is_problem(await api.post("one\x00two"), 422)


@pytest.mark.parametrize("headers", [JSON, {}], ids=["as JSON", "without a content type"])
@pytest.mark.parametrize("field", ["text", "title"])
async def test_half_a_surrogate_pair_is_refused(api: Api, field: str, headers: dict[str, str]) -> None:
    other = "title" if field == "text" else "text"
    body = f'{{"{field}": "half \\ud800 a pair", "{other}": "whole"}}'.encode()
    response = await api.write.post("/documents", content=body, headers=headers)
    is_problem(response, 400 if headers else 415)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"text": "cut off', b"text=form", b'{"text": "\xff"}', b"[" * 100_000, b"\x00"],
    ids=["none", "brace", "cut off", "form", "no UTF-8", "deep", "NUL"],
)
async def test_a_body_that_is_no_json_is_refused(api: Api, body: bytes) -> None:
    response = await api.write.post("/documents", content=body, headers=JSON)
    assert is_problem(response, 400 if body else 422)


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"text"',
        "{}",
        '{"text": null}',
        '{"text": 1}',
        '{"text": ["a"]}',
        '{"title": "only"}',
        '{"text": "a", "titel": "b"}',
        '{"text": "a", "title": 5}',
        f'{{"text": "a", "title": "{"t" * 301}"}}',
        '{"text": ' + '{"a":' * 100 + "1" + "}" * 101,
    ],
)
async def test_json_that_is_no_document_is_refused_with_what_is_wrong_where(api: Api, body: str) -> None:
    response = await api.write.post("/documents", content=body.encode(), headers=JSON)
    is_problem(response, 422)
    assert all(error["in"] == "body" and error["detail"] for error in response.json()["errors"])


async def test_an_unknown_field_is_named(api: Api) -> None:
    response = await api.write.post("/documents", json={"text": "a", "titel": "b"})
    assert response.json()["errors"][0]["pointer"] == "/titel"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense"])
async def test_another_content_type_is_refused(api: Api, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    response = await api.write.post("/documents", content=b'{"text": "a"}', headers=headers)
    assert "Content-Type" in is_problem(response, 415)


async def test_a_body_over_the_request_limit_is_refused(api: Api) -> None:
    assert "larger" in is_problem(await api.post("x" * (5 * 1024 * 1024)), 413)


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_an_idempotency_key_of_no_use_is_refused(api: Api, key: str) -> None:
    response = await api.post("A text.", headers={"Idempotency-Key": key})
    is_problem(response, 422)
    assert response.json()["errors"][0]["in"] == "header"


async def test_unknown_ids_are_not_found(api: Api) -> None:
    unknown = str(uuid4())
    assert unknown in is_problem(await api.write.get(f"/jobs/{unknown}"), 404)
    assert unknown in is_problem(await api.insights(unknown), 404)


@pytest.mark.parametrize("wrong", ["1", "not-a-uuid", "%00", "' or 1=1 --"])
async def test_an_id_that_is_no_uuid_is_refused(api: Api, wrong: str) -> None:
    is_problem(await api.write.get(f"/jobs/{wrong}"), 422)
    is_problem(await api.insights(wrong), 422)


@pytest.mark.parametrize("limit", ["0", "501", "many", "-1", ""])
async def test_a_limit_that_makes_no_sense_is_refused(api: Api, limit: str) -> None:
    is_problem(await api.read.get("/reports/themes", params={"limit": limit}), 422)


@pytest.mark.parametrize("authorization", [None, "Bearer wrong-key-of-nobody", "Basic YTpi", "Bearer", ""])
async def test_without_a_known_key_nothing_is_accepted_or_told(
    stack: Stack, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        for url in (f"{stack.write_url}/jobs/{uuid4()}", f"{stack.read_url}/reports/themes"):
            response = await http.get(url)
            is_problem(response, 401)
            assert response.headers["www-authenticate"].startswith("Bearer")
        is_problem(await http.post(f"{stack.write_url}/documents", json={"text": "a"}), 401)
        for base in (stack.write_url, stack.read_url):
            assert (await http.get(f"{base}/health")).json()["status"] == "ok"


async def test_paths_and_methods_that_do_not_exist_are_problems_too(api: Api) -> None:
    is_problem(await api.write.get("/nothing-here"), 404)
    response = await api.write.get("/documents")
    is_problem(response, 405)
    assert response.headers["allow"] == "POST"
