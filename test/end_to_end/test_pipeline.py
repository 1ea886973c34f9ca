"""The main job, over HTTP alone, on the product as one process and as three services."""

import asyncio
from uuid import UUID, uuid4

from end_to_end.api import Api, api_of, is_problem
from end_to_end.flood import GROUPS
from end_to_end.rows import analysis_held_up, rows_of
from end_to_end.stacks import TENANTS, Stack
from end_to_end.texts import NOTE, long_text, note
from support.waiting import eventually

KIB = 1024


async def test_a_document_is_accepted_with_what_is_needed_to_follow_it(api: Api) -> None:
    response = await api.post(NOTE)
    accepted = response.json()
    assert response.status_code == 202
    assert accepted["status"] == "accepted"
    assert UUID(accepted["document_id"]).version == 7
    assert response.headers["location"] == f"/jobs/{accepted['job_id']}"
    assert int(response.headers["retry-after"]) >= 1
    assert accepted["trace_id"] == response.headers["x-trace-id"]
    followed = await api.write.get(response.headers["location"])
    assert followed.json()["job_id"] == accepted["job_id"]
    assert followed.json()["trace_id"] == accepted["trace_id"]


async def test_a_job_ends_completed_with_every_step_done(api: Api) -> None:
    accepted = await api.accepted(NOTE)
    job = await api.completed(accepted["job_id"])
    assert job["steps"] == {"done": 3, "total": 3}
    assert job["documents"] == [
        {
            "document_id": accepted["document_id"],
            "title": "Ferry timetable review",
            "state": "reported",
            "detail": None,
            "waiting": None,
        }
    ]
    assert job["created_at"] < job["updated_at"]


async def test_when_a_job_is_completed_its_insights_can_be_read(api: Api) -> None:
    accepted = await api.accepted(NOTE)
    await api.completed(accepted["job_id"])
    response = await api.insights(accepted["document_id"])
    found = response.json()
    assert response.status_code == 200
    assert {name: found[name] for name in ("document_id", "job_id", "trace_id")} == {
        name: accepted[name] for name in ("document_id", "job_id", "trace_id")
    }
    assert found["title"] == "Ferry timetable review"
    assert found["model"].startswith("extractive")
    assert "late ferry" in found["insights"]["summary"]
    assert any("ferry" in theme.lower() for theme in found["insights"]["themes"])


async def test_a_title_that_is_sent_is_kept(api: Api) -> None:
    assert (await api.analysed(NOTE, title="  Late ferry,\n a trial "))["title"] == "Late ferry, a trial"


async def test_the_report_counts_each_theme_over_the_documents_of_the_tenant(api: Api) -> None:
    first = await api.analysed(NOTE)
    second = await api.analysed(NOTE.upper() + " Second version.")
    report = (await api.read.get("/reports/themes")).json()
    shared = report["themes"][0]
    assert report["documents"] == 2
    assert shared["count"] == 2
    assert [document["document_id"] for document in shared["documents"]] == [
        first["document_id"],
        second["document_id"],
    ]
    assert (await api.read.get("/reports/themes", params={"limit": 1})).json()["themes"] == [shared]


async def test_a_tenant_without_documents_has_an_empty_report(api: Api) -> None:
    report = (await api.read.get("/reports/themes")).json()
    assert (report["documents"], report["themes"]) == (0, [])


async def test_one_trace_id_leads_through_the_logs_of_every_tier(stack: Stack, api: Api) -> None:
    accepted = await api.accepted(NOTE)
    await api.completed(accepted["job_id"])
    last_groups = set(GROUPS)

    def settled() -> bool:
        lines = [line for line in stack.log() if line.get("trace_id") == accepted["trace_id"]]
        assert {line["service"] for line in lines} >= {"ingestion", "analysis", "reporting"}
        assert {line["group"] for line in lines if line["event"] == "event.settled"} == last_groups
        return any(line.get("path") == "/documents" for line in lines)

    await eventually(settled)


async def test_a_trace_that_the_caller_began_goes_on(api: Api) -> None:
    trace_id = uuid4().hex
    found = await api.analysed(NOTE, headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
    assert found["trace_id"] == trace_id


async def test_insights_that_do_not_exist_yet_are_a_404_that_says_how_far_the_document_is(
    stack: Stack, api: Api
) -> None:
    async with analysis_held_up(stack.database_url):
        accepted = await api.accepted(NOTE)

        async def known() -> bool:
            detail = is_problem(await api.insights(accepted["document_id"]), 404)
            assert "Ferry timetable review" in detail
            return "is being analysed" in detail

        await eventually(known)
        job = await api.job(accepted["job_id"])
        assert (job["state"], job["steps"]) == ("running", {"done": 1, "total": 3})
    await api.completed(accepted["job_id"])
    assert (await api.insights(accepted["document_id"])).status_code == 200


async def test_the_same_idempotency_key_and_document_are_accepted_once(
    stack: Stack, api: Api, tenant: str
) -> None:
    key = {"Idempotency-Key": "letter-1"}
    answers = await asyncio.gather(*(api.accepted(NOTE, headers=key) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    await api.completed(answers[0]["job_id"])
    assert await api.accepted(NOTE, headers=key) == answers[0]
    assert (await rows_of(stack.database_url, tenant))["ingestion.documents"] == 1


async def test_an_idempotency_key_that_comes_back_with_another_document_is_refused(
    stack: Stack, api: Api, tenant: str
) -> None:
    key = {"Idempotency-Key": "letter-2"}
    await api.accepted(NOTE, headers=key)
    detail = is_problem(await api.post(NOTE + "P.S.", headers=key), 422)
    assert "letter-2" in detail
    assert (await rows_of(stack.database_url, tenant))["ingestion.documents"] == 1


async def test_tenants_see_nothing_of_each_other(stack: Stack, api: Api, tenant: str) -> None:
    other_tenant = TENANTS[TENANTS.index(tenant) - 1]
    key = {"Idempotency-Key": "shared"}
    mine = await api.accepted(NOTE, headers=key)
    await api.completed(mine["job_id"])
    async with api_of(stack, other_tenant) as other:
        is_problem(await other.write.get(f"/jobs/{mine['job_id']}"), 404)
        detail = is_problem(await other.insights(mine["document_id"]), 404)
        assert "Ferry" not in detail
        themes = (await other.read.get("/reports/themes")).json()["themes"]
        assert mine["document_id"] not in str(themes)
        theirs = await other.accepted("Another letter under the same key.", headers=key)
        assert theirs["document_id"] != mine["document_id"]


async def test_a_document_of_several_parts_ends_with_one_insight(stack: Stack, api: Api, tenant: str) -> None:
    found = await api.analysed(long_text(600 * KIB))
    assert "ferry" in found["insights"]["summary"].lower()
    assert (await api.read.get("/reports/themes")).json()["documents"] == 1
    rows = await rows_of(stack.database_url, tenant)
    assert rows["analysis.analysis_parts"] >= 3
    assert (rows["analysis.analyses"], rows["reporting.documents"]) == (1, 1)


async def test_parts_that_show_nothing_do_not_stand_in_the_way_of_the_rest(api: Api) -> None:
    found = await api.analysed(NOTE + " " * (600 * KIB) + "The end of the ferry report.")
    assert "ferry" in found["insights"]["summary"].lower()


async def test_a_document_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not(
    stack: Stack, api: Api, tenant: str
) -> None:
    text = long_text(KIB * KIB)
    detail = is_problem(await api.post(text + "x"), 413)
    assert "1,048,576" in detail
    assert not await rows_of(stack.database_url, tenant)
    assert (await api.analysed(text))["insights"]["summary"]


async def test_the_limit_counts_bytes_of_utf_8(api: Api) -> None:
    is_problem(await api.post("é" * (KIB * KIB // 2) + "x"), 413)


async def test_a_hundred_documents_at_once_all_end_with_insights_of_their_own(
    stack: Stack, api: Api, tenant: str
) -> None:
    accepted = await asyncio.gather(*(api.accepted(note(number)) for number in range(100)))
    for one in accepted:
        await api.completed(one["job_id"], timeout_s=60)
    found = await asyncio.gather(*(api.insights(one["document_id"]) for one in accepted))
    for number, response in enumerate(found):
        assert response.json()["title"] == f"Inspection report {number}"
    assert len({one["document_id"] for one in accepted}) == 100
    assert (await rows_of(stack.database_url, tenant))["reporting.documents"] == 100
