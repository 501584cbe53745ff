"""Cohorts, and the slices of agreement by cohort and by minutes into a session."""

import pytest

from cotlab.domain.agreement.coefficients import CohortBody, CohortMember
from cotlab.domain.errors import AlreadyExists, BadInput
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import MINUTE
from cotlab.services.agreement import measurement
from cotlab.services.audit import event_data
from cotlab.services.projects import cohorts
from tests.services.guidelines.guideline_texts import following
from tests.world import World, trace

SETTING: list[tuple[dict[str, object], type[Exception], str]] = [
    ({"person": "exp", "cohort": "x", "since": 5}, BadInput, "person: exp is no member of this project"),
    ({"person": "nobody", "cohort": "x", "until": 5}, BadInput, "person: nobody is no member of this project"),
    ({"person": "ann", "cohort": "x", "until": 5}, BadInput, "cohort: ann is not in the cohort x"),
    ({"person": "ann", "cohort": "red", "until": 9}, BadInput, "until: ann came to the cohort red only after that"),
    ({"person": "ann", "cohort": "red", "since": 9}, AlreadyExists, "ann is in the cohort red already"),
]


@pytest.fixture
def measured(world: World) -> World:
    following(world, "measured", "ann", "bob", "cyn")
    world.set_policy(overlap=3)
    world.add_traces(trace("l", 8, domain="law"))
    return world


def put(world: World, person: str, cohort: str, **when: int) -> None:
    body = CohortBody.model_validate({"person": person, "cohort": cohort, **when})
    world.write(lambda db: cohorts.set_cohort(db, world.people["lea"], world.project, body))


def members(world: World) -> list[CohortMember]:
    return world.store.read(lambda db: cohorts.members(db, world.project))


@pytest.mark.parametrize(("body", "error", "sentence"), SETTING, ids=[row[2] for row in SETTING])
def test_what_cannot_be_set(measured: World, body: dict[str, object], error: type[Exception], sentence: str) -> None:
    put(measured, "ann", "red", since=10)
    with pytest.raises(error, match=sentence):
        put(measured, **body)  # type: ignore[arg-type]
    assert len(members(measured)) == 1


@pytest.mark.parametrize("when", [{}, {"since": 1, "until": 2}])
def test_a_cohort_begins_or_ends(when: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a beginning"):
        CohortBody.model_validate({"person": "ann", "cohort": "red", **when})


def test_memberships_begin_and_end(measured: World) -> None:
    put(measured, "ann", "red", since=10)
    put(measured, "bob", "red", since=20)
    put(measured, "ann", "blue", since=15)
    measured.leave("ann", Role.ANNOTATOR)
    put(measured, "ann", "red", until=30)
    measured.join("ann", Role.ANNOTATOR)
    put(measured, "ann", "red", since=40)
    assert [(one.person, one.cohort, one.since, one.until) for one in members(measured)] == [
        ("ann", "red", 10, 30), ("ann", "blue", 15, None), ("ann", "red", 40, None), ("bob", "red", 20, None),
    ]  # fmt: skip
    assert measured.kinds()[-1] == "cohort.joined" and "cohort.left" in measured.kinds()
    assert measured.store.read(lambda db: list(event_data.rows_that_differ(db, measured.project))) == []


def ratings(world: World, by: str) -> dict[str, int]:
    wanted = measurement.order(by, ["percent"], False, None, 0, 1)
    report = world.store.read(lambda db: measurement.report(db, world.project, wanted))
    return {one.slice[by]: one.ratings for one in report.results if one.slice}


def test_a_label_is_of_the_cohorts_that_its_person_was_in_then(measured: World) -> None:
    put(measured, "ann", "red", since=0)
    ann = measured.expert("ann")
    work = ann.take()
    ann.commit(work.id, 1)
    now = measured.clock() + MINUTE
    put(measured, "ann", "red", until=now)
    put(measured, "ann", "blue", since=now)
    put(measured, "ann", "all", since=0)
    measured.clock.advance(minutes=1)
    for position in range(2, 9):
        ann.commit(work.id, position)
    put(measured, "bob", "blue", since=0)
    measured.expert("bob").label_all()
    measured.expert("cyn").label_all()
    assert ratings(measured, "cohort") == {"red": 1, "blue": 7 + 8, "all": 8, "(none)": 8}


SESSIONS = [
    ("without a break", [14, 1, 14, 1, 19, 19, 19, 19],
     ["0-15", "15-30", "15-30", "30-60", "30-60", "60-90", "60-90", "90-"]),
    ("a night on an open step", [5, 600, 5, 5, 5, 5], ["0-15"] * 4 + ["15-30"] * 2),
    ("long on a step, which counts up to the cap", [5, 19, 1, 1, 1, 1], ["0-15"] + ["15-30"] * 5),
    ("longer than cap and break", [5, 20, 1, 1, 1, 1], ["0-15"] * 6),
]  # fmt: skip


@pytest.mark.parametrize(("minutes", "buckets"), [row[1:] for row in SESSIONS], ids=[row[0] for row in SESSIONS])
def test_minutes_into_a_session(measured: World, minutes: list[int], buckets: list[str]) -> None:
    measured.set_policy(overlap=3, break_after_minutes=1000)
    ann = measured.expert("ann")
    work = ann.take()
    for position, waited in enumerate(minutes, 1):
        measured.clock.advance(minutes=waited)
        ann.commit(work.id, position)
    assert ratings(measured, "minutes") == {bucket: buckets.count(bucket) for bucket in buckets}


def test_a_break_between_two_traces_begins_a_session(world: World) -> None:
    following(world, "measured", "ann")
    world.set_policy(overlap=3, break_minutes=20)
    world.add_traces(*(trace(name, 3, domain="law") for name in "lmn"))
    for pause in (19, 20, 0):
        world.expert("ann").label_all()
        world.clock.advance(minutes=pause)
    assert ratings(world, "minutes") == {"0-15": 6, "15-30": 3}


@pytest.mark.parametrize(("waited", "bucket"), [(3, "15-30"), (200, "0-15")])
def test_a_correction_goes_on_with_the_session_or_begins_one(measured: World, waited: int, bucket: str) -> None:
    """A label that is corrected keeps the time at which its step was shown first."""
    measured.set_policy(overlap=3, step_time_cap_seconds=600)
    ann = measured.expert("ann")
    work = ann.take()
    ann.commit(work.id, 1)
    first = ann.view(work.id).done[0].mine
    measured.clock.advance(minutes=18)
    ann.commit(work.id, 2)
    measured.clock.advance(minutes=waited)
    assert first is not None
    ann.commit(work.id, 1, "redundant", replaces=first.id)
    ann.commit(work.id, 3)
    found = ratings(measured, "minutes")
    assert found.pop(bucket) == 2 and list(found.values()) == [1]
