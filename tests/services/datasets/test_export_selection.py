"""Which labels of which items go out: decided ones, those of one guideline version, those of some items; and what the
manifest says of them."""

from hashlib import sha256
from typing import Any

import pytest

from cotlab.agreement.coefficients import ALPHA
from cotlab.agreement.measure import measure
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.datasets.splits import FacetValue
from cotlab.domain.errors import BadInput
from cotlab.domain.people import Role
from cotlab.domain.projects.gates import Gate
from cotlab.exchange.lengths import ESTIMATED
from cotlab.services.agreement.labels import labels
from tests.services.cases.adjudicating import case_on, decide
from tests.services.datasets.splitting import export, labelled
from tests.services.work.comparing import add, for_text, pair, prefer, prepare, take
from tests.world import World, guideline_text, people_and_project, trace


def where(*texts: str) -> tuple[FacetValue, ...]:
    found = (text.partition("=") for text in texts)
    return tuple(FacetValue.model_validate({"facet": facet, "value": value}, strict=False) for facet, _, value in found)


def settled(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [[step["labels"][0]["value"] for step in row["steps"] if step["labels"]] for row in rows]


def test_adjudicated_lets_out_what_was_decided_up_to_the_first_step_that_was_not(world: World) -> None:
    for name, mine in (("ann", ["correct"]), ("bob", ["incorrect"])):
        world.expert(name).label_all(mine)
    world.catch_up()
    decide(world, case_on(world, 1), "redundant")
    files, manifest = export(world, labels=LabelChoice.ADJUDICATED)
    assert settled(files[""]) == [["redundant"]]
    assert manifest.steps_dropped == {"after_an_unsettled_step": 1, "not_adjudicated": 1}
    assert manifest.settled_by == {"adjudicated": 1} and manifest.votes == 2
    assert settled(export(world)[0][""]) == [["redundant", "correct", "correct"]]


def test_labels_of_one_guideline_version(world: World) -> None:
    world.set_policy(overlap=1)
    ann = world.expert("ann")
    ann.label_all()
    world.publish(guideline_text("1.1", "clarification"))
    ann.label_all(["redundant"])
    old, manifest = export(world, guideline="step-correctness 1.0")
    assert settled(old[""]) == [["correct"] * 3] and manifest.guidelines == {"step-correctness 1.0": 3}
    assert manifest.labels_dropped == {"another_guideline": 3}
    assert manifest.traces_dropped == {"another_guideline": 1, "not_labelled": 1}
    assert settled(export(world, guideline="1.1")[0][""]) == [["redundant", "correct", "correct"]]
    each, _ = export(world, guideline="1.1", labels=LabelChoice.EACH, format="trl-stepwise", mapping="correctness")
    assert [row["labels"] for row in each[""]] == [[True] * 3]
    with pytest.raises(
        BadInput, match=r"guideline: 2\.0 was never in force in this project; there is step-correctness"
    ):
        export(world, guideline="2.0")


def test_a_step_of_two_versions_is_not_settled_under_one(world: World) -> None:
    world.expert("ann").label_all()
    world.publish(guideline_text("1.1", "clarification"))
    world.expert("bob").label_all()
    assert len(export(world)[0][""]) == 1
    for version in ("1.0", "1.1"):
        files, manifest = export(world, guideline=version)
        assert files[""] == [] and manifest.traces_dropped == {"another_guideline": 1, "not_labelled": 2}
        assert manifest.labels_dropped == {"another_guideline": 3}


def test_a_decision_is_of_the_version_that_it_was_made_under(world: World) -> None:
    for name, mine in (("ann", ["correct"]), ("bob", ["incorrect"])):
        world.expert(name).label_all(mine)
    world.publish(guideline_text("1.1", "clarification"))
    world.catch_up()
    decide(world, case_on(world, 1), "redundant")
    assert settled(export(world, guideline="1.1")[0][""]) == [["redundant"]]
    files, manifest = export(world, guideline="1.0")
    assert files[""] == [] and manifest.traces_dropped == {"disagreement": 1, "not_labelled": 2}


@pytest.mark.parametrize(
    ("chosen", "traces"),
    [
        (["domain=law"], 8), (["domain=law", "domain=physics"], 16), (["origin=human", "domain=mathematics"], 0),
        (["source=book"], 12), (["tag=language=fr", "strategy=cases"], 6), (["generator=model-1"], 6),
    ],
)  # fmt: skip
def test_where_chooses_items_and_counts_the_others(store: Any, clock: Any, chosen: list[str], traces: int) -> None:
    world = labelled(people_and_project(store, clock))
    files, manifest = export(world, where=where(*chosen))
    assert len(files[""]) == traces == manifest.traces_kept
    assert manifest.traces_dropped == ({"not_selected": 24 - traces} if traces < 24 else {})


def test_pairs_are_chosen_and_split_by_the_same_words(store: Any, clock: Any) -> None:
    world = people_and_project(store, clock)
    prepare(world)
    world.set_policy(overlap=1)
    add(world, pair("a"), pair("b", problem="What is the tallest tower of the old town by the river?"))
    for _ in range(2):
        view, shown = take(world.expert("ann"))
        prefer(world.expert("ann"), view.id, for_text(shown, "one"))
    files, manifest = export(world, format="trl-dpo", where=where("generator=secret-one", "domain=mathematics"))
    assert len(files[""]) == 2 and manifest.origins == {"model": 2} and manifest.settled_by == {"single": 2}
    assert manifest.guidelines.keys() == {"preference 1.0"} == manifest.guideline_hashes.keys()
    assert export(world, format="trl-dpo", where=where("origin=human"))[1].traces_dropped == {"not_selected": 2}
    assert export(world, format="trl-dpo", labels=LabelChoice.ADJUDICATED)[1].traces_dropped == {"not_adjudicated": 2}
    for fields, says in (({"paired": True}, "paired: "), ({"mapping": "correctness"}, "mapping: ")):
        with pytest.raises(BadInput, match=says):
            export(world, format="trl-dpo", **fields)


def test_agreement_is_that_of_the_labels_behind_the_export(world: World) -> None:
    world.add_traces(*(trace(name) for name in "defghijklmno"))
    for place in range(15):
        world.expert("ann").label_all(["incorrect"] if place % 4 == 0 else [])
        world.expert("bob").label_all(["incorrect"] if place % 5 == 0 else [], unsure=False)
    world.set_policy(overlap=2, open_cases_on=())
    _, manifest = export(world, labels=LabelChoice.EACH)
    ratings = world.store.read(lambda db: labels(db, world.project)).ratings
    (expected,) = measure(ratings, [ALPHA])
    whole, *each = manifest.agreement
    assert whole.label is None and whole.value == pytest.approx(expected.value)
    assert (whole.units, whole.clusters) == (expected.units, expected.clusters) == (45, 15)
    assert whole.interval is not None and expected.interval is not None
    assert whole.interval.low == pytest.approx(expected.interval.low, abs=0.15)
    assert whole.interval.high == pytest.approx(expected.interval.high, abs=0.15)
    for one in each:
        assert one.label is not None
        (of_label,) = measure(ratings, [ALPHA], label=one.label)
        assert one.value == pytest.approx(of_label.value)
    assert [one.label for one in each] == ["correct", "incorrect"]


def test_agreement_is_of_the_steps_that_the_rows_hold(world: World) -> None:
    """They agree on the first step and not on the second, where the row is cut, and agree on the third."""
    world.set_policy(overlap=2, open_cases_on=())
    for name, second in (("ann", "correct"), ("bob", "incorrect")):
        world.expert(name).label_all(["correct", second])
    assert [export(world, labels=one)[1].agreement[0].units for one in (LabelChoice.SETTLED, LabelChoice.EACH)] == [
        1,
        3,
    ]
    stepwise = {"format": "trl-stepwise", "mapping": "correctness", "labels": LabelChoice.EACH}
    assert export(world, **stepwise)[1].agreement[0].units == 3


def test_agreement_is_of_the_version_that_was_chosen(world: World) -> None:
    world.set_policy(overlap=2, open_cases_on=())
    for name, first in (("ann", "incorrect"), ("bob", "correct")):
        world.expert(name).label_all([first])
    world.publish(guideline_text("1.1", "clarification"))
    world.set_policy(overlap=4, open_cases_on=())
    for name in ("cyn", "dan"):
        world.expert(name).label_all(["incorrect"])
    found = {
        version: export(world, guideline=version, labels=LabelChoice.EACH)[1].agreement[0].value
        for version in ("1.0", "1.1")
    }
    assert found["1.0"] == pytest.approx(0) and found["1.1"] == pytest.approx(1)


def test_the_manifest_tells_of_the_bar_the_guideline_and_the_lengths(world: World) -> None:
    world.set_policy(overlap=1, agreement_bar=0.75)
    world.expert("ann").label_all()
    then = export(world)[1]
    assert then.bar is not None and (then.bar.gate, then.bar.team_bar, then.bar.agreement_bar) == (None, None, 0.75)
    text = world.value("SELECT text FROM guideline_versions")
    assert then.guideline_hashes == {"step-correctness 1.0": sha256(text.encode()).hexdigest()}
    assert then.lengths is not None and then.lengths.by == ESTIMATED
    assert (then.lengths.rows_cut, then.lengths.steps_cut) == (0, 0)
    assert [(band.most, band.rows) for band in then.lengths.histogram] == [(64, 1)]
    answer = len(["answer", "of", "t"]) + 1
    for most, steps in ((then.lengths.longest - 1, 0), (then.lengths.longest - answer - 1, 1)):
        cut = export(world, max_length=most)[1].lengths
        assert cut is not None and (cut.rows_cut, cut.steps_cut) == (1, steps)
    world.set_policy(overlap=1, gate=Gate())
    assert export(world)[1].bar is not None and export(world)[1].bar.gate == Gate()  # type: ignore[union-attr]
    assert export(world, as_of=then.as_of)[1] == then


def test_labels_of_who_had_seen_answers_are_counted(world: World) -> None:
    world.set_policy(overlap=1, readers_may_label=True)
    world.expert("ann").label_all()
    world.join("cyn", Role.EXPORTER)
    world.expert("cyn").label_all()
    manifest = export(world)[1]
    assert (manifest.votes, manifest.assisted_votes) == (6, 3)
