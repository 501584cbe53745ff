"""Agreement over HTTP: the steps behind a cell, and what a pause says to those who label."""

import pytest

from cotlab.services.agreement.recording import take_agreement
from tests.api.conftest import Site

STEPS = "/v1/projects/{project}/agreement/steps"


@pytest.fixture
def labelled(site: Site) -> Site:
    """Ann and bob differ on the first step of a trace."""
    site.world.set_policy(agreement_after=2, agreement_bar=1.0, pause_below_bar=True)
    for who, label in (("ann", "correct"), ("bob", "redundant")):
        site.world.expert(who).label_all([label])
    take_agreement(site.world.store, site.world.project)
    return site


async def test_slices_narrow_each_other(labelled: Site) -> None:
    everything = await labelled.done("lea", "GET", STEPS)
    assert (everything["total"], everything["steps"][0]["position"]) == (1, 1)
    for query, total in (
        ("?labels=correct,redundant&where=domain=mathematics&where=position=1", 1),
        ("?labels=correct,redundant&where=domain=mathematics&where=position=2", 0),
        ("?where=pair=bob%20~%20ann&rule=none&kinds=true&limit=1&offset=0", 1),
        ("?where=minutes=0-15&where=cohort=(none)&version=step-correctness%201.0", 1),
    ):
        assert (await labelled.done("lea", "GET", STEPS + query))["total"] == total, query


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("?labels=corect", 422, "labels: no guideline version of this project has a label corect"),
        ("?where=domain", 422, "where: 'domain' is no slice, as domain=law"),
        ("?where=colour=red", 422, "where: 'colour=red' is no slice"),
        ("?version=none%201", 422, "version: no label was given under none 1"),
        ("?limit=0", 400, ""), ("?limit=501", 400, ""), ("?offset=-1", 400, ""), ("?kinds=x", 400, ""),
        ("?" + "&".join(["where=domain=law"] * 11), 400, ""), ("?rule=" + "x" * 201, 400, ""),
    ],
)  # fmt: skip
async def test_what_does_not_fit(labelled: Site, query: str, status: int, sentence: str) -> None:
    response = await labelled.call("lea", "GET", STEPS + query)
    assert response.status_code == status and sentence in response.text, response.text


async def test_who_labels_reads_of_a_pause_and_of_no_number(labelled: Site) -> None:
    (taken,) = await labelled.done("lea", "GET", "/v1/projects/{project}/agreement/taken")
    assert taken["below"] and taken["paused"] and taken["diagnosis"]["cells"]
    claimed = await labelled.call("cyn", "POST", "/v1/projects/{project}/claim")
    assert claimed.json() == {
        "assignment": None, "receipt": None, "nothing": "paused", "until": None, "guideline_version_id": None,
    }  # fmt: skip
    (entry,) = (await labelled.done("cyn", "GET", "/v1/queue?day_starts_at=0"))["projects"]
    assert (entry["waiting"], entry["below_bar"]) == (False, [])
    body = {"domain": "mathematics", "reason": "the rule is written"}
    await labelled.done("lea", "POST", "/v1/projects/{project}/agreement/go-on", body)
    assert (await labelled.done("cyn", "POST", "/v1/projects/{project}/claim"))["assignment"] is not None
