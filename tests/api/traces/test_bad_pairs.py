"""Broken pairs and broken preferences over HTTP: one sentence that names the place, and nothing changes."""

import json
from typing import Any

import pytest

from tests.api.conftest import Site
from tests.bad_pairs import BAD, GOOD, TURNED
from tests.services.work import comparing

NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.mark.parametrize(("what", "line", "field", "why"), BAD, ids=[one[0] for one in BAD])
async def test_a_broken_pair_is_named_and_the_others_come_in(
    site: Site, what: str, line: bytes, field: str, why: str
) -> None:
    content = b"\n".join((GOOD, line, TURNED))
    response = await site.call("lea", "POST", "/v1/projects/{project}/import", content=content, headers=NDJSON)
    assert response.status_code == 200, what
    report = response.json()
    assert (report["pairs"], report["duplicates"], report["broken_lines"]) == (1, 1, 1)
    (broken,) = report["broken"]
    assert broken["line"] == 2 and broken["field"] == field and why in broken["why"]
    assert len(response.content) < 1_000, "what was sent is not repeated"
    assert site.world.value("SELECT count(*) FROM pairs") == 1


async def test_a_pair_that_is_there_already_is_counted_and_makes_no_event(site: Site) -> None:
    path = "/v1/projects/{project}/import"
    await site.done("lea", "POST", path, content=GOOD, headers=NDJSON)
    events = site.world.kinds()
    for again in (GOOD, TURNED):
        report = await site.done("lea", "POST", path, content=again, headers=NDJSON)
        assert (report["pairs"], report["duplicates"], report["broken_lines"]) == (0, 1, 0)
    assert site.world.kinds() == events


def preference(**fields: Any) -> dict[str, Any]:
    return {**comparing.body("better").model_dump(exclude_none=True), **fields}


@pytest.mark.parametrize(
    ("what", "policy", "body", "status", "says"),
    [
        ("an unknown criterion", {}, preference(criteria={"beauty": "better"}), 422,
         "criteria.beauty: preference 1.0 has no such criterion (correctness, completeness, clarity, safety, "
         "following-instruction)"),
        ("a strength outside the scale", {"scale_points": 3}, preference(overall="much-better"), 422,
         "overall: much-better is not on the scale of this project (better, tie, worse)"),
        ("a strength of a criterion outside the scale", {"scale_points": 2},
         preference(criteria=dict.fromkeys(comparing.CRITERIA, "tie")), 422,
         "criteria.correctness: tie is not on the scale of this project (better, worse)"),
        ("a strength that is none", {}, preference(overall="best"), 422, "overall"),
        ("a strength as a number", {}, preference(overall=3), 422, "overall"),
        ("a missing justification", {"justify": "always"}, preference(), 422, "rationale: say why"),
        ("a blank justification", {"justify": "always"}, preference(rationale=" \n"), 422, "rationale: say why"),
        ("a strong choice without one", {"justify": "strong"}, preference(overall="much-worse"), 422,
         "rationale: much-worse needs a reason"),
        ("a contradiction without one", {}, preference(criteria=dict.fromkeys(comparing.CRITERIA, "worse")), 422,
         "rationale: more criteria speak for the other response; say why"),
        ("cannot judge without one", {}, {"overall": "cannot-judge"}, 422, "rationale: say why this cannot be judged"),
        ("a criterion without an answer", {}, preference(criteria={"clarity": "better"}), 422,
         "criteria: say which response is better on correctness, completeness, safety, following-instruction"),
        ("a side that is none", {}, preference(safety="top"), 422, "safety"),
        ("a long rationale", {}, preference(rationale="x" * 200_001), 422, "rationale"),
    ],
)  # fmt: skip
async def test_a_broken_preference_has_one_sentence_and_changes_nothing(
    site: Site, what: str, policy: dict[str, Any], body: dict[str, Any], status: int, says: str
) -> None:
    comparing.prepare(site.world)
    site.world.set_policy(overlap=2, **policy)
    comparing.add(site.world, comparing.pair("a"))
    view, _ = comparing.take(site.world.expert("ann"))
    events = site.world.kinds()
    response = await site.call("ann", "POST", f"/v1/assignments/{view.id}/preference", body)
    detail = response.json()["detail"]
    assert response.status_code == status, (what, response.status_code, detail)
    assert detail.startswith(says) and "\n" not in detail and len(detail) < 300, detail
    assert [one["field"] for one in response.json().get("fields", ())] in ([], [says.partition(":")[0]])
    assert site.world.kinds() == events
    assert site.world.rows("SELECT 1 AS n FROM answers WHERE assignment_id = :a", a=view.id) == []


async def test_half_of_a_surrogate_pair_and_10_mb_are_refused_as_they_come(site: Site) -> None:
    comparing.prepare(site.world)
    comparing.add(site.world, comparing.pair("a"))
    view, _ = comparing.take(site.world.expert("ann"))
    path, headers = f"/v1/assignments/{view.id}/preference", {"Content-Type": "application/json"}
    text = json.dumps(preference(rationale="?"))
    for rationale, status, says in (
        (r"\ud800", 400, "half of a surrogate pair"), ("x" * 10_000_000, 413, "")
    ):  # fmt: skip
        content = text.replace('"?"', f'"{rationale}"').encode()
        response = await site.call("ann", "POST", path, content=content, headers=headers)
        assert response.status_code == status and says in response.json()["detail"], response.text[:300]
        assert len(response.content) < 1_000
