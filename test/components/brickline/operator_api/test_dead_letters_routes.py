"""Operators read, replay and discard dead letters over HTTP."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from support.graveyard import Clinic, bury_orders, letters, mourner
from support.shop import Shop

PATH = "/operator/dead-letters"


def detail_of(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return json.dumps(answer.json())


async def test_letters_are_listed_in_pages_and_shown(shop: Shop, operator: httpx.AsyncClient) -> None:
    ids = await bury_orders(shop, 1, 2, 3)
    first = (await operator.get(PATH, params={"limit": 2, "group": "orders"})).json()
    rest = (await operator.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    seen = [item["dead_letter_id"] for item in (*first["items"], *rest["items"])]
    assert (sorted(seen), rest["next_cursor"]) == (sorted(map(str, ids.values())), None)
    shown = (await operator.get(f"{PATH}/{ids[1]}")).json()
    assert json.loads(shown["body"]["text"])["data"] == {"number": 1}
    groups = (await operator.get(f"{PATH}/groups")).json()
    assert [group["letters"] for group in groups] == [2, 1]


async def test_a_replay_names_the_operator_and_says_what_became_of_the_canary(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    await bury_orders(shop, 1, 3)
    clinic = Clinic()
    clinic.all_cured = True
    async with shop.running(clinic.consumer(), mourner()):
        report = (await operator.post(f"{PATH}/replay", json={"filter": {"group": "orders"}})).json()
    assert ([canary["outcome"] for canary in report["canaries"]], report["replayed"]) == (["settled"], 2)
    assert {letter.closed_by for letter in await letters(shop)} == {"ann"}


async def test_an_edited_event_takes_the_place_of_one_letters_own(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    [letter] = (await bury_orders(shop, 1)).values()
    event = json.loads((await operator.get(f"{PATH}/{letter}")).json()["body"]["text"])
    event["data"] = {"number": 8}
    answer = await operator.post(
        f"{PATH}/replay", json={"ids": [str(letter)], "event": event, "canary": False}
    )
    [row] = await shop.waiting()
    assert (answer.json()["replayed"], json.loads(row["body"])["data"]) == (1, {"number": 8})


async def test_a_discard_keeps_its_reason(shop: Shop, operator: httpx.AsyncClient) -> None:
    [letter] = (await bury_orders(shop, 1)).values()
    body = {"ids": [str(letter)], "reason": "test data"}
    assert (await operator.post(f"{PATH}/discard", json=body)).json()["discarded"] == 1
    shown = (await operator.get(f"{PATH}/{letter}")).json()
    assert (shown["state"], shown["closed_by"], shown["discard_reason"]) == ("discarded", "ann", "test data")


async def test_a_dry_run_changes_nothing(shop: Shop, operator: httpx.AsyncClient) -> None:
    await bury_orders(shop, 1)
    for path, body in (("replay", {}), ("discard", {"reason": "no"})):
        answer = await operator.post(f"{PATH}/{path}", json={"all": True, "dry_run": True, **body})
        assert answer.json()["groups"][0]["letters"] == 1
    assert len(await letters(shop, state="dead")) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("replay", {}),
        ("replay", {"all": True, "ids": [str(uuid4())]}),
        ("replay", {"ids": []}),
        ("replay", {"ids": ["no id"]}),
        ("replay", {"filter": {}}),
        ("replay", {"filter": {"nosuch": "x"}}),
        ("replay", {"filter": {"group": "a\x00b"}}),
        ("replay", {"filter": {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}}),
        ("replay", {"filter": {"state": "discarded"}}),
        ("replay", {"filter": {"service": "nosuch"}}),
        ("replay", {"all": True, "rate": 0}),
        ("replay", {"all": True, "rate": -1}),
        ("replay", {"all": True, "canary_timeout_s": 0}),
        ("replay", {"all": True, "event": {}}),
        ("replay", {"all": True, "nosuch": 1}),
        ("discard", {"all": True}),
        ("discard", {"all": True, "reason": ""}),
        ("discard", {"all": True, "reason": "  "}),
        ("discard", {"reason": "why"}),
    ],
)
async def test_a_request_that_makes_no_sense_is_a_problem_and_changes_nothing(
    shop: Shop, operator: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    await bury_orders(shop, 1)
    detail_of(await operator.post(f"{PATH}/{path}", json=body), 422)
    assert len(await letters(shop, state="dead")) == 1


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "cursor=x", "since=yesterday", "nosuch=1", "group=%00", "state=gone", "ids=x"],
)
async def test_a_list_of_nonsense_is_a_problem(operator: httpx.AsyncClient, query: str) -> None:
    detail_of(await operator.get(f"{PATH}?{query}"), 422)


async def test_what_is_not_there_is_404_and_what_has_ended_is_409(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    [letter] = (await bury_orders(shop, 1)).values()
    unknown = str(uuid4())
    assert unknown in detail_of(await operator.get(f"{PATH}/{unknown}"), 404)
    assert unknown in detail_of(await operator.post(f"{PATH}/replay", json={"ids": [unknown]}), 404)
    body = {"ids": [str(letter)], "canary": False}
    assert (await operator.post(f"{PATH}/replay", json=body)).status_code == 200
    assert str(letter) in detail_of(await operator.post(f"{PATH}/replay", json=body), 409)


async def test_an_event_that_is_not_the_letters_is_refused(shop: Shop, operator: httpx.AsyncClient) -> None:
    [letter] = (await bury_orders(shop, 1)).values()
    event = json.loads((await operator.get(f"{PATH}/{letter}")).json()["body"]["text"])
    body = {"ids": [str(letter)], "event": {**event, "id": str(uuid4())}}
    assert "keep it" in detail_of(await operator.post(f"{PATH}/replay", json=body), 422)
    assert len(await letters(shop, state="dead")) == 1
