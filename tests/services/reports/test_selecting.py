"""Traces by how they were handed out, and shares of labels that hold for all traces of the queue."""

import json

import pytest

from cotlab.domain.projects.priorities import Quota
from cotlab.domain.queue.batches import BatchBody
from cotlab.domain.queue.priority import of_random_share
from cotlab.domain.reports.people import Against
from cotlab.domain.reports.selection import HandedOut, SelectionReport
from cotlab.services.agreement import measurement
from cotlab.services.agreement.measurement import order
from cotlab.services.agreement.weights import how_chosen, weights
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.queue.batches import make
from cotlab.services.reports import accuracy, random_share
from cotlab.storage import Store
from cotlab.storage.migrations import m0026_reason_of_first_claims
from tests.support import Clock
from tests.world import World, people_and_project, trace

TRACES = 24


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """Twenty-four traces of a step, of which a third is drawn at random."""
    made = people_and_project(store, clock, overlap=1)
    made.set_policy(overlap=1, gold_every=0, random_share=1 / 3)
    made.add_traces(*(trace(str(number), 1, id=str(number)) for number in range(TRACES)))
    made.catch_up()
    return made


def drawn(world: World) -> set[str]:
    items = [row["id"] for row in world.rows("SELECT id FROM traces")]
    return {one for one in items if of_random_share(one, 1 / 3)}


def how(world: World) -> dict[str, HandedOut]:
    return world.store.read(lambda db: how_chosen(db, world.project))


def report(world: World) -> SelectionReport:
    return world.store.read(lambda db: random_share.report(db, world.project))


def label(world: World, name: str, most: int) -> None:
    """What was drawn is wrong, and the rest is right."""
    expert, at_random = world.expert(name), drawn(world)
    for _ in range(most):
        mine = expert.take()
        item = world.value("SELECT item_id FROM assignments WHERE id = :id", id=mine.id)
        expert.commit(mine.id, 1, "incorrect" if item in at_random else "correct")
        expert.finish(mine.id)


def test_a_trace_is_of_the_draw_that_was_in_force_when_it_was_handed_out(world: World) -> None:
    label(world, "ann", TRACES // 2)
    before = how(world)
    assert len(before) == TRACES // 2
    assert {one for one, why in before.items() if why is HandedOut.AT_RANDOM} == drawn(world) & before.keys()
    world.set_policy(overlap=1, gold_every=0, random_share=1e-9)
    label(world, "ann", TRACES // 2)
    after = how(world)
    assert {one: after[one] for one in before} == before
    assert {after[one] for one in after.keys() - before.keys()} == {HandedOut.BY_POINTS}
    world.set_policy(overlap=1, gold_every=0, random_share=1.0)
    assert how(world) == after, "what comes later changes nothing"


def test_what_a_lead_named_was_not_drawn(world: World) -> None:
    some = sorted(drawn(world))[:2]
    body = BatchBody(people=("ann",), items=tuple(some), due=world.clock.now + 10**12)
    world.write(lambda db: make(db, world.people["lea"], world.project, body, some))
    label(world, "ann", 2)
    assert how(world) == dict.fromkeys(some, HandedOut.IN_A_BATCH)


def test_shares_are_of_all_labels_and_of_the_random_share(world: World) -> None:
    label(world, "ann", TRACES)
    found, many = report(world), len(drawn(world))
    assert (found.at_random, found.by_points, found.in_batches) == (many, TRACES - many, 0)
    shares = {
        one.what: (one.labelled.hits, one.labelled.of, one.at_random.hits, one.at_random.of) for one in found.shares
    }
    assert shares["incorrect"] == (many, TRACES, many, many)
    assert shares["correct"] == (TRACES - many, TRACES, 0, many)
    assert shares["as others settled it"] == (0, 0, 0, 0)
    assert found.sentence.startswith(f"{many} of {TRACES} traces were handed out at random.")


def test_without_a_draw_nothing_is_said_of_all(world: World) -> None:
    world.set_policy(overlap=1, gold_every=0, random_share=1e-9)
    label(world, "ann", 3)
    found = report(world)
    assert found.at_random == 0 and found.sentence.startswith("No trace was handed out at random")


SOME = 12


@pytest.fixture
def chosen_from(store: Store, clock: Clock) -> World:
    """Every third trace is wanted first, and those are wrong; twelve are labelled by two people, of whom one never says
    so.
    """
    world = people_and_project(store, clock, overlap=2)
    quotas = (Quota(domain="law", wanted=1000),)
    world.set_policy(overlap=2, gold_every=0, random_share=1 / 3, quotas=quotas)
    domains = ["mathematics" if number % 3 else "law" for number in range(3 * TRACES)]
    world.add_traces(*(
        trace(f"{domain} {number}", 1, id=str(number), domain=domain) for number, domain in enumerate(domains)
    ))  # fmt: skip
    world.catch_up()
    for name in ("ann", "bob"):
        expert = world.expert(name)
        for _ in range(SOME):
            mine = expert.take()
            law = mine.problem.text.startswith("Problem law")
            expert.commit(mine.id, 1, "incorrect" if law and name == "ann" else "correct")
            expert.finish(mine.id)
    return world


def brought(world: World) -> dict[str, tuple[str, str | None]]:
    """Item's id -> its domain and what brought it."""
    rows = world.rows("""SELECT a.item_id, p.domain, a.brought_by FROM assignments a JOIN traces t ON t.id = a.item_id
        JOIN problems p ON p.id = t.problem_id JOIN actors o ON o.id = a.actor_id WHERE o.name = 'ann'""")
    return {row["item_id"]: (row["domain"], row["brought_by"]) for row in rows}


def test_what_brought_a_trace_is_kept_where_it_is_handed_out_first(chosen_from: World) -> None:
    found = brought(chosen_from)
    assert {why for _, why in found.values()} == {"points", "age"}
    assert all((domain == "law") == (why == "points") for domain, why in found.values())
    of_bob = chosen_from.rows(
        "SELECT DISTINCT a.brought_by FROM assignments a JOIN actors o ON o.id = a.actor_id WHERE o.name = 'bob'"
    )
    assert [row["brought_by"] for row in of_bob] == [None], "ann had them all before"
    assert chosen_from.store.read(lambda db: list(rows_that_differ(db, chosen_from.project))) == []


def test_reweighted_numbers_are_those_of_what_was_drawn_where_points_say_all(chosen_from: World) -> None:
    found = brought(chosen_from)
    at_random = [one for one in found if of_random_share(one, 1 / 3)]
    assert 0 < len(at_random) < len(found)
    law = sum(found[one][0] == "law" for one in at_random) / len(at_random)
    (share,) = (one for one in report(chosen_from).shares if one.what == "incorrect")
    assert share.at_random.value == pytest.approx(law / 2) == pytest.approx(share.reweighted.value)
    assert share.labelled.value is not None and share.labelled.value > law / 2 + 0.1
    wanted = order(None, ["percent", "alpha"], False, None, 200, 1)
    agreed = chosen_from.store.read(lambda db: measurement.report(db, chosen_from.project, wanted))
    whole, again = agreed.results[0], agreed.reweighted[0]
    assert again.value == pytest.approx(1 - law) and whole.value is not None and whole.value < 1 - law - 0.1
    assert len(agreed.reweighted) == 2 and again.clusters > len(at_random), "what points brought counts too"


def test_accuracy_against_others_is_reweighted_and_that_against_gold_is_not(chosen_from: World) -> None:
    read = chosen_from.store.read
    settled = read(lambda db: accuracy.report(db, chosen_from.project, Against.SETTLED, ()))
    gold = read(lambda db: accuracy.report(db, chosen_from.project, Against.GOLD, ()))
    assert settled.results[0].reweighted is not None and gold.results[0].reweighted is None


def test_where_points_chose_nothing_no_number_changes(world: World) -> None:
    label(world, "ann", TRACES)
    found = report(world)
    assert [one.reweighted for one in found.shares] == [one.labelled for one in found.shares]
    wanted = order(None, ["percent"], False, None, 50, 1)
    assert world.store.read(lambda db: measurement.report(db, world.project, wanted)).reweighted == ()
    settled = world.store.read(lambda db: accuracy.report(db, world.project, Against.SETTLED, ()))
    assert settled.results[0].reweighted is None
    assert world.store.read(lambda db: weights(db, world.project)) == {}


def test_where_points_chose_and_nothing_was_drawn_there_is_no_reweighted_number(world: World) -> None:
    world.set_policy(
        overlap=1, gold_every=0, random_share=0.001, quotas=(Quota(domain="mathematics", wanted=1000),)
    )  # fmt: skip
    world.catch_up()
    label(world, "ann", 3)
    assert world.store.read(lambda db: weights(db, world.project)) is None
    first = world.value("SELECT min(sequence) FROM assignments WHERE brought_by = 'points'")
    assert world.store.read(lambda db: weights(db, world.project, first - 1)) == {}
    assert {one.reweighted.reason for one in report(world).shares} == {"no step"}


def test_what_leaves_the_random_share_is_brought_by_what_it_has_then(chosen_from: World) -> None:
    """The points that it once had bring it no more, also where it is drawn again."""
    before, waiting = brought(chosen_from), "SELECT count(*) FROM queue WHERE reached = 1 AND taken = 0"
    for share, remembered in ((1 / 3, True), (0.001, False), (1 / 3, False)):
        chosen_from.set_policy(overlap=2, gold_every=0, random_share=share)
        chosen_from.catch_up()
        assert (chosen_from.value(waiting) > 0) is remembered
        if not remembered:
            label(chosen_from, "ann", SOME)
    after = brought(chosen_from)
    later = after.keys() - before.keys()
    assert len(later) == 2 * SOME and any(after[one][0] == "law" for one in later & drawn(chosen_from))
    assert {after[one][1] for one in later} == {"age"}


def test_what_brought_a_drawn_trace_is_not_said_before_its_points_were_looked_at_anew(chosen_from: World) -> None:
    """An upgrade leaves those of the random share without points for some seconds."""
    before = brought(chosen_from)
    chosen_from.write(lambda db: db.run("UPDATE queue SET points = 0 WHERE at_random = 1"))
    chosen_from.write(lambda db: db.run(m0026_reason_of_first_claims.STATEMENTS[-1]))
    label(chosen_from, "ann", SOME)
    at_once = brought(chosen_from)
    chosen_from.catch_up()
    label(chosen_from, "ann", SOME)
    after = brought(chosen_from)
    upgraded, later = at_once.keys() - before.keys(), after.keys() - at_once.keys()
    at_random = drawn(chosen_from)
    assert upgraded & at_random and upgraded - at_random and later & at_random
    assert {one for one in after if after[one][1] is None} == upgraded & at_random
    assert all(after[one][1] == ("points" if after[one][0] == "law" else "age") for one in upgraded - at_random)


def test_what_points_would_have_brought_is_remembered_when_points_change(chosen_from: World) -> None:
    """What waits of the random share, and would have been brought by its points, stays so when they are gone."""
    waiting = {
        row["item_id"]
        for row in chosen_from.rows("""SELECT q.item_id FROM queue q WHERE q.at_random = 1
        AND q.points > 0 AND q.taken = 0""")
    }
    assert waiting
    chosen_from.set_policy(overlap=2, gold_every=0, random_share=1 / 3)
    chosen_from.catch_up()
    rows = chosen_from.rows("SELECT item_id, points, reached FROM queue WHERE taken = 0")
    assert {row["item_id"] for row in rows if row["reached"]} == waiting and not any(row["points"] for row in rows)


def test_a_policy_of_before_the_share_drew_nothing(world: World) -> None:
    label(world, "ann", 1)
    newest = world.value("SELECT max(sequence) FROM events WHERE chain = :p", p=world.project)
    document = {"overlap": 1, "gold_every": 0}
    world.write(lambda db: db.add(
        "policies", project_id=world.project, sequence=newest, at=db.now, document=json.dumps(document)
    ))  # fmt: skip
    before = how(world)
    label(world, "ann", TRACES - 1)
    after = how(world)
    assert {after[one] for one in after.keys() - before.keys()} == {HandedOut.BY_POINTS}


def test_agreement_is_measured_on_what_was_drawn(world: World) -> None:
    world.set_policy(overlap=2, gold_every=0, random_share=1 / 3)
    world.catch_up()
    for name in ("ann", "bob"):
        label(world, name, TRACES)
    wanted = order("chosen", ["percent"], False, None, 50, 1)
    found = world.store.read(lambda db: measurement.report(db, world.project, wanted))
    cells = {one.slice.get("chosen"): one for one in found.results}
    assert set(cells) == {None, "at random", "by points"}
