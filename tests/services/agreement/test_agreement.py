"""Agreement in a project: which labels count, how they are read, and what they are sliced by."""

import pytest

from cotlab.domain.agreement.coefficients import AgreementChange, AgreementReport, GapCount
from cotlab.domain.errors import BadInput
from cotlab.domain.people import Role
from cotlab.domain.traces.records import Problem
from cotlab.services.agreement import measurement
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.guidelines.guideline_texts import following, small
from tests.world import World, trace


@pytest.fixture
def labelled(world: World) -> World:
    """Ann and bob have labelled two traces; in law they differ on one step, where bob took back what he said first."""
    following(world, "measured", "ann", "bob")
    world.set_policy(overlap=2)
    law = Problem(text="Law", domain="law", tags=("contract", "old"), difficulty=3)
    world.add_traces(trace("l", 3, problem=law), trace("m", 3, domain="mathematics"))
    for name in ("ann", "bob"):
        for _ in range(2):
            label(world, name)
    return world


def label(world: World, name: str) -> None:
    expert = world.expert(name)
    work = expert.take()
    differs = name == "bob" and work.problem.domain == "law"
    first = expert.commit(work.id, 1, "redundant" if differs else "correct")
    if differs:  # the first label counts here, the latest in exports
        expert.commit(work.id, 1, "correct", replaces=first.label_id)
    kind = "wrong-operation" if name == "ann" else "incorrect"
    expert.commit(work.id, 2, kind, rationale="it is so", citations=[{"kind": "rule", "name": "M1"}])
    expert.commit(work.id, 3, "incomplete")
    expert.finish(work.id)


def measured(world: World, by: str = "", kinds: bool = False, version: str | None = None) -> AgreementReport:
    wanted = measurement.order(by, ["percent"], kinds, version, 0, 1)
    return world.store.read(lambda db: measurement.report(db, world.project, wanted))


def values(report: AgreementReport) -> dict[str, float | None]:
    return {" ".join(map(" ".join, one.slice.items())): one.value for one in report.results}


def test_first_labels_are_held_against_each_other_at_the_first_level(labelled: World) -> None:
    report = measured(labelled)
    assert (report.ratings, report.units, report.people, report.clusters) == (12, 6, ("ann", "bob"), 2)
    assert values(report) == {"": pytest.approx(5 / 6)}
    assert values(measured(labelled, kinds=True)) == {"": pytest.approx(3 / 6)}


def test_slices(labelled: World) -> None:
    found = values(measured(labelled, "domain,tag,difficulty,position,version,pair,domain+position"))
    assert found["domain law"] == found["tag old"] == found["difficulty 3"] == pytest.approx(2 / 3)
    assert found["domain mathematics"] == found["tag (none)"] == 1
    assert (found["position 1"], found["position 2"]) == (0.5, 1)
    assert found["version small 1.0"] == found["pair ann ~ bob"] == pytest.approx(5 / 6)
    assert found["domain law position 1"] == 0


def test_informed_labels_are_no_blind_agreement(labelled: World) -> None:
    labelled.set_policy(overlap=3, readers_may_label=True)
    labelled.join("lea", Role.ANNOTATOR)
    label(labelled, "lea")
    assert measured(labelled).people == ("ann", "bob")


def test_stale_labels_are_left_out_until_they_are_given_anew(labelled: World) -> None:
    labelled.publish(small("1.1", affects={"labels": ["incomplete"], "domains": ["law"]}))
    report = measured(labelled)
    assert (report.stale, report.ratings) == (2, 10)
    for name in ("ann", "bob"):
        expert = labelled.expert(name)
        work = expert.take()
        step = work.next.step  # type: ignore[union-attr]
        expert.commit(work.id, 3, "correct", replaces=step.mine.id)  # type: ignore[union-attr]
        expert.finish(work.id, None)
    after = measured(labelled, "version")
    assert (after.stale, after.ratings) == (0, 12)
    assert values(after)["version small 1.1"] == 1
    assert measured(labelled, version="small 1.0").ratings == 12, "also those that are stale by now"
    with pytest.raises(BadInput, match=r"no label was given under small 9\.9"):
        measured(labelled, version="small 9.9")


def test_the_diagnosis_points_at_the_boundary_and_the_domain(labelled: World) -> None:
    said = labelled.store.read(lambda db: measurement.diagnosis(db, labelled.project, ["domain"], None))
    cell = said.cells[0]
    assert (cell.labels, cell.slice, cell.rule) == (("correct", "redundant"), {"domain": "law"}, None)
    assert [(one.labels, one.disagreements) for one in said.without_citation] == [(("correct", "redundant"), 1)]


def test_the_diagnosis_tells_what_adjudicators_find_missing(labelled: World) -> None:
    labelled.join("adj", Role.ADJUDICATOR)
    labelled.add_traces(trace("n", 1, domain="law"))
    labelled.expert("ann").label_all(["correct"])
    labelled.expert("bob").label_all(["redundant"])
    open_cases(labelled)
    decide(labelled, case_on(labelled, 1), "correct", gap="what adds nothing?")

    def gaps(version: str | None) -> list[GapCount]:
        return list(labelled.store.read(lambda db: measurement.diagnosis(db, labelled.project, [], version)).gaps)

    assert (
        gaps(None)
        == gaps("small 1.0")
        == [GapCount(labels=("correct", "redundant"), domain="law", cases=1, texts=("what adds nothing?",))]
    )


def test_a_project_without_labels_says_so(world: World) -> None:
    (result,) = measured(world).results
    assert (result.value, result.reason) == (None, "no unit has two ratings")


@pytest.mark.parametrize("by", ["colour", "domain+colour"])
def test_a_slice_that_is_none(by: str) -> None:
    with pytest.raises(BadInput, match="by: there is no slice 'colour'"):
        measurement.order(by, [], False, None, 0, 1)


def test_before_and_after_on_the_steps_labelled_under_both(labelled: World) -> None:
    labelled.publish(small("1.1", affects={"labels": ["correct", "redundant"], "domains": ["law"]}))
    for name in ("ann", "bob"):
        expert = labelled.expert(name)
        work = expert.take()
        step = work.next.step  # type: ignore[union-attr]
        expert.commit(work.id, 1, "correct", replaces=step.mine.id)  # type: ignore[union-attr]
        expert.finish(work.id, None)
    wanted = measurement.order(None, ["percent"], False, None, 0, 1)

    def rose(before: str, after: str) -> AgreementChange:
        return labelled.store.read(lambda db: measurement.change(db, labelled.project, before, after, wanted))

    change = rose("small 1.0", "small 1.1")
    assert (change.before.value, change.after.value, change.value) == (0, 1, 1)
    assert change.before.units == change.after.units == 1, "the step that was labelled under both"
    with pytest.raises(BadInput, match=r"small 2\.0"):
        rose("small 1.0", "small 2.0")
