"""Gold pairs: from a file, promoted, corrected, retired, mixed unseen into production, and what comes back of them."""

from typing import Any

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.gold import CorrectBody, CriterionVerified, GoldItem, PromoteBody, RetireBody
from cotlab.domain.traces.pairs import Pair
from cotlab.services.audit import verification
from cotlab.services.gold import items, promotion, suggestions
from tests.services.gold.comparing_gold import WHY, bring, gold_pair, item_of, judge
from tests.services.work.comparing import CRITERIA, add, pair, prepare, take
from tests.support import SIGNER
from tests.world import World, people_and_project


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock)
    prepare(world)
    return world


def listed(world: World) -> dict[str, GoldItem]:
    found = world.store.read(lambda db: items.listed(db, world.project))
    return {str(one.external_id): one for one in found.items}


def towards_first(item: GoldItem, choice: str) -> str:
    """A choice of "one of" against "other of" in the order in which the pair is kept."""
    swapped = {"better": "worse", "much-better": "much-worse", "tie": "tie", "slightly-worse": "slightly-better"}
    return choice if item.responses[0].startswith("one of") else swapped[choice]


def assert_audited(world: World) -> None:
    verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert verdicts[world.project].good, verdicts[world.project].findings


def test_a_file_of_pairs_becomes_gold_that_nobody_is_handed(world: World) -> None:
    names = [f"g{number}" for number in range(6)]
    said = {"overall": WHY, "clarity": "it is shorter"}
    pairs = [gold_pair(name, "much-better", {"clarity": "slightly-worse"}) for name in names]
    report = bring(world, *pairs, justifications=said)
    assert (report.items, report.steps, report.broken) == (6, 0, ())
    found = listed(world)
    for name in names:
        one = found[name]
        assert (one.task, len(one.responses)) == ("pairs", 2)
        assert [(step.label, step.justification) for step in one.steps] == [(towards_first(one, "much-better"), WHY)]
        assert [(one_.criterion, one_.choice, one_.justification) for one_ in one.criteria] == [
            ("clarity", towards_first(one, "slightly-worse"), "it is shorter")
        ]
    assert {one.responses[0][:3] for one in found.values()} == {"one", "oth"}
    assert world.value("SELECT count(*) FROM queue") == 0
    again = bring(world, *pairs, justifications=said)
    assert (again.items, again.duplicates, again.broken) == (0, 6, ())
    turned = [one.model_copy(update={"responses": one.responses[::-1], "labels": (one.labels[0].swapped(),)})
              for one in pairs]  # fmt: skip
    assert bring(world, *turned, justifications=said).duplicates == 6
    assert_audited(world)


@pytest.mark.parametrize(
    ("one", "justifications", "order", "field", "why"),
    [
        (gold_pair("g"), {}, {}, "labels", "no justification"),
        (gold_pair("g", criteria={"clarity": "tie"}), WHY, {}, "criteria.clarity", "no justification"),
        (gold_pair("g", criteria={"beauty": "tie"}), {"overall": WHY, "beauty": WHY}, {}, "criteria.beauty",
         "has no criterion beauty"),
        (gold_pair("g"), {"overall": WHY, "clarity": WHY}, {}, "justifications.clarity", "no choice on such"),
        (gold_pair("g"), [WHY], {}, "justifications", "it is an object of texts"),
        (pair("g"), WHY, {}, "labels", "no choices, where one is verified"),
        (gold_pair("g"), WHY, {"source": "them"}, "labels", "no choices of them"),
        (gold_pair("g"), WHY, {"names": {"better": "best"}}, "labels", "better is no label of preference 1.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_gold_is_named(
    world: World, one: Pair, justifications: Any, order: dict[str, Any], field: str, why: str
) -> None:
    report = bring(world, one, justifications=justifications, **order)
    (broken,) = report.broken
    assert (report.items, broken.field) == (0, field) and why in broken.why
    assert world.value("SELECT count(*) FROM traces") == 0


def test_a_pair_that_people_worked_on_is_promoted_instead(world: World) -> None:
    add(world, pair("g", id="g"))
    judge(world, "ann")
    (broken,) = bring(world, gold_pair("g")).broken
    assert "people have worked on this pair; promote it instead" in broken.why


def test_people_who_agree_make_gold(world: World) -> None:
    add(world, pair("a", id="a"), pair("b", id="b"), pair("c", id="c"))
    for _ in range(3):
        judge(world, "ann", "better")
        judge(world, "bob", "better")
    world.catch_up()
    suggestion = world.store.read(lambda db: suggestions.suggest(db, world.project))
    assert {(one.item_id, one.task, one.why) for one in suggestion.candidates} == {
        (item_of(world, name), "pairs", "people agree on it") for name in "abc"
    }
    body = PromoteBody(
        item_id=item_of(world, "a"),
        justifications={1: "both say so"},
        criteria={"clarity": CriterionVerified(choice="tie", justification="alike")},
    )
    world.write(lambda db: promotion.promote(db, world.people["lea"], world.project, body))
    one = listed(world)["a"]
    assert [step.label for step in one.steps] == [towards_first(one, "better")]
    assert [step.justification for step in one.steps] == ["both say so"]
    assert [(beside.criterion, beside.choice) for beside in one.criteria] == [("clarity", "tie")]
    assert_audited(world)
    with pytest.raises(BadInput, match="has no criterion beauty"):
        world.write(lambda db: promotion.promote(
            db, world.people["lea"], world.project,
            PromoteBody(item_id=item_of(world, "b"), criteria={"beauty": body.criteria["clarity"]}),
        ))  # fmt: skip


def test_people_who_do_not_agree_make_none(world: World) -> None:
    add(world, pair("a", id="a"))
    judge(world, "ann", "better")
    judge(world, "bob", "worse")
    with pytest.raises(BadInput, match="a label is gold where all agree"):
        world.write(lambda db: promotion.promote(
            db, world.people["lea"], world.project, PromoteBody(item_id=item_of(world, "a"))
        ))  # fmt: skip
    assert world.store.read(lambda db: suggestions.suggest(db, world.project)).candidates == ()


def test_a_correction_is_another_version_and_a_retired_pair_goes_back(world: World) -> None:
    bring(world, gold_pair("g"))
    item = item_of(world, "g")

    def correct(**fields: Any) -> None:
        body = CorrectBody(justification="on a second look", **fields)
        world.write(lambda db: items.correct(db, world.people["lea"], world.project, item, body))

    correct(label="tie")
    correct(label="both-bad", criterion=None)
    correct(label="tie", criterion="clarity")
    correct(label="better", criterion="clarity")
    one = listed(world)["g"]
    assert [(step.label, step.number) for step in one.steps] == [("both-bad", 3)]
    assert [(beside.choice, beside.number) for beside in one.criteria] == [("better", 2)]
    for fields, why in (
        ({"label": "best"}, "best is no label"), ({"label": "tie", "position": 2}, "the pair has no step 2"),
        ({"label": "both-bad", "criterion": "clarity"}, "both-bad is no choice of the scale"),
        ({"label": "tie", "criterion": "beauty"}, "has no criterion beauty"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=why):
            correct(**fields)
    world.write(lambda db: items.retire(db, world.people["lea"], world.project, item, RetireBody(reason="unclear")))
    assert listed(world) == {}
    assert world.value("SELECT item_id FROM queue") == item
    assert_audited(world)


def test_gold_pairs_are_mixed_in_on_sides_of_their_own_and_come_back_as_others_do(world: World) -> None:
    world.set_policy(overlap=2, gold_every=2, repeat_share=1.0)
    bring(world, *(gold_pair(f"g{number}") for number in range(20)))
    add(world, *(pair(f"p{number}") for number in range(60)))
    for _ in range(60):
        assert judge(world, "ann")[0].purpose == "production"
    rows = world.rows(
        """SELECT a.purpose, a.item_id, s.left_one, s.repeats FROM assignments a
           JOIN pair_sides s ON s.assignment_id = a.id ORDER BY a.sequence"""
    )
    of_gold = [row for row in rows if row["purpose"] == "gold"]
    assert len(of_gold) >= 10 and {row["left_one"] for row in of_gold} == {"first", "second"}
    assert {row["repeats"] for row in of_gold} == {1}
    back = [row["item_id"] for row in rows if row["purpose"] == "repeat"]
    assert back and {row["item_id"] for row in of_gold} & set(back)
    seen = listed(world)
    assert {(one.exposure, one.missed) for one in seen.values()} <= {(0, 0), (1, 0)}
    assert sum(one.exposure for one in seen.values()) == len({row["item_id"] for row in of_gold})


def test_who_errs_on_a_gold_pair_is_counted(world: World) -> None:
    world.set_policy(overlap=2, gold_every=1)
    bring(world, gold_pair("g", "better"))
    add(world, *(pair(f"p{number}") for number in range(3)))
    judge(world, "ann", "much-better")
    judge(world, "bob", "worse")
    judge(world, "cyn", "tie")
    assert world.value("SELECT count(*) FROM assignments WHERE purpose = 'gold'") == 3
    one = listed(world)["g"]
    assert (one.exposure, one.missed) == (3, 2)


def test_stale_gold_comes_back_to_who_compared_it(world: World) -> None:
    world.set_policy(overlap=2, gold_every=1)
    bring(world, gold_pair("g"))
    add(world, pair("p"))
    judge(world, "ann", "better")
    text = world.value("SELECT text FROM guideline_versions WHERE task = 'pairs'")
    changed = text.replace('version: "1.0"', 'version: "1.1"', 1).replace(
        "change: initial", "change: label-changing\naffects:\n  labels: [better, worse]", 1
    )
    world.publish(changed)
    view, shown = take(world.expert("ann"))
    assert view.purpose == "redo" and shown.mine is not None
    assert shown.mine.criteria.keys() == set(CRITERIA)
    assert world.value("SELECT purpose FROM assignments ORDER BY sequence DESC LIMIT 1") == "gold_redo"
    (one,) = listed(world).values()
    assert one.steps[0].stale and one.missed == 0
