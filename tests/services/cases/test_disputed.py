"""The steps behind a cell of disagreement."""

from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import CohortBody, DisputedSteps
from cotlab.domain.errors import BadInput
from cotlab.domain.people import Role
from cotlab.services.agreement import measurement
from cotlab.services.cases import disputed_steps
from cotlab.services.projects import cohorts
from cotlab.storage import Store
from tests.services.cases.adjudicating import decide, open_cases
from tests.services.conftest import grown
from tests.services.guidelines.guideline_texts import following
from tests.support import Clock
from tests.world import World, trace

M1, M2 = [{"kind": "rule", "name": "M1"}], [{"kind": "rule", "name": "M2"}]
LABELS: dict[str, list[tuple[str, Any]]] = {
    "ann": [("correct", M2), ("wrong-operation", M1), ("correct", ()), ("correct", ())],
    "bob": [("redundant", M1), ("incorrect", ()), ("correct", ()), ("redundant", ())],
    "cyn": [("redundant", ()), ("incorrect", M1), ("correct", ()), ("incomplete", ())],
}
"""What each says of the four steps of a trace, and what they cite."""


@pytest.fixture
def labelled(store: Store, clock: Clock) -> World:
    return grown(store, clock, grow_labelled)


def grow_labelled(world: World) -> None:
    following(world, "measured", *LABELS)
    world.set_policy(overlap=3)
    world.add_traces(trace("l", 4, domain="law"), trace("m", 4, domain="mathematics"))
    for name, labels in LABELS.items():
        expert = world.expert(name)
        for _ in range(2):
            work = expert.take()
            for position, (label, citations) in enumerate(labels, 1):
                expert.commit(work.id, position, label, citations=citations, unsure=label == "incomplete")
            expert.finish(work.id)


def found(world: World, labels: str | None = None, *where: str, **more: Any) -> DisputedSteps:
    """Of both traces; the page is the first one unless told otherwise."""
    offset, limit = more.pop("offset", 0), more.pop("limit", 50)
    wanted = disputed_steps.cell(
        labels, where, more.pop("rule", None), more.pop("version", None), more.pop("kinds", False)
    )
    return world.store.read(lambda db: disputed_steps.steps(db, world.project, wanted, offset, limit))


LAW = "domain=law"
CELLS: list[tuple[str, str | None, tuple[str, ...], dict[str, Any], list[int]]] = [
    ("any disagreement", None, (), {}, [1, 4]),
    ("two labels", "correct,redundant", (), {}, [1, 4]),
    ("the other way round", "redundant,correct", (), {}, [1, 4]),
    ("two that met once", "redundant,incomplete", (), {}, [4]),
    ("three labels", "correct,redundant,incomplete", (), {}, [4]),
    ("one against the rest", "incomplete", (), {}, [4]),
    ("one against the rest, where all agree", "incorrect", (), {}, []),
    ("a label with itself", "incorrect,incorrect", (), {}, [2]),
    ("with itself or another", "correct,correct", (), {}, [3]),
    ("kinds", "wrong-operation,incorrect", (), {"kinds": True}, [2]),
    ("kinds as one against the rest", "wrong-operation", (), {"kinds": True}, [2]),
    ("a kind, where labels are read", "wrong-operation", (), {}, []),
    ("a rule on the left", None, (), {"rule": "M2"}, [1]),
    ("a rule on the right", None, (), {"rule": "M1"}, [1]),
    ("no rule", None, (), {"rule": "none"}, [4]),
    ("no rule of two labels", "correct,redundant", (), {"rule": "none"}, [4]),
    ("a rule that is none", None, (), {"rule": "M9"}, []),
    ("a position", None, ("position=4",), {}, [4]),
    ("two slices", None, ("position=4", "difficulty=(none)"), {}, [4]),
    ("nothing there", None, ("position=9",), {}, []),
    ("a person", None, ("annotator=ann",), {}, [1, 4]),
    ("a person without it", "redundant,incomplete", ("annotator=ann",), {}, []),
    ("a pair", None, ("pair=bob ~ cyn",), {}, [4]),
    ("a pair the other way round", None, ("pair=cyn ~ bob",), {}, [4]),
    ("a version", None, (), {"version": "small 1.0"}, [1, 4]),
]


@pytest.mark.parametrize(("labels", "where", "more", "positions"), [row[1:] for row in CELLS],
                         ids=[row[0] for row in CELLS])  # fmt: skip
def test_cells(
    labelled: World, labels: str | None, where: tuple[str, ...], more: dict[str, Any], positions: list[int]
) -> None:
    page = found(labelled, labels, LAW, *where, **more)
    assert [step.position for step in page.steps] == positions and page.total == len(positions)
    assert {step.domain for step in page.steps} <= {"law"}


def test_each_cell_of_the_diagnosis_has_its_steps(labelled: World) -> None:
    said = labelled.store.read(lambda db: measurement.diagnosis(db, labelled.project, ["domain", "position"], None))
    assert len(said.cells) > 6
    for cell in said.cells:
        where = [f"{name}={value}" for name, value in cell.slice.items()]
        page = found(labelled, ",".join(cell.labels), *where, rule=cell.rule or "none")
        assert 0 < page.total <= cell.disagreements


def test_a_step_tells_what_everybody_said(labelled: World) -> None:
    (step,) = found(labelled, "incomplete", LAW).steps
    assert (step.problem, step.step, step.domain) == ("Problem l", "l, step 4", "law")
    assert [(one.person, one.label, one.unsure, one.rationale) for one in step.labels] == [
        ("ann", "correct", False, None), ("bob", "redundant", False, None), ("cyn", "incomplete", True, "it is so"),
    ]  # fmt: skip
    assert step.responses == ()
    assert {one.guideline_version for one in step.labels} == {"small 1.0"}
    (step,) = found(labelled, "incorrect,incorrect", LAW).steps
    assert [(one.label, one.kind, one.rules) for one in step.labels] == [
        ("incorrect", "wrong-operation", ("M1",)), ("incorrect", None, ()), ("incorrect", None, ("M1",)),
    ]  # fmt: skip


def test_pages_are_in_the_order_of_traces_and_steps(labelled: World) -> None:
    whole = found(labelled)
    assert whole.total == 4
    places = [(step.item_id, step.position) for step in whole.steps]
    assert places == sorted(places)
    pages = [found(labelled, offset=offset, limit=3) for offset in (0, 3, 6)]
    assert [step for page in pages for step in page.steps] == list(whole.steps)
    assert [(len(page.steps), page.total) for page in pages] == [(3, 4), (1, 4), (0, 4)]


def test_the_case_on_a_step_and_how_it_stands(labelled: World) -> None:
    assert {step.case_id for step in found(labelled).steps} == {None}
    labelled.join("adj", Role.ADJUDICATOR)
    open_cases(labelled)
    steps = found(labelled).steps
    assert {step.case_state for step in steps} == {"open"} and all(step.case_id for step in steps)
    decide(labelled, str(steps[0].case_id), "correct")
    assert [step.case_state for step in found(labelled).steps] == ["decided", "open", "open", "open"]
    labelled.set_policy(overlap=3, open_cases_on=())
    assert [step.case_state for step in found(labelled).steps] == ["decided"] + ["settled_otherwise"] * 3


def test_a_slice_that_is_of_one_person_alone_has_no_disagreement(labelled: World) -> None:
    for name, cohort in (("ann", "red"), ("bob", "red"), ("cyn", "blue")):
        body = CohortBody(person=name, cohort=cohort, since=0)
        labelled.write(lambda db: cohorts.set_cohort(db, labelled.people["lea"], labelled.project, body))  # noqa: B023
    assert found(labelled, None, "cohort=blue").total == 0
    assert found(labelled, "redundant,incomplete", "cohort=red").total == 0
    assert len(found(labelled, None, LAW, "cohort=red").steps[0].labels) == 3, "everybody's label is told"


@pytest.mark.parametrize("pair", ["domain", "colour=red", "=law", "label=correct"])
def test_a_slice_that_is_none(pair: str) -> None:
    with pytest.raises(BadInput, match=f"where: '{pair}' is no slice"):
        disputed_steps.cell(None, [pair], None, None, False)


def test_a_label_that_is_none(labelled: World) -> None:
    with pytest.raises(BadInput, match="labels: no guideline version of this project has a label corect"):
        found(labelled, "corect,redundant")
    labelled.leave("ann", Role.ANNOTATOR)
    assert found(labelled, "correct,redundant", LAW).total == 2
