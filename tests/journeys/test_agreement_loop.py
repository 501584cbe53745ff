"""From a disagreement to the rule that was missing, and to the agreement after it, through a real server."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cotlab.client import Client, new_key
from cotlab.domain.cases import ChoiceBody, ClaimCaseBody, DecisionBody
from cotlab.domain.work.views import StepView
from cotlab.services.audit.verification import verify
from cotlab.services.people.setup import open_database
from tests.journeys.programme import (
    EVERYDAY,
    EXPERTS,
    MENDED,
    OPEN_DOMAIN,
    STEPS,
    TRACES,
    Programme,
    judged,
    prepare,
    trace,
    work,
)
from tests.journeys.servers import ServerProcess, running

pytestmark = pytest.mark.slow

WAIT = 60.0


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    return prepare(tmp_path_factory.mktemp("programme"))


@pytest.fixture(scope="module")
def server(programme: Programme) -> Iterator[ServerProcess]:
    with running(programme.settings.database, programme.settings.key_path()) as found:
        yield found


def cotlab(programme: Programme, server: ServerProcess, who: str, *arguments: str) -> str:
    environment = {**os.environ, "COTLAB_SERVER": server.url, "COTLAB_TOKEN": programme.tokens[who]}
    command = [sys.executable, "-m", "cotlab", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=programme.folder, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(rule_known: bool) -> dict[tuple[int, int, str], str]:
    """Number of the trace, position and expert -> the label that the script has them give."""
    found = {}
    for number in range(TRACES):
        one = trace(number)
        for position, step in enumerate(one.steps, 1):
            view = StepView(position=position, text=step.text)
            for name in EXPERTS:
                body = judged(name, number, view, one.problem.domain, rule_known)
                found[number, position, name] = body.label
    return found


def split_steps(labels: dict[tuple[int, int, str], str]) -> list[tuple[int, int]]:
    places = sorted({(number, position) for number, position, _ in labels})
    return [place for place in places if len({labels[(*place, name)] for name in EXPERTS}) > 1]


async def cases_open(client: Client, project: str, expected: int) -> None:
    """Wait until the server has drawn the consequences of the labels."""
    ends = time.monotonic() + WAIT
    while time.monotonic() < ends:
        found = await client.cases(project, {"state": "open"})
        if found.total == expected:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{found.total} cases were opened, and {expected} steps are split")


async def case_behind_the_number(programme: Programme, url: str, expected: int) -> str:
    """The lead goes from the cell of the diagnosis to the steps behind it, and from there to a case."""
    async with Client(url, programme.tokens["lea"]) as lead:
        query = {"labels": "correct,redundant", "where": f"domain={OPEN_DOMAIN}", "limit": 500}
        behind = await lead.disputed_steps(programme.project, query)
        assert behind.total == expected
        step = next(step for step in behind.steps if "again" in step.step)
        assert {one.person for one in step.labels} == set(EXPERTS)
        assert step.case_id is not None and step.case_state == "open"
        return step.case_id


async def decide_with_gap(programme: Programme, url: str, case_id: str) -> None:
    """The adjudicator decides a case on what restates: first blind, then with the labels of others."""
    async with Client(url, programme.tokens["adj"]) as client:
        wanted = ClaimCaseBody(case_id=case_id)
        claimed = await client.claim_case(programme.project, wanted, new_key())
        if claimed.guideline_version_id is not None:
            await client.acknowledge(programme.project, claimed.guideline_version_id)
            claimed = await client.claim_case(programme.project, wanted, new_key())
        case = claimed.case
        assert case is not None and case.step is not None, claimed
        assert case.evidence is None and case.choice is None
        chosen = await client.choose(case.id, ChoiceBody(label="redundant"), new_key())
        labels = chosen.evidence.labels
        assert {one.label for one in labels} == {"correct", "redundant"}
        assert not {one.name for one in labels} & set(EXPERTS), "names stay hidden"
        body = DecisionBody(label="redundant", rationale="it stands above", gap="no rule says what restates")
        decided = await client.decide(case.id, body, new_key())
        assert decided.decided


def export(programme: Programme, server: ServerProcess, labels: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    path = programme.folder / f"{labels}.jsonl"
    arguments = ("export", "--project", "pilot", "--format", "native", "--labels", labels, "--out", str(path))
    cotlab(programme, server, "exp", *arguments)
    manifest = json.loads(Path(f"{path}.manifest.json").read_text(encoding="utf-8"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()], manifest


async def test_the_loop(programme: Programme, server: ServerProcess) -> None:
    before, after = said(rule_known=False), said(rule_known=True)
    commits = await asyncio.gather(*(work(programme, server.url, name) for name in EXPERTS))
    assert sum(commits) == len(before) == TRACES * STEPS * len(EXPERTS)

    # The report points at the boundary and at the domain first.
    diagnosis = json.loads(cotlab(programme, server, "lea", "agreement", "--project", "pilot", "--diagnose",
                                  "--by", "domain", "--json"))  # fmt: skip
    first = diagnosis["cells"][0]
    assert (set(first["labels"]), first["slice"], first["rule"]) == (
        {"correct", "redundant"}, {"domain": OPEN_DOMAIN}, None,
    )  # fmt: skip

    # The server has taken the agreement by itself, and tells the lead.
    async with Client(server.url, programme.tokens["lea"]) as lead:
        ends = time.monotonic() + WAIT
        while not (taken := await lead.taken_agreement(programme.project)) and time.monotonic() < ends:
            await asyncio.sleep(0.2)
        assert {one.domain for one in taken if one.below} == {OPEN_DOMAIN}

    # A case is decided, and the guideline is found to lack a rule.
    split = split_steps(before)
    async with Client(server.url, programme.tokens["adj"]) as adjudicator:
        await cases_open(adjudicator, programme.project, len(split))
    behind = [(number, position) for number, position in split if number < EVERYDAY]
    case_id = await case_behind_the_number(programme, server.url, len(behind))
    await decide_with_gap(programme, server.url, case_id)
    shown = cotlab(programme, server, "lea", "agreement", "--project", "pilot", "--diagnose")
    assert "no rule says what restates" in shown, shown

    # Version 1.1 says what restates, and asks anew for exactly the labels that it touches.
    (programme.folder / "1.1.md").write_text(MENDED, encoding="utf-8")
    touched = [
        key for key, label in before.items() if key[0] < EVERYDAY and label in ("correct", "redundant")
    ]  # fmt: skip
    impact = json.loads(cotlab(programme, server, "lea", "guideline", "impact", "1.1.md", "--json"))
    assert impact[0]["going_stale"]["labels"] == len(touched)
    published = cotlab(programme, server, "lea", "guideline", "publish", "1.1.md", "--project", "pilot")
    assert f"{len(touched):,} labels are to be given anew" in published, published
    stale = cotlab(programme, server, "lea", "guideline", "stale", "--project", "pilot")
    assert f"{len(touched):,} labels are stale" in stale, stale

    # They are redone by experts who follow the rule.
    redone = await asyncio.gather(*(work(programme, server.url, name, rule_known=True) for name in EXPERTS))
    assert sum(redone) == len(touched)
    assert "0 labels are stale" in cotlab(programme, server, "lea", "guideline", "stale", "--project", "pilot")

    # Agreement rose, and the interval of the rise excludes zero.
    risen = json.loads(cotlab(programme, server, "lea", "agreement", "--project", "pilot", "--before", "small@1.0",
                              "--version", "small@1.1", "--json"))  # fmt: skip
    assert risen["interval"]["low"] > 0, risen
    assert risen["after"]["value"] > risen["before"]["value"]

    # The export holds no stale label, and names both versions.
    rows, manifest = export(programme, server, "each")
    assert manifest["stale_labels"] == 0 and not any(
        label.get("stale") for row in rows for step in row["steps"] for label in step["labels"]
    )
    assert set(manifest["guidelines"]) == {"small 1.0", "small 1.1"}
    rows, manifest = export(programme, server, "settled")
    kept = {
        (row["id"], position): step["labels"][0]
        for row in rows
        for position, step in enumerate(row["steps"], 1)
        if step["labels"]
    }
    still_split = {(number, position) for number, position in split_steps(after)}
    assert manifest["guidelines"].keys() == {"small 1.0", "small 1.1"}
    for number in range(TRACES):
        first_split = min((position for one, position in still_split if one == number), default=STEPS + 1)
        for position in range(1, STEPS + 1):
            assert ((str(number), position) in kept) == (position < first_split), (number, position)
            if position < first_split:
                assert kept[str(number), position]["value"] == after[number, position, "ann"]

    # The labeller reads the decision, once their own redo is done.
    async with Client(server.url, programme.tokens["ann"]) as ann:
        (entry,) = [one for one in await ann.my_cases(programme.project) if one.case_id == case_id]
        assert not entry.seen
        decided = await ann.my_case(programme.project, case_id)
        assert decided.opinions[0].gap == "no rule says what restates"
        assert [one.name for one in decided.labels].count("you") == 1


async def test_what_happened_can_be_proven(programme: Programme, server: ServerProcess) -> None:
    server.stop()
    with closing(open_database(programme.settings)) as store:
        verdicts = store.read(lambda db: verify(db, [programme.public_key], [], []))
    server.start()
    assert {chain: verdict.findings for chain, verdict in verdicts.items() if not verdict.good} == {}
