"""What the queue says of cases and of agreement, and to whom."""

import pytest

from cotlab.domain.cases import ClaimCaseBody
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.work.views import QueueEntry
from cotlab.services.cases import adjudication
from cotlab.services.guidelines import versions
from cotlab.services.projects import projects
from cotlab.services.reports import my_work
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.guidelines.guideline_texts import following
from tests.world import World, trace


@pytest.fixture
def split(world: World) -> World:
    """A project in which ann and bob differ on the steps of two traces, each with a case; adj and ada adjudicate."""
    following(world, "split", "ann", "bob", "cyn")
    world.add_person("ada")
    for name in ("adj", "ada"):
        world.join(name, Role.ADJUDICATOR)
    world.set_policy(overlap=2, second_adjudicator_share=0, agreement_after=4, agreement_bar=0.9)
    world.add_traces(trace("a", 1), trace("b", 1))
    for name, labels in (("ann", ("redundant", "correct")), ("bob", ("correct", "redundant"))):
        for label in labels:
            world.expert(name).label_all([label])
    open_cases(world)
    return world


def entry(world: World, name: str) -> QueueEntry:
    person = world.person(name)
    found = world.store.read(lambda db: my_work.queue(db, person, 0))
    return next(one for one in found.projects if one.project_id == world.project)


def seen(world: World, *names: str) -> list[tuple[int, bool]]:
    """How many cases each could take, and whether they have one in their hands."""
    return [(entry(world, name).cases, entry(world, name).case_open) for name in names]


def test_cases_are_for_those_who_can_decide_them(split: World) -> None:
    assert seen(split, "adj", "ada", "ann", "cyn", "lea") == [
        (2, False), (2, False), (0, False), (0, False), (0, False),
    ]  # fmt: skip
    adj = split.person("adj")
    claimed = split.write(lambda db: adjudication.claim(db, adj, split.project, ClaimCaseBody()))
    version = claimed.guideline_version_id
    assert version is not None
    split.write(lambda db: versions.acknowledge(db, adj, split.project, version))
    split.write(lambda db: adjudication.claim(db, adj, split.project, ClaimCaseBody()))
    assert seen(split, "adj", "ada") == [(1, True), (1, False)]
    assert not entry(split, "adj").open, "a case is no trace to go on with"
    split.leave("adj", Role.ADJUDICATOR)
    split.join("adj", Role.ANNOTATOR)
    assert seen(split, "adj") == [(0, False)]


def test_a_closed_project_waits_for_nothing(split: World) -> None:
    decide(split, case_on(split, 1), "correct")
    split.catch_up()
    assert entry(split, "ann").decided == 1 and entry(split, "lea").below_bar == ("mathematics",)
    closing = ClosingBody(reason="done")
    split.write(lambda db: projects.close_project(db, split.host, split.project, closing))
    for name in ("ann", "adj", "lea"):
        closed = entry(split, name)
        assert (closed.cases, closed.case_open, closed.decided, closed.below_bar) == (0, False, 0, ()), name


def test_agreement_below_the_bar_is_told_to_the_lead_alone(split: World) -> None:
    split.catch_up()
    assert {name: entry(split, name).below_bar for name in ("lea", "root", "ann", "adj")} == {
        "lea": ("mathematics",), "root": ("mathematics",), "ann": (), "adj": (),
    }  # fmt: skip
