"""Verdicts are shown after the commit, and which were visible is recorded with the next answer."""

import json
from typing import Any

from cotlab.checks.running.chunks import Checked
from cotlab.domain.checks import Claim, StepVerdict, Verdict
from cotlab.domain.projects.gates import Setting
from cotlab.domain.work.views import StepView
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.checks import verdicts
from cotlab.services.checks.verdicts import Wanted
from cotlab.services.work import labelling
from tests.world import World

REASON = "1 + 1 is 2, not 3"
CLAIM = Claim(start=3, end=9, kind="arithmetic", normalised="1 + 1 = 3", verdict=Verdict.REFUTED, reason=REASON)
WRONG = StepVerdict(verdict=Verdict.REFUTED, claims=(CLAIM,), reason=REASON)
HOLDS = StepVerdict(verdict=Verdict.VERIFIED, reason="the sums hold")


def find(
    world: World, found: dict[int, StepVerdict], setting: Setting = Setting.DEFAULT, problem: str = "Problem a"
) -> None:
    """Let a check have found this in the steps of a trace."""
    item = world.value("SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :p", p=problem)
    chunk = [Checked(item, position, verdict) for position, verdict in found.items()]
    world.write(lambda db: verdicts.keep(db, world.project, Wanted(setting), chunk))


def recorded(world: World) -> list[tuple[int, int]]:
    """Step of the verdict, and position of the answer it was recorded with."""
    rows = world.rows(
        """SELECT w.position, n.position AS answered FROM verdicts_shown w JOIN answers n ON n.id = w.answer_id
           WHERE n.actor_id = w.actor_id AND n.item_id = w.item_id AND n.sequence = w.sequence
           ORDER BY w.sequence, w.position"""
    )
    assert len(rows) == world.value("SELECT count(*) AS n FROM verdicts_shown")
    return [(row["position"], row["answered"]) for row in rows]


def take(world: World) -> tuple[Any, str]:
    """Ann's trace, and its problem."""
    taken = world.expert("ann").take()
    return taken, taken.problem.text


def test_a_commit_brings_what_was_found_in_its_step(world: World) -> None:
    taken, problem = take(world)
    find(world, {1: WRONG, 2: HOLDS, 3: WRONG}, problem=problem)
    ann = world.expert("ann")
    first = ann.commit(taken.id, 1, "incorrect")
    assert first.evidence is not None
    assert first.evidence.model_dump(mode="json") == {
        "verdict": "refuted", "said": "a sum does not hold", "reason": REASON,
        "claims": [{
            "start": 3, "end": 9, "kind": "arithmetic", "verdict": "refuted", "said": "a sum does not hold",
            "reason": REASON, "conflicts_with": None,
        }],
    }  # fmt: skip
    second = ann.commit(taken.id, 2)
    assert second.evidence is not None and second.evidence.said == "the sums hold"


def test_no_step_comes_with_a_verdict_before_its_commit(world: World) -> None:
    taken, problem = take(world)
    find(world, {0: WRONG, 1: HOLDS, 2: WRONG, 3: WRONG}, problem=problem)
    ann = world.expert("ann")
    assert "evidence" in taken.next.step.model_dump() and taken.next.step.evidence is None
    assert _step(world, taken.id, 1).evidence is None
    committed = ann.commit(taken.id, 1)
    assert b"sum does not hold" not in committed.model_dump_json().encode()
    view = ann.take()
    assert [one.evidence and one.evidence.verdict for one in view.done] == [Verdict.VERIFIED]
    assert view.next.kind == "step" and view.next.step.evidence is None


def test_a_step_that_is_read_back_and_a_trace_that_is_opened_again_carry_it(world: World) -> None:
    taken, problem = take(world)
    ann = world.expert("ann")
    assert ann.commit(taken.id, 1).evidence is None
    find(world, {1: WRONG, 2: WRONG}, problem=problem)
    back = _step(world, taken.id, 1)
    assert back.evidence is not None and back.evidence.reason == REASON
    again = ann.take()
    assert again.evidence_shown and [one.evidence is not None for one in again.done] == [True]


def test_policy_keeps_it_back(world: World) -> None:
    taken, problem = take(world)
    find(world, {1: WRONG, 2: WRONG}, problem=problem)
    ann = world.expert("ann")
    for policy in ({"show_evidence": False}, {"checks": "off"}):
        world.set_policy(**policy)
        position = taken.next.step.position
        assert ann.commit(taken.id, position).evidence is None
        assert _step(world, taken.id, position).evidence is None
        taken = ann.take()
        assert not taken.evidence_shown and all(one.evidence is None for one in taken.done)
    ann.commit(taken.id, 3)
    assert recorded(world) == []


def test_the_setting_of_the_policy_says_which_verdict_is_shown(world: World) -> None:
    taken, problem = take(world)
    find(world, {1: HOLDS, 2: HOLDS}, problem=problem)
    find(world, {1: WRONG, 2: WRONG}, Setting.ALL_KINDS, problem)
    ann = world.expert("ann")
    first = ann.commit(taken.id, 1)
    world.set_policy(checks="all-kinds")
    second = ann.commit(taken.id, 2)
    assert first.evidence is not None and second.evidence is not None
    assert (first.evidence.verdict, second.evidence.verdict) == (Verdict.VERIFIED, Verdict.REFUTED)


def test_what_was_visible_is_recorded_once_with_the_next_answer(world: World) -> None:
    taken, problem = take(world)
    find(world, {1: WRONG, 2: HOLDS, 3: WRONG}, problem=problem)
    ann = world.expert("ann")
    first = ann.commit(taken.id, 1)
    assert recorded(world) == []
    ann.commit(taken.id, 1, "incorrect", replaces=first.label_id)
    ann.commit(taken.id, 2)
    assert recorded(world) == [(1, 1)]
    ann.commit(taken.id, 3)
    assert recorded(world) == [(1, 1), (2, 3)]
    ann.finish(taken.id)
    assert recorded(world) == [(1, 1), (2, 3), (3, 0)]


def test_what_came_after_its_commit_is_recorded_once_it_could_be_read(world: World) -> None:
    taken, problem = take(world)
    ann = world.expert("ann")
    ann.commit(taken.id, 1)
    ann.commit(taken.id, 2)
    find(world, {1: WRONG, 2: HOLDS}, problem=problem)
    ann.commit(taken.id, 3)
    assert recorded(world) == [(1, 3), (2, 3)]


def test_each_person_has_their_own_record(world: World) -> None:
    find(world, {1: WRONG, 2: HOLDS, 3: HOLDS})
    for name in ("ann", "bob"):
        for _ in range(3):
            world.expert(name).label_all()
    assert recorded(world) == [(1, 2), (2, 3), (3, 0)] * 2


def test_what_was_visible_is_held_against_its_event(world: World) -> None:
    find(world, {1: WRONG, 2: HOLDS, 3: HOLDS})
    for _ in range(3):
        world.expert("ann").label_all()
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
    rows = world.rows("SELECT body FROM events WHERE chain <> 'server' ORDER BY sequence")
    events = [json.loads(row["body"])["data"] for row in rows]
    assert [data["evidence"] for data in events if "evidence" in data] == [[[n, "1.1 default"]] for n in (1, 2, 3)]


def _step(world: World, assignment_id: str, position: int) -> StepView:
    person = world.person("ann")
    return world.store.read(lambda db: labelling.step(db, person, assignment_id, position))
