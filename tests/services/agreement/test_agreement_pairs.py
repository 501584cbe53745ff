"""Agreement over pairs: on the sign and the scale, overall and per criterion, down to cases; and of what files say."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import Agreement, AgreementReport
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import Pair, SourceChoice
from cotlab.exchange.formats.pairs.native_pairs import NativePairWriter
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.agreement import measurement, records
from cotlab.services.audit import verification
from cotlab.services.cases import disputed_steps
from cotlab.services.queue import explanation
from cotlab.services.traces.trace_import import import_lines
from tests.services.gold.comparing_gold import item_of, judge
from tests.services.work.comparing import add, labelled, pair, prepare
from tests.support import SIGNER
from tests.world import World, people_and_project


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    """Ann and bob agree on the sign of four pairs of five, and on the strength of two."""
    world = people_and_project(store, clock)
    prepare(world)
    world.set_policy(overlap=2, justify="never")
    return world


ANN = {"a": "better", "b": "worse", "c": "tie", "d": "much-better", "e": "better"}
BOB = {"a": "better", "b": "much-worse", "c": "tie", "d": "better", "e": "worse"}


def compare(world: World, clarity: str = "tie") -> None:
    add(world, *(pair(name, id=name) for name in ANN))
    for who, said in (("ann", ANN), ("bob", BOB)):
        for _ in said:
            peek = world.expert(who).take()
            name = peek.problem.text.removeprefix("Prompt ")
            judge(world, who, said[name], clarity=clarity if who == "bob" else "tie")
    world.catch_up()


def report(world: World, by: str | None = None, *names: str, **asked: Any) -> AgreementReport:
    wanted = measurement.order(by, names, False, None, 50, 1, False, measurement.asked_of("pairs", **asked))
    return world.store.read(lambda db: measurement.report(db, world.project, wanted))


def value(found: AgreementReport, coefficient: str, **where: str) -> Agreement:
    (one,) = (one for one in found.results if one.coefficient == coefficient and one.slice == where)
    return one


def test_the_sign_is_measured_without_an_order_and_the_strength_on_the_scale(world: World) -> None:
    compare(world)
    found = report(world)
    assert (found.units, found.people, found.resampled) == (5, ("ann", "bob"), "pair")
    assert set(found.labels) == {"first", "second", "tie"}
    assert value(found, "percent").value == pytest.approx(0.8)
    ordinal = value(found, "alpha-ordinal")
    assert ordinal.value is not None and ordinal.tables[0].labels[0] == "much-better"
    assert 0 < ordinal.value < 1
    assert report(world, None, "alpha").results[0].value == value(found, "alpha").value


def test_criteria_are_questions_of_their_own(world: World) -> None:
    compare(world, clarity="better")
    found = report(world, "question,question+pair", "percent")
    assert value(found, "percent", question="overall").value == pytest.approx(0.8)
    assert value(found, "percent", question="clarity").value == 0.0
    assert value(found, "percent", question="clarity", pair="ann ~ bob").value == 0.0
    assert value(report(world, None, "percent", question="clarity"), "percent").value == 0.0
    with pytest.raises(BadInput, match="question: beauty was not asked here; there are overall, clarity"):
        report(world, question="beauty")
    with pytest.raises(BadInput, match="is asked of pairs alone"):
        measurement.asked_of("steps", "clarity")
    with pytest.raises(BadInput, match="there is no slice 'question'"):
        measurement.order("question", (), False, None, 1, 1)


def test_slices_of_pairs(world: World) -> None:
    compare(world)
    found = report(world, "domain,pair,version,annotator,label", "alpha")
    slices = [tuple(one.slice.items()) for one in found.results]
    assert (("domain", "mathematics"),) in slices and (("pair", "ann ~ bob"),) in slices
    assert (("version", "preference 1.0"),) in slices and (("label", "tie"),) in slices


def test_a_diagnosis_leads_to_the_pairs_and_their_cases(world: World) -> None:
    compare(world)
    asked = measurement.asked_of("pairs")
    said = world.store.read(lambda db: measurement.diagnosis(db, world.project, ["domain"], None, False, asked))
    (cell,) = said.cells
    assert set(cell.labels) == {"first", "second"} and (cell.disagreements, cell.pairs) == (1, 5)
    wanted = disputed_steps.cell(",".join(cell.labels), ["domain=mathematics"], "none", None, False, False, asked)
    page = world.store.read(lambda db: disputed_steps.steps(db, world.project, wanted, 0, 10))
    (step,) = page.steps
    assert (step.item_id, step.position, page.total) == (item_of(world, "e"), 1, 1)
    assert {*step.responses} == {"one of e", "other of e"} and step.problem == "Prompt e"
    assert step.step == f"first: {step.responses[0]}\n\nsecond: {step.responses[1]}"
    assert {(one.person, one.label) for one in step.labels} == {("ann", "first"), ("bob", "second")} or {
        (one.person, one.label) for one in step.labels
    } == {("ann", "second"), ("bob", "first")}
    assert step.case_id == world.value("SELECT id FROM cases") and step.case_state == "open"


def test_labels_of_steps_are_left_alone(world: World) -> None:
    compare(world)
    wanted = measurement.order(None, (), False, None, 50, 1)
    assert world.store.read(lambda db: measurement.report(db, world.project, wanted)).ratings == 0


def test_the_server_takes_agreement_of_pairs_and_pauses_them_alone(world: World) -> None:
    world.set_policy(overlap=2, justify="never", agreement_after=10, pause_below_bar=True)
    compare(world)
    (taken,) = world.store.read(lambda db: records.takings(db, world.project))
    assert (taken.domain, taken.labels, taken.below, taken.paused) == ("pairs: mathematics", 10, True, True)
    assert taken.diagnosis is not None and taken.diagnosis.cells[0].slice == {"domain": "pairs: mathematics"}
    add(world, pair("more", id="more"))
    assert world.expert("ann").claim().nothing == "paused"
    said = world.store.read(lambda db: explanation.explain(db, world.project, item_of(world, "more")))
    assert any("pairs: mathematics is paused" in reason for reason in said.reasons)


def import_file(world: World, lines: list[bytes]) -> Any:
    return import_lines(world.store, world.host, world.project, read_traces(lines))


def row(id_: str, a: str, b: str, **annotators: str) -> bytes:
    return json.dumps({
        "id": id_, "source": "set", "prompt": "which?", "response_a": a, "response_b": b, "annotators": annotators,
    }).encode()  # fmt: skip


def test_the_same_responses_in_another_row_keep_the_choices_made_there(world: World) -> None:
    lines = [
        row("1", "x", "y", r1="a", r2="a"), row("2", "y", "x", r1="b", r2="tie"), row("3", "x", "z", r1="b", r2="b"),
    ]  # fmt: skip
    done = import_file(world, lines)
    assert (done.pairs, done.duplicates, done.labels) == (2, 1, 6)
    found = report(world, None, "percent", "alpha", sources=True)
    assert (found.ratings, found.units, found.people, found.clusters) == (6, 3, ("set r1", "set r2"), 2)
    assert value(found, "percent").value == pytest.approx(2 / 3)
    labels = {one for table in value(found, "alpha").tables for one in table.labels}
    assert labels == {"first", "second", "tie"}
    counts = value(found, "alpha").tables[0]
    assert [sum(line) for line in counts.counts] == [2.0, 3.0, 1.0]
    again = import_file(world, lines)
    assert (again.pairs, again.duplicates, again.labels) == (0, 3, 0)


@pytest.mark.parametrize("id_", ["1", None])
def test_a_second_raters_file_adds_its_choices_to_the_rows_that_are_there(world: World, id_: str | None) -> None:
    def chosen(source: str, overall: str) -> Any:
        criteria = {"clarity": "worse"}
        one = pair("a", id=id_, labels=(SourceChoice(source=source, overall=overall, criteria=criteria),))
        turned = one.model_copy(update={"responses": one.responses[::-1]})
        return add(world, turned if overall == "worse" else one)

    assert chosen("A", "tie").labels == 2
    for source, overall in (("B", "tie"), ("B", "worse")):
        done = chosen(source, overall)
        assert (done.pairs, done.duplicates, done.labels, done.labels_on_known) == (0, 1, 2, 2)
        assert chosen(source, overall).labels == 0 == chosen("A", "tie").labels
    rows = world.rows(
        """SELECT r.name, n.value FROM answers n JOIN actors r ON r.id = n.actor_id
           WHERE n.question = 'label' ORDER BY n.sequence"""
    )
    assert [row["name"] for row in rows] == ["A", "B", "B"] and [row["value"] for row in rows][:2] == ["tie", "tie"]
    verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert all(one.good for one in verdicts.values())


RATERS = {
    "r1": {"1": "better", "2": "tie", "3": "worse", "4": "worse", "5": "better"},
    "r2": {"1": "better", "2": "better", "3": "worse", "4": "better", "5": "better"},
}
"""Rater -> row -> choice; rows 1 and 2 have the same responses."""


def rated(*raters: str, ids: bool = True, turned: bool = False) -> list[Pair]:
    """A file of these raters' choices, with its responses in either order; without ids the rows 2 to 5 alone."""
    rows = []
    for row, name in zip("12345", "aabcd", strict=True):
        choices = tuple(SourceChoice(source=one, overall=RATERS[one][row]) for one in raters)
        one = pair(name, id=row if ids else None, labels=choices)
        swapped = {"responses": one.responses[::-1], "labels": tuple(label.swapped() for label in one.labels)}
        rows.append(one.model_copy(update=swapped) if turned else one)
    return rows if ids else rows[1:]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("apart", [True, False])
def test_raters_in_a_file_each_agree_as_in_one_file(world: World, named: bool, apart: bool) -> None:
    files = (rated("r1", ids=named), rated("r2", ids=named, turned=True)) if apart else (rated("r1", "r2", ids=named),)
    for file in files:
        add(world, *file)
    found = report(world, None, "percent", "alpha", sources=True)
    percent, alpha = (value(found, name).value for name in ("percent", "alpha"))
    assert (found.units, found.ratings) == ((5, 10) if named else (4, 8))
    assert percent == pytest.approx(3 / 5 if named else 2 / 4)
    assert alpha == pytest.approx(1 / 3 if named else 5 / 19)
    assert add(world, *rated("r2", ids=named), *rated("r1", ids=named, turned=True)).labels == 0


def test_an_export_of_pairs_with_several_rows_comes_in_as_it_went_out(world: World) -> None:
    add(world, *rated("r1", "r2"), pair("without an id", labels=(SourceChoice(source="r1", overall="tie"),)))
    went_out = [NativePairWriter().rows(one, PairShape()) for one in labelled(world)]
    lines = [json.dumps(row).encode() for rows in went_out for row in rows]
    rounds = sorted(one.round for given in labelled(world) for one in given.preferences)
    assert rounds == [1] * 9 + [2] * 2
    done = import_file(world, lines)
    assert (done.broken, done.duplicates, done.labels) == ([], 5, 0)


def test_rows_without_an_id_are_not_told_from_a_second_import(world: World) -> None:
    one = pair("a", labels=(SourceChoice(source="raters", overall="tie"),))
    assert add(world, one, one).labels == 1


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA names no folder with data/")
    return Path(folder) / "data"


@pytest.mark.data
@pytest.mark.parametrize("parts", [1, 3])
def test_three_raters_of_a_public_set_agree_as_others_computed_it(world: World, data: Path, parts: int) -> None:
    """Also where the import was broken off and run again."""
    raw = (data / "pandalm_testset.jsonl").read_bytes().splitlines()
    for start in range(parts):
        done = import_file(world, raw[: len(raw) * (start + 1) // parts])
    assert done.broken == []
    expected = json.loads((data / "iaa_expected.json").read_bytes())["pandalm"]
    found = report(world, "label,pair,pair+label", sources=True)
    assert (found.units, len(found.people)) == (expected["items"], 3)
    for name, key in (
        ("alpha", "krippendorff_alpha_nominal_all"), ("cohen-kappa", "mean_pairwise_cohen"),
        ("fleiss-kappa", "fleiss_kappa_complete"), ("ac1", "gwet_ac1_complete"), ("percent", "gwet_pa_complete"),
    ):  # fmt: skip
        assert value(found, name).value == pytest.approx(expected[key], abs=1e-6), name
    for people, numbers in expected["pairwise"].items():
        pair_name = " ~ ".join(f"pandalm_testset {one}" for one in people.split("~"))
        assert value(found, "cohen-kappa", pair=pair_name).value == pytest.approx(numbers["cohen_kappa"], abs=1e-6)
    for word, label in (("a", "first"), ("b", "second"), ("tie", "tie")):
        numbers = expected["per_class_one_vs_rest"][word]
        assert value(found, "alpha", label=label).value == pytest.approx(numbers["krippendorff_alpha_all"], abs=1e-6)
        assert value(found, "fleiss-kappa", label=label).value == pytest.approx(numbers["fleiss_complete"], abs=1e-6)
