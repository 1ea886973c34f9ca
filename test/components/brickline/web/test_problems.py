from collections.abc import AsyncIterator, Callable

import httpx
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

Problems = Callable[[httpx.Response, int], dict[str, object]]
JSON = {"Content-Type": "application/json"}


async def test_a_good_request_is_answered(client: httpx.AsyncClient) -> None:
    answer = await client.post("/documents", json={"text": "héllo"})
    assert answer.status_code == 202
    assert answer.json()["length"] == "5"


async def test_an_unknown_path_is_404(client: httpx.AsyncClient, problem_of: Problems) -> None:
    assert problem_of(await client.get("/nowhere/%0A%ff?q=1"), 404)["title"] == "Not Found"


async def test_a_slash_too_many_is_404_and_no_redirect(
    client: httpx.AsyncClient, problem_of: Problems
) -> None:
    problem_of(await client.get("/documents/"), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
async def test_a_wrong_method_is_405_with_those_of_every_route_at_the_path(
    client: httpx.AsyncClient, problem_of: Problems, method: str
) -> None:
    answer = await client.request(method, "/documents")
    assert "GET, POST" in str(problem_of(answer, 405)["detail"])
    assert answer.headers["allow"] == "GET, POST"


async def test_a_routes_own_problem_is_told_as_it_is(client: httpx.AsyncClient, problem_of: Problems) -> None:
    answer = await client.get("/documents/7")
    body = problem_of(answer, 404)
    assert body["type"] == "/problems/insights-pending"
    assert body["state"] == "queued"
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": ',
        b"{'text': 1}",
        b"\xef\xbb\xbf\xef",
        b'{"text": "\xff\xfe"}',
        b'{"text": "\xed\xa0\x80"}',
        b"[" * 4000,
        b"\x00",
    ],
)
async def test_a_body_that_is_no_json_text_is_400(
    client: httpx.AsyncClient, problem_of: Problems, body: bytes
) -> None:
    answer = await client.post("/documents", content=body, headers=JSON)
    assert problem_of(answer, 400)["type"] == "/problems/malformed-body"


async def test_malformed_json_is_located(client: httpx.AsyncClient, problem_of: Problems) -> None:
    answer = await client.post("/documents", content=b'{"text": "a" "b"}', headers=JSON)
    assert "at character 13" in str(problem_of(answer, 400)["detail"])


async def test_invalid_utf8_is_located(client: httpx.AsyncClient, problem_of: Problems) -> None:
    answer = await client.post("/documents", content=b'{"text": "\xff"}', headers=JSON)
    assert "not valid UTF-8 at byte 10" in str(problem_of(answer, 400)["detail"])


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "json", ";", "\xff/json"])
async def test_another_content_type_than_json_is_415(
    client: httpx.AsyncClient, problem_of: Problems, content_type: str | None
) -> None:
    headers = [] if content_type is None else [(b"Content-Type", content_type.encode("latin-1"))]
    answer = await client.post("/documents", content=b'{"text": "a"}', headers=headers)
    assert "Content-Type: application/json" in str(problem_of(answer, 415)["detail"])
    assert answer.headers["accept"] == "application/json"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.x+json"])
async def test_any_json_media_type_is_taken(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/documents", content=b'{"text": "a"}', headers={"Content-Type": content_type})
    assert answer.status_code == 202


async def test_every_wrong_value_is_pointed_at(client: httpx.AsyncClient, problem_of: Problems) -> None:
    body = problem_of(await client.post("/documents", json={"title": 1, "a/b~c": 2}), 422)
    assert body["type"] == "/problems/invalid-request"
    assert body["errors"] == [
        {"in": "body", "pointer": "/title", "detail": "Input should be a valid string"},
        {"in": "body", "pointer": "/text", "detail": "Field required"},
        {"in": "body", "pointer": "/a~1b~0c", "detail": "Extra inputs are not permitted"},
    ]


@pytest.mark.parametrize(
    ("path", "place", "pointer"),
    [("/documents?limit=many", "query", "/limit"), ("/documents/x", "path", "/document_id")],
)
async def test_wrong_parameters_are_pointed_at(
    client: httpx.AsyncClient, problem_of: Problems, path: str, place: str, pointer: str
) -> None:
    errors = problem_of(await client.get(path), 422)["errors"]
    assert isinstance(errors, list)
    assert [(error["in"], error["pointer"]) for error in errors] == [(place, pointer)]


async def test_a_missing_body_is_422(client: httpx.AsyncClient, problem_of: Problems) -> None:
    problem_of(await client.post("/documents"), 422)


@pytest.mark.parametrize(
    "body", [b'{"text": "\\ud800"}', b'{"text": "a", "\\ud800": 1}', b'{"\\udfff": "\\udfff", "text": 1}']
)
async def test_lone_surrogates_are_400_before_they_reach_a_route(
    client: httpx.AsyncClient, problem_of: Problems, body: bytes
) -> None:
    answer = await client.post("/documents", content=body, headers=JSON)
    assert "surrogate" in str(problem_of(answer, 400)["detail"])


@pytest.mark.parametrize(
    ("text", "length"),
    [(r"\ud83d\ude00", "1"), ("\N{GRINNING FACE}", "1"), (r"\\ud800", "6"), ("\N{HANGUL SYLLABLE GAG}", "1")],
)
async def test_text_that_only_looks_like_a_lone_surrogate_is_taken(
    client: httpx.AsyncClient, text: str, length: str
) -> None:
    answer = await client.post("/documents", content=f'{{"text": "{text}"}}'.encode(), headers=JSON)
    assert (answer.status_code, answer.json()["length"]) == (202, length)


async def test_errors_without_number_are_cut(client: httpx.AsyncClient, problem_of: Problems) -> None:
    body = problem_of(await client.post("/documents", json={f"x{n}": n for n in range(200)}), 422)
    errors = body["errors"]
    assert isinstance(errors, list)
    assert len(errors) == 50
    assert str(body["detail"]).startswith("201 values")


async def test_an_unexpected_error_is_500_without_internals_and_logged_once_with_its_trace(
    client: httpx.AsyncClient, problem_of: Problems, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/broken")
    problem_of(answer, 500)
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    failures = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in failures] == ["unexpected error while answering a request"]


async def test_an_error_after_the_answer_began_cuts_the_connection(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/half")
    assert "failed after the response had begun" in caplog.messages


async def test_a_body_over_the_limit_is_413_that_names_the_limit(
    client: httpx.AsyncClient, problem_of: Problems
) -> None:
    answer = await client.post("/documents", content=b"x" * 5_000_000, headers=JSON)
    assert "4096 bytes" in str(problem_of(answer, 413)["detail"])


async def test_a_streamed_body_is_cut_at_the_limit(client: httpx.AsyncClient, problem_of: Problems) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(5000):
            yield b"x" * 1000

    problem_of(await client.post("/documents", content=parts(), headers=JSON), 413)


async def test_a_body_of_just_the_limit_is_taken(client: httpx.AsyncClient) -> None:
    frame = b'{"text": ""}'
    body = frame[:-2] + b"x" * (4096 - len(frame)) + frame[-2:]
    assert (await client.post("/documents", content=body, headers=JSON)).status_code == 202
    assert (await client.post("/documents", content=body + b" ", headers=JSON)).status_code == 413


async def test_one_bad_request_does_not_spoil_the_next(client: httpx.AsyncClient) -> None:
    for body in (b"{", b"x" * 100_000, b'{"text": "\xff"}'):
        assert (await client.post("/documents", content=body, headers=JSON)).status_code in (400, 413)
        assert (await client.get("/documents")).status_code == 200
