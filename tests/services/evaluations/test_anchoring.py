"""The report on anchoring reads what people did: who saw what, what they changed, and what was right."""

import pytest

from cotlab.cli.evaluations.anchoring_text import anchoring_lines
from cotlab.domain.errors import BadInput
from cotlab.domain.evaluations.anchoring import AnchoringReport, Arm, DraftWas, Measure
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.people import Role
from cotlab.domain.projects.draft_policy import Task, blind
from cotlab.services.evaluations.anchoring import AGAIN, INFORMED, NO_OPINION, NOT_SHOWN, SHOWN_AFTER_ALL, report
from cotlab.services.gold.items import add_gold
from cotlab.storage.engine.database import Db
from cotlab.storage.guidelines import guidelines
from tests.services.calibration import calibrating
from tests.services.cases import adjudicating
from tests.services.drafts.revealed import ALWAYS, item_of, leave, opinion, reveal
from tests.services.guidelines.guideline_texts import following, small
from tests.services.work import comparing
from tests.world import World, trace

HALF = {"drafts": [{"reveal": "always", "blind_share": 0.5}]}


def read(world: World, task: Task = "steps", as_of: int | None = None) -> AnchoringReport:
    return world.store.read(lambda db: report(db, world.project, task, as_of, replicates=50))


def arm(found: AnchoringReport, which: Arm, draft: DraftWas = DraftWas.ANY) -> tuple[int, int, int, int]:
    """Labels, changed, towards, away."""
    one = next(one for one in found.arms if (one.arm, one.draft) == (which, draft))
    return one.labels, one.changed.hits, one.towards.hits, one.away.hits


@pytest.fixture
def followed(world: World) -> World:
    """Four people label three traces with opinions; whoever sees one that differs takes it over."""
    world.set_policy(overlap=4, **HALF)
    for row in world.rows("SELECT trace_id, position FROM steps WHERE position < 3"):
        leave(world, row["trace_id"], row["position"], opinion("redundant"))
    for name in ("ann", "bob", "cyn", "dan"):
        expert = world.expert(name)
        for _ in range(3):
            taken = expert.take()
            for position in (1, 2, 3):
                world.clock.advance(seconds=4)
                given = expert.commit(taken.id, position)
                if given.drafts:
                    world.clock.advance(seconds=3)
                    expert.commit(taken.id, position, "redundant", replaces=given.label_id)
            expert.finish(taken.id)
    return world


def test_who_saw_a_draft_and_who_was_in_the_arm_that_sees_none(followed: World) -> None:
    found = read(followed)
    items = [row["id"] for row in followed.rows("SELECT id FROM traces")]
    people = [followed.people[name] for name in ("ann", "bob", "cyn", "dan")]
    none = 2 * sum(blind(person, item, 0.5) for person in people for item in items)
    assert 0 < none < 24
    assert arm(found, Arm.SEEN) == (24 - none, 24 - none, 24 - none, 0)
    assert arm(found, Arm.BLIND) == (none, 0, 0, 0) and arm(found, Arm.NOT_SEEN) == (0, 0, 0, 0)
    assert (found.labels, found.problems, found.people, found.known) == (24, 3, 4, 0)
    assert found.left_out == {NO_OPINION: 12}
    moved = next(one for one in found.compared if (one.measure, one.draft) == (Measure.MOVED, DraftWas.ANY))
    assert (moved.with_drafts.value, moved.blind.value) == (1.0, 0.0)
    assert [(one.seconds, one.seconds_after) for one in found.arms if one.labels] == [(5.5, 3.0), (4.0, None)], (
        "what a look takes is within the time of the next step, which is there already"
    )
    assert found.sentence.startswith("Nothing can be said of anchoring yet: 3 clusters")
    lines = list(anchoring_lines(found))
    assert all(len(line) <= 80 for line in lines) and f"{24 - none:,}  100.0% [" in "\n".join(lines)


def test_as_of_an_earlier_sequence_it_says_what_stood_then(followed: World) -> None:
    first = followed.value("SELECT min(sequence) AS n FROM reveals")
    then = read(followed, as_of=first)
    assert arm(then, Arm.SEEN)[:2] == (1, 0) and then.as_of == first
    assert arm(read(followed, as_of=first - 1), Arm.SEEN)[0] == 0
    with pytest.raises(BadInput):
        read(followed, as_of=10**9)


def test_gold_says_whether_the_draft_was_right(followed: World) -> None:
    one, other, _ = (row["id"] for row in followed.rows("SELECT id FROM traces ORDER BY id"))
    make_gold(followed, one, "redundant")
    make_gold(followed, other, "correct")
    found = read(followed)
    assert found.known == 16
    for was in (DraftWas.RIGHT, DraftWas.WRONG):
        seen, unseen = arm(found, Arm.SEEN, was), arm(found, Arm.BLIND, was)
        assert seen[0] + unseen[0] == 8 and seen[2] == seen[0] > 0


def test_gold_that_a_newer_guideline_asks_for_anew_says_nothing(world: World) -> None:
    following(world, "followed", "ann")
    world.add_traces(trace("a"), trace("b"))
    world.set_policy(overlap=1, **ALWAYS)
    ann = world.expert("ann")
    for label in ("incomplete", "correct"):
        taken = ann.take()
        item = item_of(world, taken.id)
        leave(world, item, 1, opinion("correct"))
        leave(world, item, 2, opinion("correct"))
        for position in (1, 2, 3):
            ann.commit(taken.id, position)
        ann.finish(taken.id)
        make_gold(world, item, label)
    assert (read(world).known, read(world).labels) == (4, 4)
    then = world.value("SELECT max(sequence) AS n FROM events WHERE chain = :project", project=world.project)
    world.publish(small("1.1", affects={"labels": ["incomplete"]}))
    found = read(world)
    assert (found.known, found.labels) == (2, 4) and read(world, as_of=then).known == 4
    assert sum(one.labels for one in found.arms if one.draft is DraftWas.WRONG) == 0


def make_gold(world: World, item: str, label: str, origin: GoldOrigin = GoldOrigin.IMPORTED) -> None:
    def add(db: Db) -> None:
        version = guidelines.version_for_item(db, item) or ""
        labels = {position: (label, "it is so") for position in (1, 2, 3)}
        add_gold(db, world.people["lea"], world.project, item, origin, version, labels)

    world.write(add)


def test_gold_that_comes_as_production_is_read_with_it_and_once(world: World) -> None:
    item = calibrating.bring_gold(world, "g1")["g1"]
    world.set_policy(overlap=1, gold_every=1, **ALWAYS)
    ann = world.expert("ann")
    leave(world, item, 1, opinion("redundant"))
    taken = ann.take()
    assert item_of(world, taken.id) == item
    given = ann.commit(taken.id, 1)
    ann.commit(taken.id, 1, "redundant", replaces=given.label_id)
    found = read(world)
    assert (arm(found, Arm.SEEN), found.known, found.left_out) == ((1, 1, 1, 0), 1, {})
    for position in (2, 3, 4):
        ann.commit(taken.id, position)
    ann.finish(taken.id)
    again = ann.take()
    assert item_of(world, again.id) == item
    ann.commit(again.id, 1)
    found = read(world)
    assert (found.labels, found.left_out) == (1, {AGAIN: 1, NO_OPINION: 3})


def test_gold_that_was_made_of_these_labels_is_apart(followed: World) -> None:
    """The same steps as gold of a file are known; what people agreed on, drafts may have made them agree on."""
    item = followed.rows("SELECT id FROM traces ORDER BY id")[0]["id"]
    make_gold(followed, item, "redundant", GoldOrigin.PROMOTED)
    found = read(followed)
    assert (found.known, found.decided) == (0, 8)
    assert sum(one.labels for one in found.arms if one.draft is DraftWas.DECIDED_RIGHT) == 8
    followed.set_policy(overlap=4, gold_every=1, **HALF)
    followed.add_traces(trace("d"))
    followed.add_person("eve")
    followed.join("eve", Role.ANNOTATOR)
    eve = followed.expert("eve")
    taken = eve.take()
    assert item_of(followed, taken.id) == item
    eve.commit(taken.id, 1)
    found = read(followed)
    assert (found.known, found.decided) == (1, 8), "whoever labels it as gold has no part in what it says"


def test_what_an_adjudicator_decided_is_apart(world: World) -> None:
    world.set_policy(overlap=2, **HALF, second_adjudicator_share=0)
    for name, label in (("ann", "correct"), ("bob", "redundant")):
        expert = world.expert(name)
        taken = expert.take()
        item = item_of(world, taken.id)
        if name == "ann":
            leave(world, item, 1, opinion("redundant"))
        expert.commit(taken.id, 1, label)
        for position in (2, 3):
            expert.commit(taken.id, position)
        expert.finish(taken.id)
    assert read(world).decided == 0
    assert adjudicating.open_cases(world) == 1
    adjudicating.decide(world, adjudicating.case_on(world, 1), "redundant")
    found = read(world)
    assert (found.known, found.decided) == (0, 2)
    assert sum(one.labels for one in found.arms if one.draft is DraftWas.DECIDED_RIGHT) == 2
    assert all(not one.labels for one in found.compared if one.measure in (Measure.RIGHT, Measure.RIGHT_AT_FIRST))
    lines = list(anchoring_lines(found))
    assert any(line.startswith("  decided right") for line in lines)
    assert any("not comparable between the arms" in line for line in lines) and all(len(line) <= 80 for line in lines)


def test_what_policy_shows_nobody_and_what_is_informed_is_left_out(world: World) -> None:
    ann = world.expert("ann")
    taken = ann.take()
    leave(world, item_of(world, taken.id), 1, opinion("redundant"))
    leave(world, item_of(world, taken.id), 2, opinion("redundant"))
    ann.commit(taken.id, 1)
    assert read(world).left_out == {NOT_SHOWN: 1}
    world.set_policy(**HALF)
    ann.commit(taken.id, 2)
    found = read(world)
    assert found.left_out == {NOT_SHOWN: 1} and found.labels == 1
    world.set_policy(overlap=2, readers_may_label=True, **HALF)
    world.join("bob", Role.EXPORTER)
    bob = world.expert("bob")
    mine = bob.take()
    assert item_of(world, mine.id) == item_of(world, taken.id)
    bob.commit(mine.id, 1)
    assert read(world).left_out == {NOT_SHOWN: 1, INFORMED: 1}
    ann.commit(taken.id, 3)
    leave(world, item_of(world, taken.id), 3, opinion("redundant"))
    assert read(world).left_out == {NOT_SHOWN: 1, INFORMED: 1, NO_OPINION: 1}


def test_on_a_key_who_did_not_look_is_apart(world: World) -> None:
    world.set_policy(drafts=[{"reveal": "on_key", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    for position in (1, 2):
        leave(world, item_of(world, taken.id), position, opinion("redundant"))
        ann.commit(taken.id, position)
    reveal(world, "ann", taken.id, 2)
    found = read(world)
    assert arm(found, Arm.SEEN)[0] == arm(found, Arm.NOT_SEEN)[0] == 1
    assert "random arm that sees no draft has no label" in found.sentence


def test_who_was_in_the_arm_at_the_claim_stays_in_it(world: World) -> None:
    none, all_ = ({"drafts": [{"reveal": "always", "blind_share": share}]} for share in (1.0, 0.0))
    world.set_policy(overlap=1, **none)
    ann = world.expert("ann")
    taken = ann.take()
    for position in (1, 2, 3):
        leave(world, item_of(world, taken.id), position, opinion("redundant"))
        assert ann.commit(taken.id, position).drafts == reveal(world, "ann", taken.id, position).drafts == ()
        world.set_policy(overlap=1, **all_)
    assert arm(read(world), Arm.BLIND)[0] == 3 == read(world).labels
    ann.finish(taken.id)
    other = ann.take()
    leave(world, item_of(world, other.id), 1, opinion("redundant"))
    assert ann.commit(other.id, 1).drafts and arm(read(world), Arm.SEEN)[0] == 1


def test_who_was_in_the_arm_for_a_while_and_then_shown_a_draft_is_left_out(world: World) -> None:
    ann, taken = world.expert("ann"), None
    for share in (0.0, 1.0, 0.0):
        world.set_policy(drafts=[{"reveal": "on_key", "blind_share": share}])
        taken = taken or ann.take()
        if share:
            leave(world, item_of(world, taken.id), 1, opinion("redundant"))
            ann.commit(taken.id, 1)
    assert taken is not None and reveal(world, "ann", taken.id, 1).drafts
    assert read(world).left_out == {SHOWN_AFTER_ALL: 1}


def test_what_was_corrected_before_the_look_is_no_flip(world: World) -> None:
    world.set_policy(drafts=[{"reveal": "on_key", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    for position, later in ((1, "redundant"), (2, "correct"), (3, None)):
        leave(world, item_of(world, taken.id), position, opinion("redundant"))
        given = ann.commit(taken.id, position)
        given = ann.commit(taken.id, position, "redundant", replaces=given.label_id)
        if later is not None:
            reveal(world, "ann", taken.id, position)
            ann.commit(taken.id, position, later, replaces=given.label_id)
    found = read(world)
    assert arm(found, Arm.SEEN) == (2, 1, 0, 1), "one went over to the draft before it was there, and one then left it"
    assert arm(found, Arm.NOT_SEEN) == (1, 1, 1, 0)
    assert {one.arm: one.earlier for one in found.arms if one.labels} == {Arm.SEEN: 2, Arm.NOT_SEEN: 0}
    assert any(line.startswith("changed before the reveal: 2 of 2") for line in anchoring_lines(found))


def test_a_change_between_two_looks_is_one_after_the_first(world: World) -> None:
    world.set_policy(drafts=[{"reveal": "on_key", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    leave(world, item_of(world, taken.id), 1, opinion("redundant"))
    given = ann.commit(taken.id, 1)
    reveal(world, "ann", taken.id, 1)
    ann.commit(taken.id, 1, "redundant", replaces=given.label_id)
    leave(world, item_of(world, taken.id), 1, opinion("redundant"), model="another")
    reveal(world, "ann", taken.id, 1)
    assert world.value("SELECT count(*) FROM reveals") == 2
    assert arm(read(world), Arm.SEEN) == (1, 1, 1, 0)


def test_drafts_of_earlier_steps_show_in_first_labels(world: World) -> None:
    """Whoever has seen a draft of one step says of the next what its draft says, before that one is there."""
    world.set_policy(overlap=4, **HALF)
    for row in world.rows("SELECT trace_id, position FROM steps WHERE position < 3"):
        leave(world, row["trace_id"], row["position"], opinion("redundant"))
    for name in ("ann", "bob", "cyn", "dan"):
        expert = world.expert(name)
        for _ in range(3):
            taken = expert.take()
            taught = expert.commit(taken.id, 1).drafts
            expert.commit(taken.id, 2, "redundant" if taught else "correct")
            expert.commit(taken.id, 3)
            expert.finish(taken.id)
    by = {one.measure: one for one in read(world).compared if one.draft is DraftWas.ANY}
    first, moved = by[Measure.WITH_DRAFT_AT_FIRST], by[Measure.MOVED]
    assert (first.with_drafts.value, first.blind.value) == (0.5, 0.0) and first.blind_labels
    assert (moved.with_drafts.value, moved.blind.value) == (0.0, 0.0)


def test_what_one_person_looked_at_another_has_not_seen(world: World) -> None:
    world.set_policy(overlap=2, drafts=[{"reveal": "on_key", "blind_share": 0.0}])
    for name in ("ann", "bob"):
        expert = world.expert(name)
        taken = expert.take()
        if name == "ann":
            leave(world, item_of(world, taken.id), 1, opinion("redundant"))
        expert.commit(taken.id, 1)
        if name == "ann":
            reveal(world, name, taken.id, 1)
    found = read(world)
    assert arm(found, Arm.SEEN)[0] == arm(found, Arm.NOT_SEEN)[0] == 1


def test_choices_between_responses_are_read_by_their_sign(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(overlap=1, repeat_share=0.0, drafts=[{"task": "pairs", "reveal": "always", "blind_share": 0.0}])
    comparing.add(world, comparing.pair("a"), comparing.pair("b"))
    ann = world.expert("ann")
    for preference in ("first", "none"):
        view, _ = comparing.take(ann)
        document = {"preference": preference, "first": 0.6, "second": 0.4, "by": "votes", "flipped": False}
        leave(world, item_of(world, view.id), 1, document, "pair_opinion")
        left = world.value("SELECT left_one FROM pair_sides WHERE assignment_id = :id", id=view.id)
        done = comparing.prefer(ann, view.id, "better" if left == "second" else "worse")
        say = "tie" if preference == "none" else "much-better" if left == "first" else "much-worse"
        comparing.prefer(ann, view.id, say, replaces=done.label_id)
    found = read(world, "pairs")
    assert arm(found, Arm.SEEN) == (2, 2, 2, 0) and found.task == "pairs"
    assert read(world, "steps").labels == 0
