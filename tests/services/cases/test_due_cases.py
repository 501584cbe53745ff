"""Cases open by themselves where people disagree, are unsure, ask or find the problem unusable, and nowhere else."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cotlab.domain.people import SERVER_ITSELF, Role
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.services.audit import event_data
from cotlab.services.cases import due_cases
from cotlab.services.registry import catch_up
from cotlab.storage import Db, Store
from cotlab.storage.cases import due_cases as stored
from tests.services.calibration.piloting import answer, ask, asked, start
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.guidelines.guideline_texts import small
from tests.world import World, trace


def begin(world: World, name: str, *labels: str, **fields: Any) -> str:
    """Claim a trace and label its first steps (`?` marks doubt), without ending it; the assignment's id."""
    expert = world.expert(name)
    mine = expert.take()
    for position, label in enumerate(labels, 1):
        expert.commit(mine.id, position, label.rstrip("?"), unsure=label.endswith("?"), **fields)
    return mine.id


def correct(world: World, name: str, assignment_id: str, position: int, label: str) -> None:
    """Take back one's latest label on a step."""
    me = world.people[name]
    rows = world.rows(
        """SELECT id FROM answers WHERE assignment_id = :a AND actor_id = :me AND position = :n AND question = 'label'
           ORDER BY sequence DESC""",
        a=assignment_id, me=me, n=position,
    )  # fmt: skip
    world.expert(name).commit(assignment_id, position, label, replaces=rows[0]["id"])


def items(world: World) -> list[str]:
    return [row["id"] for row in world.rows("SELECT id FROM traces WHERE project_id = :p", p=world.project)]


def due(world: World) -> dict[int, tuple[str, ...]]:
    """Position -> reasons, over all traces of the project; asserts that the server opens just these by itself."""
    found = world.store.read(lambda db: due_cases.due(db, world.project, items(world)))
    world.catch_up()
    undecided = {
        (row["item_id"], row["position"])
        for row in world.rows(
            f"""SELECT c.item_id, c.position FROM cases c WHERE c.project_id = :p
                AND {stored.OUTCOME} IS NULL""",
            p=world.project,
        )
    }
    assert found.keys() <= undecided, "the sieve lets through whatever is due"
    handed_out = world.rows("SELECT item_id, position, reasons FROM due_cases WHERE project_id = :p", p=world.project)
    assert {(row["item_id"], row["position"]): tuple(json.loads(row["reasons"])) for row in handed_out} == found
    return {position: tuple(reason.value for reason in reasons) for (_, position), reasons in found.items()}


def opened(world: World) -> list[tuple[int, int, list[str]]]:
    """Position, number and reasons of each case, in the order in which they were opened."""
    rows = world.rows(
        "SELECT position, number, reasons FROM cases WHERE project_id = :p ORDER BY sequence", p=world.project
    )
    return [(row["position"], row["number"], json.loads(row["reasons"])) for row in rows]


@pytest.mark.parametrize(
    ("ann", "bob", "expected"),
    [
        ("correct", "", {}),
        ("correct correct", "correct correct", {}),
        ("correct redundant", "correct correct", {2: ("disagreement",)}),
        ("correct redundant", "correct", {}),
        ("correct redundant incorrect", "redundant redundant correct", {1: ("disagreement",), 3: ("disagreement",)}),
        ("correct? correct", "", {1: ("unsure",)}),
        ("correct? redundant", "redundant redundant?", {1: ("disagreement", "unsure"), 2: ("unsure",)}),
        ("wrong-fact", "wrong-unit", {}),
        ("wrong-fact", "incorrect", {}),
        ("wrong-fact", "correct", {1: ("disagreement",)}),
    ],
)
def test_what_is_due(world: World, ann: str, bob: str, expected: dict[int, tuple[str, ...]]) -> None:
    for name, labels in (("ann", ann), ("bob", bob)):
        if labels:
            begin(world, name, *labels.split(), rationale="it is so")
    assert due(world) == expected


def test_the_policy_says_which_reasons_open_cases(world: World) -> None:
    begin(world, "ann", "correct?", "correct")
    begin(world, "bob", "correct", "redundant")
    everything = {1: ("unsure",), 2: ("disagreement",)}
    for wanted in ((), ("unsure",), ("disagreement",), ("question", "bad_problem"), tuple(CaseReason)):
        world.set_policy(overlap=2, open_cases_on=wanted)
        assert due(world) == {at: why for at, why in everything.items() if why[0] in wanted}
    world.set_policy(overlap=3)
    assert due(world) == {1: ("unsure",)}, "two of three people"


def test_a_case_is_opened_once_with_its_event(world: World) -> None:
    begin(world, "ann", "correct?", "correct")
    begin(world, "bob", "redundant", "redundant")
    assert open_cases(world) == 2
    assert opened(world) == [(1, 1, ["disagreement", "unsure"]), (2, 1, ["disagreement"])]
    assert world.kinds()[-2:] == ["case.opened"] * 2
    before = len(world.kinds())
    assert open_cases(world) == 0
    world.catch_up()
    assert len(world.kinds()) == before
    bodies = world.rows("SELECT body FROM events WHERE chain = :c AND sequence = :n", c=world.project, n=before)
    assert json.loads(bodies[0]["body"])["actor"] == SERVER_ITSELF
    assert world.store.read(lambda db: list(event_data.rows_that_differ(db, world.project))) == []


def test_a_reason_that_holds_no_longer_is_not_due(world: World) -> None:
    begin(world, "ann", "correct", "correct")
    mine = begin(world, "bob", "redundant", "correct")
    assert due(world) == {1: ("disagreement",)}
    correct(world, "bob", mine, 1, "correct")
    assert due(world) == {}
    assert len(opened(world)) == 1, "the case stands, and nothing holds it open"
    correct(world, "bob", mine, 1, "redundant")
    assert due(world) == {1: ("disagreement",)} and len(opened(world)) == 1


def test_a_question_about_a_step_holds_until_it_is_answered(world: World) -> None:
    mine = begin(world, "ann", "correct")
    ask(world, "ann")
    ask(world, "ann", mine)
    assert due(world) == {}, "a question about the guideline is none about a step"
    ask(world, "ann", mine, 1)
    assert due(world) == {1: ("question",)}
    answer(world, asked(world)[0].id)
    assert due(world) == {}


def test_a_question_holds_until_its_step_is_decided(world: World) -> None:
    mine = begin(world, "ann", "correct")
    begin(world, "bob", "correct")
    ask(world, "ann", mine, 1)
    assert due(world) == {1: ("question",)}
    decide(world, case_on(world, 1), "correct")
    assert due(world) == {}
    ask(world, "ann", mine, 1, "and now?")
    assert due(world) == {1: ("question",)}
    assert opened(world) == [(1, 1, ["question"]), (1, 2, ["question"])]


@pytest.mark.parametrize("decision", ["usable", "bad_problem"])
def test_a_problem_that_cannot_be_used_is_asked_of_the_whole_trace(world: World, decision: str) -> None:
    begin(world, "bob", "correct")
    mine = begin(world, "ann", "redundant")
    world.expert("ann").end(mine, "bad_problem")
    assert due(world) == {0: ("bad_problem",), 1: ("disagreement",)}
    decide(world, case_on(world, 0), decision, rules=())
    assert due(world) == ({1: ("disagreement",)} if decision == "usable" else {})
    assert [case[:2] for case in opened(world)] == [(0, 1), (1, 1)]


def test_somebody_else_says_that_a_usable_problem_is_not(world: World) -> None:
    world.expert("ann").end(begin(world, "ann"), "bad_problem")
    assert due(world) == {0: ("bad_problem",)}
    decide(world, case_on(world, 0), "usable", rules=())
    assert due(world) == {}
    cyn = world.expert("cyn")
    while (mine := cyn.take()).problem.text != "Problem a":
        cyn.end(mine.id, "give_up")
    cyn.end(mine.id, "bad_problem")
    assert due(world) == {0: ("bad_problem",)} and opened(world)[-1] == (0, 2, ["bad_problem"])


def give_up(world: World, name: str, assignment_id: str) -> None:
    world.expert(name).end(assignment_id, "give_up")


def lose(world: World, name: str, assignment_id: str) -> None:
    """The lease runs out, and somebody who finds nothing free takes the trace over."""
    world.clock.advance(minutes=61)
    cyn = world.expert("cyn")
    theirs = cyn.take().id
    while world.value("SELECT count(*) AS n FROM leases WHERE assignment_id = :a", a=assignment_id):
        cyn.end(theirs, "bad_problem")
        theirs = cyn.take().id


@pytest.mark.parametrize("leave", [give_up, lose])
def test_what_somebody_left_to_others_is_no_vote(world: World, leave: Callable[[World, str, str], None]) -> None:
    mine = begin(world, "ann", "redundant?", "correct")
    world.expert("bob").label_all()
    assert due(world) == {1: ("disagreement", "unsure")}
    leave(world, "ann", mine)
    assert {at: why for at, why in due(world).items() if at} == {}


def test_labels_and_questions_of_a_pilot_open_no_case(world: World) -> None:
    start(world, traces=3)
    mine = begin(world, "ann", "redundant?", "correct")
    begin(world, "bob", "correct", "redundant")
    ask(world, "ann", mine, 1)
    assert due(world) == {}


def test_the_same_facts_do_not_open_a_decided_case_again_and_new_ones_do(world: World) -> None:
    begin(world, "ann", "correct?")
    mine = begin(world, "bob", "redundant")
    assert due(world) == {1: ("disagreement", "unsure")}
    decide(world, case_on(world, 1), "correct")
    assert due(world) == {}
    correct(world, "bob", mine, 1, "correct")
    assert due(world) == {}, "who follows the decision says nothing against it"
    correct(world, "bob", mine, 1, "incorrect")
    assert due(world) == {1: ("disagreement",)}
    assert opened(world) == [(1, 1, ["disagreement", "unsure"]), (1, 2, ["disagreement"])]
    decide(world, case_on(world, 1), "incorrect")
    assert due(world) == {} and len(opened(world)) == 2


def test_one_voice_against_a_decision_is_a_disagreement_though_the_labels_agree(world: World) -> None:
    mine = begin(world, "ann", "correct?")
    begin(world, "bob", "correct")
    assert due(world) == {1: ("unsure",)}
    decide(world, case_on(world, 1), "redundant")
    correct(world, "ann", mine, 1, "correct")
    assert due(world) == {1: ("disagreement",)} and len(opened(world)) == 2


def test_a_decision_that_went_stale_counts_as_none(world: World) -> None:
    world.publish(small("1.0", "initial"))
    begin(world, "ann", "correct")
    begin(world, "bob", "redundant")
    assert due(world) == {1: ("disagreement",)}
    decide(world, case_on(world, 1), "incomplete")
    assert due(world) == {}
    world.publish(small("1.1", affects={"labels": ["incomplete"]}))
    assert due(world) == {1: ("disagreement",)} and opened(world)[-1][:2] == (1, 2)


def test_stale_labels_have_no_vote_until_they_are_given_anew(world: World) -> None:
    world.publish(small("1.0", "initial"))
    for name, label in (("ann", "correct"), ("bob", "incomplete")):
        world.expert(name).label_all([label], rationale="it is so")
    assert due(world) == {1: ("disagreement",)}
    world.publish(small("1.1", affects={"labels": ["incomplete"]}))
    assert due(world) == {}
    work = world.expert("bob").take()
    correct_ = world.rows("SELECT id FROM answers WHERE value = 'incomplete'")[0]["id"]
    world.expert("bob").commit(work.id, 1, "redundant", replaces=correct_)
    assert due(world) == {1: ("disagreement",)}


def test_another_name_for_the_same_label_is_no_disagreement(world: World) -> None:
    """The sieve sees two values where people agree, and one value where they do not."""
    world.publish(small("1.0", "initial"))
    begin(world, "ann", "redundant")
    labels = [{"name": "correct", "key": "1", "meaning": "right"}, {"name": "idle", "key": "2", "meaning": "no use"},
              {"name": "redundant", "key": "3", "meaning": "said before"},
              {"name": "incorrect", "key": "4", "meaning": "false", "error": True},
              {"name": "incomplete", "key": "5", "meaning": "a part is missing", "error": True}]  # fmt: skip
    names = {name: [name] for name in ("correct", "incorrect", "incomplete")}
    world.publish(
        small("1.1", label_map={**names, "redundant": ["idle"], "wrong-operation": ["incorrect"]},
              schema={"labels": labels})
    )  # fmt: skip
    mine = begin(world, "bob", "idle")
    assert due(world) == {}
    correct(world, "bob", mine, 1, "redundant")
    assert due(world) == {1: ("disagreement",)}


@pytest.mark.parametrize(("share", "adjudicators", "seats"), [(1.0, 2, {2}), (1.0, 1, {1}), (0.0, 2, {1})])
def test_a_share_of_the_cases_goes_to_two(world: World, share: float, adjudicators: int, seats: set[int]) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=share)
    if adjudicators > 1:
        world.add_person("eve")
        world.join("eve", Role.ADJUDICATOR)
    begin(world, "ann", "correct?", "correct?", "correct?")
    world.catch_up()
    assert {row["seats"] for row in world.rows("SELECT seats FROM cases")} == seats


def test_the_share_is_drawn_from_the_id_of_the_case(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=0.3)
    world.add_person("eve")
    world.join("eve", Role.ADJUDICATOR)
    world.add_traces(trace("long", 200))
    expert = world.expert("ann")
    while (mine := expert.take()).problem.text != "Problem long":
        expert.end(mine.id, "give_up")
    for position in range(1, 201):
        expert.commit(mine.id, position, unsure=True)
    world.catch_up()
    two = world.value("SELECT count(*) AS n FROM cases WHERE seats = 2")
    assert 40 <= two <= 80
    world.write(lambda db: db.run("DELETE FROM drawn"))
    world.catch_up()
    assert world.value("SELECT count(*) AS n FROM cases") == 200


class Failing:
    """A store whose writes fail after so many of them."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store, self.left = store, writes

    def read(self, fn: Callable[[Any], Any]) -> Any:
        return self._store.read(fn)

    def write(self, scope: str | Sequence[str], fn: Callable[[Db], Any]) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ConnectionError
        return self._store.write(scope, fn)


@pytest.mark.parametrize("first", [True, False], ids=["everywhere", "since the last look"])
def test_after_a_crash_it_goes_on(world: World, monkeypatch: pytest.MonkeyPatch, first: bool) -> None:
    monkeypatch.setattr("cotlab.services.consequences.changes.ITEMS_A_READ", 1)
    monkeypatch.setattr("cotlab.services.cases.opening.ITEMS_A_WRITE", 1)
    monkeypatch.setattr("cotlab.services.consequences.changes.EVENTS_A_READ", 2)
    if not first:
        world.catch_up()
    for _ in range(3):
        mine = begin(world, "ann", "correct?", "correct")
        world.expert("ann").end(mine, "bad_problem")
    crashes = 0
    while True:
        try:
            catch_up(Failing(world.store, 2), world.project)  # type: ignore[arg-type]
        except ConnectionError:
            crashes += 1
        else:
            break
    assert crashes > 1 and len(opened(world)) == 6
    assert world.kinds().count("case.opened") == 6


def test_two_servers_open_each_case_once(world: World) -> None:
    for _ in range(3):
        begin(world, "ann", "correct?", "redundant?", "correct?")
        world.expert("ann").finish(world.value("SELECT assignment_id FROM leases"))
    servers = [threading.Thread(target=catch_up, args=(world.store, world.project)) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(case[:2] for case in opened(world)) == [(1, 1)] * 3 + [(2, 1)] * 3 + [(3, 1)] * 3


def test_only_what_was_touched_is_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = stored.maybe_due

    def listening(db: Any, project_id: str, item_ids: Sequence[str], *rules: Any) -> list[str]:
        looked.extend(item_ids)
        return real(db, project_id, item_ids, *rules)

    monkeypatch.setattr(stored, "maybe_due", listening)
    world.catch_up()
    assert sorted(looked) == sorted(items(world)), "all items at first"
    looked.clear()
    begin(world, "ann", "correct")
    world.catch_up()
    (one,) = looked
    assert one == world.value("SELECT item_id FROM leases")
    looked.clear()
    world.catch_up()
    assert looked == []
    for change in (lambda: world.set_policy(overlap=1), lambda: world.publish(small("1.0", "initial"))):
        change()
        world.catch_up()
        assert sorted(looked) == sorted(items(world))
        looked.clear()
