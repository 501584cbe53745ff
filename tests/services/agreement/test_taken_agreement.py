"""Agreement that the server takes by itself: when, of what, what the lead is told, and what a pause holds back."""

from collections.abc import Callable
from typing import TypeVar, cast

import pytest

from cotlab.domain.agreement.coefficients import GoOnBody, TakenAgreement
from cotlab.domain.errors import BadInput
from cotlab.domain.people import SERVER_ITSELF, Role
from cotlab.domain.work.views import Claimed, QueueEntry
from cotlab.services.agreement import recording, records
from cotlab.services.agreement.recording import take_agreement
from cotlab.services.audit import event_data
from cotlab.services.reports import my_work
from cotlab.storage import Reading, Store
from tests.services.cases.adjudicating import decide, open_cases
from tests.services.guidelines.guideline_texts import following, small
from tests.services.queue.test_batches import make
from tests.world import World, trace

T = TypeVar("T")

FAIRLY = ("correct", "incorrect", "correct")
OTHERWISE = ("redundant", "incorrect", "redundant")
POLICY = {"overlap": 2, "agreement_after": 6, "agreement_each": 6}


@pytest.fixture
def measured(world: World) -> World:
    """Agreement is taken after 6 labels, and each 6 more; there are four traces of law, of three steps."""
    following(world, "measured", "ann", "bob", "cyn")
    world.set_policy(**POLICY)
    world.add_traces(*(trace(f"l{number}", domain="law") for number in range(4)))
    return world


def take(world: World) -> list[TakenAgreement]:
    """What the server has taken by now, the newest first."""
    take_agreement(world.store, world.project)
    return world.store.read(lambda db: records.takings(db, world.project))


def below(world: World) -> tuple[str, ...]:
    return world.store.read(lambda db: records.below_bar(db, world.project))


def go_on(world: World, domain: str) -> None:
    body = GoOnBody(domain=domain, reason="the rule is being written")
    world.write(lambda db: records.go_on(db, world.people["lea"], world.project, body))


def disagree(world: World, traces: int = 1) -> None:
    for _ in range(traces):
        world.expert("ann").label_all(FAIRLY)
        world.expert("bob").label_all(OTHERWISE)


def test_it_is_taken_after_so_many_labels_and_each_so_many_more(measured: World) -> None:
    ann, bob = measured.expert("ann"), measured.expert("bob")
    ann.label_all(FAIRLY)
    work = bob.take()
    for position, label in enumerate(FAIRLY[:2], 1):
        bob.commit(work.id, position, label)
    assert take(measured) == [], "five labels"
    bob.commit(work.id, 3, FAIRLY[2])
    (first,) = take(measured)
    assert (first.labels, first.domain, first.guideline_version) == (6, "law", "small 1.0")
    assert (first.agreement.value, first.below, first.diagnosis, first.bar) == (1, False, None, 0.8)
    assert first.agreement.slice == {"domain": "law"} and first.agreement.units == 3
    bob.finish(work.id)
    assert len(take(measured)) == 1, "done twice it takes nothing more"
    for number in range(3):
        ann.label_all(FAIRLY)
        assert len(take(measured)) == (1 if number == 0 else 2)
    assert measured.kinds().count("agreement.taken") == 2
    event = measured.value(
        "SELECT body FROM events WHERE chain = :chain AND body LIKE '%agreement.taken%' LIMIT 1",
        chain=measured.project,
    )
    assert f'"actor":"{SERVER_ITSELF}"' in event and '"below":false' in event
    assert measured.store.read(lambda db: list(event_data.rows_that_differ(db, measured.project))) == []


def test_a_backlog_is_taken_once(measured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PAGE", 4)
    disagree(measured, 4)
    (taken,) = take(measured)
    assert taken.labels == 24
    counts = measured.rows("SELECT labels FROM agreement_counts WHERE project_id = :p", p=measured.project)
    assert [row["labels"] for row in counts] == [24]


def test_what_counts_is_lost_and_counted_anew(measured: World) -> None:
    disagree(measured)
    assert len(take(measured)) == 1
    measured.write(lambda db: db.run("DELETE FROM drawn"))
    measured.write(lambda db: db.run("DELETE FROM agreement_counts"))
    assert len(take(measured)) == 1, "the labels were counted before"


class Late:
    """A store in which another server takes agreement between what is read and what is written."""

    def __init__(self, world: World) -> None:
        self._world, self.write = world, world.store.write

    def read(self, fn: Callable[[Reading], T]) -> T:
        found = self._world.store.read(fn)
        take_agreement(self._world.store, self._world.project)
        return found


def test_several_servers_take_it_once(measured: World) -> None:
    disagree(measured)
    take_agreement(cast(Store, Late(measured)), measured.project)
    assert len(take(measured)) == 1
    counts = measured.rows("SELECT labels FROM agreement_counts WHERE project_id = :p", p=measured.project)
    assert [row["labels"] for row in counts] == [6]


def test_corrections_and_informed_labels_do_not_count(measured: World) -> None:
    measured.set_policy(**POLICY, readers_may_label=True)
    measured.join("lea", Role.ANNOTATOR)
    measured.expert("lea").label_all(FAIRLY)
    ann = measured.expert("ann")
    work = ann.label_all(("correct",), finish=False)
    step = ann.view(work.id).done[0]
    assert step.mine is not None
    ann.commit(work.id, 1, "redundant", replaces=step.mine.id)
    take(measured)
    counts = measured.rows("SELECT domain, labels FROM agreement_counts WHERE project_id = :p", p=measured.project)
    assert [(row["domain"], row["labels"]) for row in counts] == [("law", 3)]


def test_domains_and_versions_are_taken_apart(measured: World) -> None:
    measured.add_traces(trace("p", domain="physics"))
    disagree(measured)
    measured.publish(small("1.1", "clarification"))
    disagree(measured, 4)
    takings = take(measured)
    assert all(one.agreement.ratings == one.labels for one in takings)
    found = {(one.domain, one.guideline_version): one.labels for one in takings}
    assert found.pop(("law", "small 1.1"), 0) + found.pop(("physics", "small 1.1"), 0) == 24
    assert set(found.values()) == {6}


def test_below_the_bar_the_diagnosis_of_that_domain_comes_with_it(measured: World) -> None:
    measured.add_traces(trace("p", domain="physics"))
    for name in ("ann", "bob"):
        for _ in range(5):
            expert = measured.expert(name)
            work = expert.take()
            differs = name == "bob" and work.problem.domain == "law"
            for position, label in enumerate(("correct", "incorrect", "redundant" if differs else "correct"), 1):
                expert.commit(work.id, position, label)
            expert.finish(work.id)
    law, physics = sorted(take(measured), key=lambda one: one.domain)
    assert (physics.below, physics.diagnosis) == (False, None)
    assert law.below and law.agreement.value is not None and law.agreement.value < 0.8 and law.diagnosis is not None
    assert [(one.labels, one.slice, one.disagreements) for one in law.diagnosis.cells] == [
        (("correct", "redundant"), {"domain": "law"}, 4)
    ]
    assert below(measured) == ("law",)


def test_what_adjudicators_find_missing_in_that_domain_comes_with_it(measured: World) -> None:
    measured.join("adj", Role.ADJUDICATOR)
    measured.add_traces(trace("p", domain="physics"))
    disagree(measured, 5)
    open_cases(measured)
    for case in measured.rows("SELECT id FROM cases WHERE project_id = :p AND position = 1", p=measured.project):
        decide(measured, case["id"], "correct", gap="what adds nothing?")
    law = next(one for one in take(measured) if one.domain == "law")
    assert law.diagnosis is not None
    assert [(one.domain, one.cases, one.texts) for one in law.diagnosis.gaps] == [("law", 4, ("what adds nothing?",))]


def test_undefined_alpha_is_kept_and_is_not_below(measured: World) -> None:
    for name in ("ann", "bob"):
        measured.expert(name).label_all()
    (taken,) = take(measured)
    assert (taken.agreement.value, taken.agreement.reason, taken.below) == (None, "one label only", False)
    assert below(measured) == ()


def test_the_lead_decides_to_go_on(measured: World) -> None:
    with pytest.raises(BadInput, match="domain: law is not below the bar"):
        go_on(measured, "law")
    disagree(measured)
    (taken,) = take(measured)
    assert (taken.decision, taken.paused, below(measured)) == (None, False, ("law",))
    go_on(measured, "law")
    assert measured.kinds()[-1] == "agreement.decided"
    assert [(one.decision, one.paused) for one in take(measured)] == [("the rule is being written", False)]
    assert below(measured) == ()
    with pytest.raises(BadInput):
        go_on(measured, "law")
    disagree(measured)
    assert [one.decision for one in take(measured)] == [None, "the rule is being written"]
    assert below(measured) == ("law",), "it was taken anew"
    assert measured.store.read(lambda db: list(event_data.rows_that_differ(db, measured.project))) == []


def test_stale_labels_are_not_measured(measured: World) -> None:
    work = measured.expert("ann").take()
    measured.expert("bob").label_all(OTHERWISE)
    measured.publish(small("1.1", affects={"labels": ["redundant"]}))
    for position, label in enumerate(FAIRLY, 1):
        measured.expert("ann").commit(work.id, position, label)
    (taken,) = take(measured)
    assert taken.guideline_version == "small 1.0" and taken.agreement.units == 1, "one step has two that stand"
    assert below(measured) == (), "another version is in force"


@pytest.fixture
def held(measured: World) -> World:
    """Law is paused: two people disagree on its first trace."""
    measured.set_policy(**POLICY, pause_below_bar=True)
    disagree(measured)
    (taken,) = take(measured)
    assert taken.paused
    return measured


def entry(world: World, name: str) -> QueueEntry:
    person = world.person(name)
    found = world.store.read(lambda db: my_work.queue(db, person, 0))
    return next(one for one in found.projects if one.project_id == world.project)


def test_a_paused_domain_is_handed_out_no_more(held: World) -> None:
    assert held.expert("ann").claim() == Claimed(nothing="paused")
    assert not entry(held, "ann").waiting
    held.add_traces(trace("p", domain="physics"))
    assert entry(held, "ann").waiting
    assert held.expert("ann").take().problem.domain == "physics"
    assert held.expert("bob").take().problem.domain == "physics"
    assert held.expert("cyn").claim().nothing == "paused"


def test_so_is_a_batch_of_it(held: World) -> None:
    make(held, "cyn", where={"domain": "law"})
    assert held.expert("cyn").claim().nothing == "paused" and not entry(held, "cyn").waiting
    go_on(held, "law")
    assert entry(held, "cyn").waiting and held.expert("cyn").take().problem.domain == "law"


def test_nothing_is_paused_where_the_policy_does_not_say_so(held: World) -> None:
    held.set_policy(**POLICY)
    assert held.expert("ann").claim().assignment is not None


def test_with_all_done_there_is_nothing_rather_than_a_pause(held: World) -> None:
    held.write(lambda db: db.run("UPDATE queue SET taken = 2"))
    assert held.expert("ann").claim().nothing == "nothing_open"


def test_open_work_goes_on_and_a_dead_lease_waits(measured: World) -> None:
    measured.set_policy(**POLICY, pause_below_bar=True)
    disagree(measured)
    cyn = measured.expert("cyn")
    work = cyn.take()
    assert take(measured)[0].paused
    cyn.commit(work.id, 1, "correct")
    assert cyn.take().id == work.id
    measured.write(lambda db: db.run("UPDATE queue SET taken = 2"))
    measured.clock.advance(minutes=90)
    assert measured.expert("ann").claim().nothing == "paused"
    go_on(measured, "law")
    assert measured.expert("ann").take().problem == work.problem


def test_a_candidate_that_was_picked_before_the_pause_is_passed_over(measured: World) -> None:
    measured.set_policy(**POLICY, pause_below_bar=True)
    cyn = measured.person("cyn")
    measured.store.read(lambda db: measured.candidates.ahead(db, cyn, measured.project))
    disagree(measured)
    assert take(measured)[0].paused
    measured.add_traces(trace("p", domain="physics"))
    assert measured.expert("cyn").take().problem.domain == "physics"


def test_a_pause_ends_with_agreement_that_reaches_the_bar(measured: World) -> None:
    measured.set_policy(**POLICY, pause_below_bar=True)
    disagree(measured)
    work = measured.expert("cyn").take()
    assert take(measured)[0].paused
    measured.set_policy(**POLICY | {"agreement_each": 1}, pause_below_bar=True, agreement_bar=0.1)
    assert [one.below for one in take(measured)] == [True], "a new bar waits for new labels"
    measured.expert("cyn").commit(work.id, 1, "correct")
    newest, oldest = take(measured)
    assert (newest.below, newest.paused, oldest.below, oldest.paused) == (False, False, True, False)
    assert measured.expert("ann").claim().assignment is not None


def test_a_pause_ends_with_another_version(held: World) -> None:
    held.publish(small("1.1", "clarification"))
    assert below(held) == ()
    assert held.expert("ann").claim().assignment is not None


def test_the_version_that_is_in_force_for_the_domain_counts(measured: World) -> None:
    disagree(measured)
    take(measured)
    measured.publish(small("1.1", "clarification"), domain="law")
    assert below(measured) == ()
    disagree(measured)
    take(measured)
    measured.publish(small("1.2", "clarification"))
    assert below(measured) == ("law",), "a version for all domains does not reach law any more"


def test_labels_are_given_anew_during_a_pause(measured: World) -> None:
    measured.expert("bob").label_all(OTHERWISE)
    measured.set_policy(**POLICY, pause_below_bar=True)
    measured.publish(small("1.1", affects={"labels": ["redundant"]}))
    for _ in range(2):
        measured.expert("ann").label_all(FAIRLY)
    measured.expert("cyn").label_all(OTHERWISE)
    assert [one.paused for one in take(measured)] == [True]
    assert measured.expert("ann").claim().nothing == "paused"
    assert measured.expert("bob").take().purpose == "redo"


def test_what_somebody_left_behind_waits_too(measured: World) -> None:
    measured.expert("bob").label_all(OTHERWISE)
    measured.set_policy(**POLICY, pause_below_bar=True)
    measured.publish(small("1.1", affects={"labels": ["redundant"]}))
    measured.leave("bob", Role.ANNOTATOR)
    for _ in range(2):
        measured.expert("ann").label_all(FAIRLY)
    measured.expert("cyn").label_all(OTHERWISE)
    assert take(measured)[0].paused
    measured.write(lambda db: db.run("UPDATE queue SET taken = 2"))
    measured.join("dan", Role.ANNOTATOR)
    assert measured.expert("dan").claim().nothing == "paused"
    go_on(measured, "law")
    assert measured.expert("dan").take().purpose == "production"
