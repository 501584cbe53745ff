"""Sessions and pace of people, and accuracy on gold by both."""

from itertools import pairwise

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.reports.people import PaceReport, SessionsReport
from cotlab.services.reports import pace, sessions
from tests.services.calibration.doubting import FALSE, STEPS, TRUE, hand, prepare
from tests.world import World


@pytest.fixture
def golden(world: World) -> World:
    prepare(world, gate=None)
    return world


def work(
    world: World, name: str, trace_name: str, minutes: float, labels: tuple[str, ...] = TRUE,
    purpose: Purpose = Purpose.PRODUCTION,
) -> None:  # fmt: skip
    """Label a trace, each step after so many minutes."""
    expert, assignment = world.expert(name), hand(world, name, trace_name, purpose)
    for position, value in enumerate(labels, 1):
        world.clock.advance(minutes=minutes)
        expert.commit(assignment, position, value)
    expert.finish(assignment)


def of_sessions(world: World, person: str | None = None) -> SessionsReport:
    return world.store.read(lambda db: sessions.report(db, world.project, person))


def of_pace(world: World, person: str | None = None) -> PaceReport:
    return world.store.read(lambda db: pace.report(db, world.project, person))


def test_sessions_with_their_breaks(golden: World) -> None:
    began = golden.clock()
    work(golden, "ann", "w1", 2)
    work(golden, "ann", "w2", 1)
    golden.clock.advance(minutes=45)
    again = golden.clock()
    work(golden, "ann", "w3", 1)
    found = of_sessions(golden).sessions
    assert [(one.person, one.started_at, one.labels) for one in found] == [("ann", began, 16), ("ann", again, 8)]
    assert [(one.minutes, one.break_minutes) for one in found] == [(24.0, None), (8.0, 45.0)]
    assert found[0].ended_at == again - 45 * 60_000_000


def test_an_open_step_counts_up_to_the_cap(golden: World) -> None:
    golden.set_policy(overlap=1, step_time_cap_seconds=60)
    work(golden, "ann", "w1", 3)
    assert [one.minutes for one in of_sessions(golden).sessions] == [8.0]


def test_gold_by_how_far_into_a_session_and_after_how_many_labels(golden: World) -> None:
    work(golden, "ann", "g3", 1, TRUE, Purpose.GOLD)
    work(golden, "ann", "w1", 2)
    work(golden, "ann", "w2", 2)
    work(golden, "ann", "g4", 1, FALSE, Purpose.GOLD)
    work(golden, "bob", "g3", 0.1, FALSE, Purpose.GOLD)
    found = of_sessions(golden)
    minutes = {(one.person, one.part): (one.accuracy.hits, one.accuracy.of) for one in found.by_minutes}
    assert minutes == {
        (None, "0-15"): (8, 16), (None, "30-60"): (0, 8), ("ann", "0-15"): (8, 8), ("ann", "30-60"): (0, 8),
        ("bob", "0-15"): (0, 8),
    }  # fmt: skip
    labels = {(one.person, one.part): (one.accuracy.hits, one.accuracy.of) for one in found.by_labels_in_hour}
    assert labels[None, "15-29"] == labels["ann", "15-29"] == (0, 6), "24 labels before the first of them"
    assert labels["ann", "30-59"] == (0, 2)
    assert labels["ann", "0-14"] == (8, 8)


def test_labels_of_more_than_an_hour_ago_do_not_count(golden: World) -> None:
    work(golden, "ann", "w1", 1)
    work(golden, "ann", "w2", 1)
    golden.clock.advance(minutes=61)
    work(golden, "ann", "g3", 1, TRUE, Purpose.GOLD)
    assert {one.part for one in of_sessions(golden).by_labels_in_hour} == {"0-14"}


def test_sessions_of_one_person_alone(golden: World) -> None:
    work(golden, "ann", "g3", 1, TRUE, Purpose.GOLD)
    work(golden, "bob", "g3", 1, FALSE, Purpose.GOLD)
    found = of_sessions(golden, "Bob")
    assert {one.person for one in found.sessions} == {"bob"}
    assert {one.accuracy.of for one in found.by_minutes} == {STEPS}
    for asked in (of_sessions, of_pace):
        with pytest.raises(BadInput, match="dan"):
            asked(golden, "dan")


# Steps here are of three words each, as `w1, step 1`.


def test_pace_by_the_words_of_steps(golden: World) -> None:
    for name, minutes in (("w1", 0.1), ("w2", 0.2), ("w3", 0.3)):
        work(golden, "ann", name, minutes)
    (ann,) = of_pace(golden).people
    assert (ann.person, ann.labels, ann.faster) == ("ann", 24, 0)
    assert ann.seconds_a_word == pytest.approx((2.0, 4.0, 6.0))
    (length,) = ann.by_length
    assert (length.words, length.labels) == ("1-10", 24)
    assert length.quartiles == pytest.approx((6.0, 12.0, 18.0))


def test_the_fastest_runs_do_not_overlap(golden: World) -> None:
    golden.set_policy(overlap=1, pace_alarm=PaceTest(labels=8))
    work(golden, "ann", "w1", 0.1)
    began = golden.clock()
    work(golden, "ann", "w2", 0.001)
    work(golden, "ann", "w3", 0.05)
    report = of_pace(golden)
    (ann,) = report.people
    assert (report.words_a_minute, report.run, ann.faster) == (900, 8, 8)
    fastest, in_time = ann.fastest, sorted(ann.fastest, key=lambda run: run.since)
    assert (fastest[0].since, fastest[0].labels, fastest[0].faster) == (began, 8, 8)
    assert fastest[0].words_a_minute == pytest.approx(3_000)
    assert len(fastest) == 3 and all(one.until <= two.since for one, two in pairwise(in_time))


def test_gold_by_pace_among_ones_own_labels(golden: World) -> None:
    work(golden, "ann", "g3", 0.01, FALSE, Purpose.GOLD)
    for name in ("w1", "w2"):
        work(golden, "ann", name, 0.1)
    work(golden, "ann", "g4", 0.9, TRUE, Purpose.GOLD)
    found = {(one.person, one.part): (one.accuracy.hits, one.accuracy.of) for one in of_pace(golden).by_quarter}
    assert found == {
        (None, "fastest quarter"): (0, 8), (None, "slowest quarter"): (8, 8), ("ann", "fastest quarter"): (0, 8),
        ("ann", "slowest quarter"): (8, 8),
    }  # fmt: skip
