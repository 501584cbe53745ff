"""Labels in doubt: drawn for others to label, and kept out of what settles and what goes out."""

import json
from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import AgreementReport
from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind, Recheck, RecheckBody
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.errors import BadInput, Conflict
from cotlab.services.agreement import measurement
from cotlab.services.audit import event_data
from cotlab.services.calibration import rechecks
from cotlab.services.cases import disputed_steps
from cotlab.services.datasets.export import Export
from cotlab.storage import Store
from tests.services.calibration.doubting import (
    DOMAIN,
    FALSE,
    STEPS,
    TRUE,
    decide,
    fall,
    gold,
    hand,
    item,
    label,
    prepare,
    qualify,
)
from tests.services.cases.adjudicating import case_on
from tests.services.cases.adjudicating import decide as adjudicate
from tests.services.conftest import grown
from tests.support import Clock
from tests.world import World, trace

WORK = ("w1", "w2", "w3", "w4", "w5", "w6")
BAD = ("correct",) * (STEPS - 1) + ("incorrect",)
"""With the only error that ann finds."""


@pytest.fixture
def doubted(store: Store, clock: Clock) -> World:
    """Ann labelled w1, was good until g3, labelled w2 to w6 and fell; bob and cyn are qualified."""
    return grown(store, clock, grow_doubted)


def grow_doubted(world: World) -> None:
    prepare(world)
    qualify(world, "ann", "bob", "cyn")
    label(world, "ann", "w1")
    gold(world, "ann", "g3", TRUE)
    for name in WORK[1:-1]:
        label(world, "ann", name)
    label(world, "ann", "w6", BAD)
    fall(world, "ann", "g4", "g5")


def draw(world: World, share: float = 1.0, seed: int = 1, person: str = "ann", domain: str = DOMAIN) -> Recheck:
    body = RecheckBody(person=person, domain=domain, share=share, seed=seed)
    return world.write(lambda db: rechecks.draw_recheck(db, world.people["lea"], world.project, body))


def found(world: World) -> Recheck:
    """The newest recheck, as it stands."""
    return world.store.read(lambda db: rechecks.rechecks(db, world.project))[0]


def drawn(world: World) -> list[str]:
    """The names of the traces of the newest recheck."""
    rows = world.rows(
        """SELECT t.external_id FROM recheck_items i JOIN traces t ON t.id = i.item_id
           WHERE i.recheck_id = :recheck ORDER BY t.external_id""",
        recheck=found(world).id,
    )
    return [row["external_id"] for row in rows]


def next_item(world: World, name: str) -> str | None:
    """The name of the trace that a person would be given."""
    person = world.person(name)
    item_id = world.write(lambda db: rechecks.next_item(db, person, world.project))
    assert world.store.read(lambda db: rechecks.waiting(db, person, world.project)) is (item_id is not None)
    return None if item_id is None else str(world.value("SELECT external_id FROM traces WHERE id = :id", id=item_id))


def export(
    world: World, labels: LabelChoice = LabelChoice.SETTLED, **order: Any
) -> tuple[dict[str, list[Any]], Manifest]:  # fmt: skip
    """Name of a trace -> the labels of its first step, and the manifest."""
    wanted = ExportOrder(format="native", labels=labels, **order)
    prepared = world.store.read(lambda db: Export(db, world.project, wanted))
    rows = [json.loads(line) for line in b"".join(prepared.chunks(world.store)).splitlines()]
    steps = {row["id"]: row["steps"][0]["labels"] for row in rows}
    return steps, prepared.manifest(world.clock())


def test_a_recheck_draws_what_was_labelled_since_the_last_good_point(doubted: World) -> None:
    recheck = draw(doubted)
    assert drawn(doubted) == ["w2", "w3", "w4", "w5", "w6"]
    assert (recheck.person, recheck.domain, recheck.traces_in_doubt, recheck.traces_drawn) == ("ann", DOMAIN, 5, 5)
    assert (recheck.traces_finished, recheck.steps_compared) == (0, 0)
    assert recheck.since == doubted.value("SELECT since FROM drift_alarms")
    assert doubted.store.read(lambda db: list(event_data.rows_that_differ(db, doubted.project))) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_label_is_in_the_sample_and_the_seed_decides(doubted: World, seed: int) -> None:
    """Two of five: the only trace with an error is one of them."""
    draw(doubted, share=0.3, seed=seed)
    first = drawn(doubted)
    assert len(first) == 2 and "w6" in first


def test_another_recheck_draws_from_what_is_left(doubted: World) -> None:
    draw(doubted, share=0.3)
    first = drawn(doubted)
    draw(doubted)
    assert sorted(first + drawn(doubted)) == ["w2", "w3", "w4", "w5", "w6"]
    with pytest.raises(Conflict, match="not drawn yet"):
        draw(doubted)


def test_without_an_alarm_that_stands_nothing_is_in_doubt(doubted: World) -> None:
    for person, domain in (("bob", DOMAIN), ("ann", "law"), ("nobody", DOMAIN)):
        with pytest.raises(BadInput, match="person: there is no alarm"):
            draw(doubted, person=person, domain=domain)
    decide(doubted, "ann", DecisionKind.OVERRULE_ALARM)
    with pytest.raises(BadInput, match="person: the alarm about ann in mathematics was overruled"):
        draw(doubted)


def test_it_is_for_others_who_are_qualified_and_one_person_each(doubted: World) -> None:
    assert next_item(doubted, "bob") is None
    draw(doubted)
    assert next_item(doubted, "ann") is next_item(doubted, "dan") is None
    seen: list[str] = []
    while (name := next_item(doubted, "bob")) is not None and len(seen) < 4:
        seen.append(name)
        label(doubted, "bob", name, purpose=Purpose.RECHECK)
    last = next_item(doubted, "cyn")
    assert name == last and {*seen, last} == {"w2", "w3", "w4", "w5", "w6"}
    label(doubted, "cyn", last or "", purpose=Purpose.RECHECK)
    assert next_item(doubted, "bob") is next_item(doubted, "cyn") is None
    assert found(doubted).traces_finished == 5


def test_who_worked_on_a_trace_does_not_recheck_it(doubted: World) -> None:
    draw(doubted)
    for name in WORK[1:]:
        label(doubted, "bob", name)
    assert next_item(doubted, "bob") is None and next_item(doubted, "cyn") is not None


def test_a_lease_that_ran_out_is_taken_over_and_one_that_was_given_up_is_free(doubted: World) -> None:
    draw(doubted)
    for name in WORK[2:]:
        label(doubted, "cyn", name, purpose=Purpose.RECHECK)
    held = hand(doubted, "bob", "w2", Purpose.RECHECK)
    assert next_item(doubted, "cyn") is None
    doubted.clock.advance(minutes=61)
    assert next_item(doubted, "cyn") == "w2"
    ended = doubted.rows("SELECT ending FROM assignment_ends WHERE assignment_id = :a", a=held)
    assert [row["ending"] for row in ended] == ["taken_over"]
    mine = hand(doubted, "cyn", "w2", Purpose.RECHECK)
    taken = doubted.value("SELECT taken FROM queue WHERE item_id = :i", i=item(doubted, "w2"))
    doubted.expert("cyn").end(mine, "give_up")
    assert doubted.value("SELECT taken FROM queue WHERE item_id = :i", i=item(doubted, "w2")) == taken
    qualify(doubted, "dan")
    assert next_item(doubted, "dan") == "w2"
    assert found(doubted).traces_finished == 4


def test_nothing_is_given_out_once_the_alarm_is_overruled(doubted: World) -> None:
    draw(doubted)
    decide(doubted, "ann", DecisionKind.OVERRULE_ALARM)
    assert next_item(doubted, "bob") is None


def test_a_label_that_differs_opens_a_case_and_is_counted(doubted: World) -> None:
    draw(doubted)
    label(doubted, "bob", "w2", ("incorrect", *TRUE[1:]), Purpose.RECHECK)
    label(doubted, "bob", "w3", purpose=Purpose.RECHECK)
    doubted.catch_up()
    assert [(row["item_id"], row["position"]) for row in doubted.rows("SELECT item_id, position FROM cases")] == [
        (item(doubted, "w2"), 1)
    ]
    recheck = found(doubted)
    assert (recheck.traces_finished, recheck.steps_compared, recheck.steps_differing) == (2, 2 * STEPS, 1)


def test_labels_in_doubt_settle_nothing_and_say_why(doubted: World) -> None:
    steps, manifest = export(doubted)
    assert steps.keys() == {"w1"}
    assert manifest.traces_dropped["doubted"] == 5 and not manifest.doubted and manifest.doubted_labels == 0
    draw(doubted, share=0.3)
    assert export(doubted)[1].traces_dropped["under_recheck"] == 2
    one = drawn(doubted)[0]
    label(doubted, "bob", one, purpose=Purpose.RECHECK)
    steps, manifest = export(doubted)
    assert steps.keys() == {"w1", one}
    assert [one["basis"] for one in steps[one]] == ["single"]
    assert (manifest.traces_dropped["doubted"], manifest.traces_dropped["under_recheck"]) == (3, 1)


def test_what_was_decided_counts(doubted: World) -> None:
    draw(doubted)
    label(doubted, "bob", "w2", FALSE, Purpose.RECHECK)
    doubted.catch_up()
    assert export(doubted)[1].traces_dropped["disagreement"] == 1
    for position in range(1, STEPS + 1):
        adjudicate(doubted, case_on(doubted, position), TRUE[position - 1])
    steps, manifest = export(doubted)
    assert [one["basis"] for one in steps["w2"]] == ["adjudicated"]
    assert manifest.settled_by == {"adjudicated": STEPS, "single": STEPS}


def test_they_stay_out_of_what_each_person_said(doubted: World) -> None:
    label(doubted, "bob", "w2")
    steps, manifest = export(doubted, LabelChoice.EACH)
    assert steps.keys() == {"w1", "w2"} and len(steps["w2"]) == 1
    assert manifest.labels_dropped["doubted"] == 5 * STEPS
    assert manifest.labels_dropped.keys() == {"doubted", "calibration", "gold"}
    rows = [json.loads(line) for line in doubted.export("native", "each")[0].splitlines()]
    of_w2 = [label["source"] for row in rows if row["id"] == "w2" for label in row["labels"]]
    assert len(of_w2) == 3 and of_w2.count(steps["w2"][0]["source"]) == 2, "ann only finished it"
    content, manifest = doubted.export("trl-stepwise", "each", "correctness")
    assert len(content.splitlines()) == manifest.rows == 2 and manifest.traces_dropped["doubted"] == 4


def test_they_go_out_where_they_are_asked_for(doubted: World) -> None:
    for labels in (LabelChoice.SETTLED, LabelChoice.EACH):
        steps, manifest = export(doubted, labels, doubted=True)
        assert steps.keys() == {*WORK}
        assert manifest.doubted and manifest.doubted_labels == 5 * STEPS
        assert {name: one[0]["doubted"] for name, one in steps.items()} == {name: name != "w1" for name in WORK}


def test_an_export_of_the_past_knows_only_what_was_known_then(doubted: World) -> None:
    def sequence() -> int:
        return int(doubted.value("SELECT max(sequence) FROM events WHERE chain = :c", c=doubted.project))

    raised = int(doubted.value("SELECT sequence FROM drift_alarms"))
    draw(doubted)
    asked = sequence()
    label(doubted, "bob", "w2", purpose=Purpose.RECHECK)
    done = sequence()
    decide(doubted, "ann", DecisionKind.OVERRULE_ALARM)
    for as_of, kept, dropped in (
        (None, 6, {}), (raised - 1, 6, {}), (raised, 1, {"doubted": 5}), (asked, 1, {"under_recheck": 5}),
        (done, 2, {"under_recheck": 4}),
    ):  # fmt: skip
        manifest = export(doubted, as_of=as_of)[1]
        reasons = {why: n for why, n in manifest.traces_dropped.items() if why in ("doubted", "under_recheck")}
        assert (manifest.traces_kept, reasons) == (kept, dropped), as_of


def test_what_is_labelled_after_another_calibration_is_not_in_doubt(doubted: World) -> None:
    qualify(doubted, "ann", number=2)
    doubted.add_traces(trace("w7", STEPS, id="w7"))
    label(doubted, "ann", "w7")
    assert export(doubted)[0].keys() == {"w1", "w7"}
    draw(doubted)
    assert "w7" not in drawn(doubted)


def test_a_claim_hands_it_out_before_production(doubted: World) -> None:
    draw(doubted, share=0.3)
    first, second = drawn(doubted)
    assert [doubted.expert("bob").label_all().purpose for _ in range(2)] == ["recheck", "recheck"]
    rows = doubted.rows("SELECT item_id FROM assignments WHERE purpose = 'recheck'")
    assert {row["item_id"] for row in rows} == {item(doubted, first), item(doubted, second)}
    assert found(doubted).traces_finished == 2
    assert doubted.expert("bob").take().purpose == "production"


def test_labels_of_another_domain_are_not_in_doubt(doubted: World) -> None:
    doubted.add_traces(trace("law", STEPS, id="law", domain="law"))
    fall(doubted, "bob", "g4", "g5")
    decide(doubted, "bob", DecisionKind.OVERRULE_ALARM)
    label(doubted, "bob", "law")
    fall(doubted, "bob", "g6", "g7")
    assert export(doubted)[0].keys() == {"w1", "law"}


def test_the_same_labels_with_and_without_a_doubt_are_told_apart(doubted: World) -> None:
    """Ann and bob are both in doubt on w2; on w3 cyn is not, who says the same as bob."""
    label(doubted, "bob", "w2")
    label(doubted, "cyn", "w3")
    fall(doubted, "bob", "g4", "g5")
    assert export(doubted)[0].keys() == {"w1", "w3"}


def test_overruling_speaks_of_the_newest_alarm_alone(doubted: World) -> None:
    qualify(doubted, "ann", number=2)
    doubted.add_traces(trace("w7", STEPS, id="w7"))
    label(doubted, "ann", "w7")
    before = int(doubted.value("SELECT max(sequence) FROM events WHERE chain = :c", c=doubted.project))
    fall(doubted, "ann", "g6", "g7")
    assert export(doubted)[0].keys() == {"w1"}
    assert export(doubted, as_of=before)[0].keys() == {"w1", "w7"}
    decide(doubted, "ann", DecisionKind.OVERRULE_ALARM)
    assert export(doubted)[0].keys() == {"w1", "w7"}


@pytest.fixture
def fallen_twice(doubted: World) -> World:
    """Ann qualified anew, labelled w7, and fell once more."""
    qualify(doubted, "ann", number=2)
    doubted.add_traces(trace("w7", STEPS, id="w7"))
    label(doubted, "ann", "w7")
    fall(doubted, "ann", "g6", "g7")
    return doubted


def test_a_recheck_draws_from_the_labels_of_all_alarms_that_stand(fallen_twice: World) -> None:
    recheck = draw(fallen_twice)
    assert drawn(fallen_twice) == ["w2", "w3", "w4", "w5", "w6", "w7"]
    first = fallen_twice.value("SELECT min(since) FROM drift_alarms")
    assert (recheck.traces_in_doubt, recheck.since) == (6, first)
    with pytest.raises(Conflict, match="not drawn yet"):
        draw(fallen_twice)


def test_what_was_drawn_for_an_earlier_alarm_is_not_drawn_again_for_a_later_one(doubted: World) -> None:
    draw(doubted, share=0.3)
    first = drawn(doubted)
    qualify(doubted, "ann", number=2)
    doubted.add_traces(trace("w7", STEPS, id="w7"))
    label(doubted, "ann", "w7")
    fall(doubted, "ann", "g6", "g7")
    draw(doubted)
    assert sorted(first + drawn(doubted)) == ["w2", "w3", "w4", "w5", "w6", "w7"]
    assert [one.traces_in_doubt for one in doubted.store.read(lambda db: rechecks.rechecks(db, doubted.project))] == [
        6, 5,
    ]  # fmt: skip


def test_overruling_the_newest_alarm_leaves_the_recheck_of_the_others(fallen_twice: World) -> None:
    draw(fallen_twice)
    decide(fallen_twice, "ann", DecisionKind.OVERRULE_ALARM)
    seen = []
    while (name := next_item(fallen_twice, "bob")) is not None:
        seen.append(name)
        label(fallen_twice, "bob", name, purpose=Purpose.RECHECK)
    assert sorted(seen) == ["w2", "w3", "w4", "w5", "w6"]


def test_who_is_suspended_is_given_no_recheck(doubted: World) -> None:
    draw(doubted)
    assert next_item(doubted, "bob") is not None
    decide(doubted, "bob", DecisionKind.SUSPEND)
    assert next_item(doubted, "bob") is None


def test_agreement_leaves_labels_in_doubt_out_unless_they_are_asked_for(doubted: World) -> None:
    """Ann and bob labelled w1 and w2; ann's label of w2 is in doubt, and differs on the first step."""
    for name in ("w1", "w2"):
        label(doubted, "bob", name, ("incorrect", *TRUE[1:]) if name == "w2" else TRUE)

    def measured(doubts: bool) -> AgreementReport:
        wanted = measurement.order(None, ["percent"], False, None, 0, 1, doubts)
        return doubted.store.read(lambda db: measurement.report(db, doubted.project, wanted))

    without, with_them = measured(False), measured(True)
    assert (without.doubted, without.doubted_labels, without.ratings) == (False, 5 * STEPS, 3 * STEPS)
    assert (with_them.doubted, with_them.doubted_labels, with_them.ratings) == (True, 5 * STEPS, 8 * STEPS)
    assert (without.results[0].value, with_them.results[0].value) == (1, 1 - 1 / (2 * STEPS))
    for doubts, steps in ((False, 0), (True, 1)):
        cell = disputed_steps.cell(None, (), None, None, False, doubts)
        found = doubted.store.read(lambda db: disputed_steps.steps(db, doubted.project, cell, 0, 50))  # noqa: B023
        assert found.total == steps
        said = doubted.store.read(lambda db: measurement.diagnosis(db, doubted.project, ["domain"], None, doubts))  # noqa: B023
        assert len(said.cells) == steps
    decide(doubted, "ann", DecisionKind.OVERRULE_ALARM)
    assert measured(False).doubted_labels == 0
