"""Gold, calibration, agreement and pilots of pairs, over HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cotlab.storage import Store
from tests.api.conftest import Site, site_over
from tests.services.gold.comparing_gold import FIELD, gold_pair
from tests.services.work import comparing
from tests.support import Clock
from tests.world import people_and_project

NDJSON = {"Content-Type": "application/x-ndjson"}
P = "/v1/projects/{project}"


@pytest.fixture
async def site(store: Store, clock: Clock) -> AsyncIterator[Site]:
    """A site where pairs alone wait."""
    world = people_and_project(store, clock)
    comparing.prepare(world)
    site = site_over(world)
    yield site
    await site.http.aclose()


def lines(*names: str, **fields: Any) -> bytes:
    records = (json.loads(gold_pair(name, **fields).model_dump_json(exclude_defaults=True)) for name in names)
    said = {"overall": "it is right", "clarity": "it is clear"}
    return b"\n".join(json.dumps({**one, "justifications": said}).encode() for one in records)


async def brought(site: Site, *names: str) -> list[dict[str, Any]]:
    content = lines(*names, criteria={"clarity": "tie"})
    report = await site.done("lea", "POST", f"{P}/gold/import", content=content, headers=NDJSON)
    assert (report["format"], report["items"], report["steps"], report["broken"]) == ("native-pairs", len(names), 0, [])
    found: list[dict[str, Any]] = (await site.done("lea", "GET", f"{P}/gold"))["items"]
    return found


async def compare(site: Site, who: str, choice: str = "better") -> tuple[dict[str, Any], dict[str, Any]]:
    """Claim a pair; the choice is of "one of" against "other of"."""
    view = (await site.done(who, "POST", f"{P}/claim"))["assignment"]
    turned = not view["next"]["pair"]["left"].startswith("one of")
    overall = {"better": "worse", "worse": "better"}[choice] if turned else choice
    body = comparing.body(overall, criteria=dict.fromkeys(comparing.CRITERIA, "tie"), rationale="so").model_dump()
    return view, await site.done(who, "POST", f"/v1/assignments/{view['id']}/preference", body)


async def test_gold_pairs_are_listed_corrected_and_told_in_training(site: Site) -> None:
    site.world.set_policy(overlap=2, gate={"steps": 1, "threshold": 0.1, "recall_steps": 50})
    items = await brought(site, "g1", "g2")
    assert [(one["task"], len(one["responses"]), one["criteria"][0]["criterion"]) for one in items] == [
        ("pairs", 2, "clarity")
    ] * 2
    corrected = {"criterion": "safety", "label": "tie", "justification": "neither harms"}
    await site.done("lea", "POST", f"{P}/gold/{items[0]['item_id']}/corrections", corrected)
    wrong = await site.call("lea", "POST", f"{P}/gold/{items[0]['item_id']}/corrections", {**corrected, "position": 2})
    assert wrong.status_code == 422 and "a criterion is of a pair" in wrong.text
    drawn = await site.done("lea", "POST", f"{P}/calibration/sets", {"domain": FIELD, "training": 1})
    assert (drawn["training"], drawn["counted"], drawn["domain"]) == (1, 1, FIELD)
    view, done = await compare(site, "ann")
    assert view["purpose"] == "calibration"
    assert [(one["question"], one["right"]) for one in done["feedback"]][:2] == [("overall", True), ("clarity", True)]
    again = await site.done("ann", "GET", f"/v1/assignments/{view['id']}/preference")
    assert again["feedback"] == done["feedback"]
    _, counted = await compare(site, "ann")
    assert counted["feedback"] == []
    (mine,) = await site.done("ann", "GET", f"{P}/my-calibration")
    assert (mine["domain"], mine["attempts"][0]["result"]["steps"]) == (FIELD, 1)
    board = await site.done("lea", "GET", f"{P}/calibration")
    result = next(one for one in board["standings"] if one["person"] == "ann")["attempts"][0]["result"]
    assert {one["coefficient"] for one in result["beside"]} == {"cohen-kappa", "alpha-ordinal"}


async def test_agreement_and_its_pairs_are_there_for_the_lead(site: Site) -> None:
    site.world.set_policy(overlap=2)
    comparing.add(site.world, comparing.pair("a"), comparing.pair("b"))
    for who, choices in (("ann", ("better", "better")), ("bob", ("better", "worse"))):
        for choice in choices:
            await compare(site, who, choice)
    query = "task=pairs&replicates=0&coefficient=percent,alpha-ordinal&by=question"
    found = await site.done("lea", "GET", f"{P}/agreement?{query}")
    values = {(one["slice"].get("question"), one["coefficient"]): one["value"] for one in found["results"]}
    assert values[None, "percent"] == values["overall", "percent"] == 0.5
    assert values["clarity", "percent"] == 1.0 and found["resampled"] == "pair"
    one = await site.done("lea", "GET", f"{P}/agreement?task=pairs&question=clarity&coefficient=percent")
    assert one["results"][0]["value"] == 1.0
    said = await site.done("lea", "GET", f"{P}/agreement/diagnosis?task=pairs")
    assert set(said["cells"][0]["labels"]) == {"first", "second"}
    steps = await site.done("lea", "GET", f"{P}/agreement/steps?task=pairs&labels=first,second")
    assert steps["total"] == 1 and "one of" in steps["steps"][0]["step"]
    assert (await site.done("lea", "GET", f"{P}/agreement"))["ratings"] == 0
    for bad in ("agreement?question=clarity", "agreement?task=pairs&question=x", "agreement?task=rows"):
        assert (await site.call("lea", "GET", f"{P}/{bad}")).status_code in (400, 422), bad
    assert (await site.call("ann", "GET", f"{P}/agreement?task=pairs")).status_code == 403


async def test_a_pilot_of_pairs(site: Site) -> None:
    comparing.add(site.world, comparing.pair("a"), comparing.pair("b"))
    pilot = await site.done("lea", "POST", f"{P}/pilots", {"task": "pairs", "traces": 1, "people": 2})
    assert (pilot["task"], pilot["traces"], pilot["guideline_versions"]) == ("pairs", 1, ["preference 1.0"])
    for who in ("ann", "bob"):
        view, _ = await compare(site, who)
        assert view["purpose"] == "pilot"
    found = await site.done("lea", "GET", f"{P}/pilots/report")
    assert (found["steps_compared"], found["steps_agreed"], found["assignments_finished"]) == (1, 1, 2)
    assert {one["criterion"]: one["agreed"] for one in found["criteria"]} == dict.fromkeys(comparing.CRITERIA, 1)
