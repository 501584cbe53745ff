"""Any order of what people, leads and time do to a queue: nobody twice, nobody too many, nothing starved."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cotlab.domain.answers import HANDED_ON, TAKEN_AWAY
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.errors import BadInput, LeaseTaken, Refused
from cotlab.domain.people import LeavingBody, Role
from cotlab.domain.projects.policy import MINUTE
from cotlab.domain.queue.batches import BatchBody, WithdrawBody
from cotlab.domain.work.views import AssignmentView, FinishDue, NextStep
from cotlab.services.queue import batches
from cotlab.services.work import absence
from cotlab.storage import is_postgresql
from cotlab.storage.people import actors
from tests.services.calibration import doubting
from tests.services.guidelines.guideline_texts import small
from tests.world import ANNOTATORS, World, trace

NAMES = (*ANNOTATORS, "eve")
FEWEST = 3
"""So many people stay in any run."""
NOTHING = {"nothing_open", "not_qualified"}
QUEUE = """SELECT q.item_id, q.taken, q.batch_id, t.parent_id, t.author_id
    FROM queue q JOIN traces t ON t.id = q.item_id
    WHERE q.project_id = :p"""
WORK = """SELECT a.id, a.item_id, m.name, a.purpose, e.ending FROM assignments a JOIN actors m ON m.id = a.actor_id
    LEFT JOIN assignment_ends e ON e.assignment_id = a.id WHERE a.project_id = :p ORDER BY a.sequence"""
PEOPLE = "SELECT m.name FROM batch_people p JOIN actors m ON m.id = p.member_id WHERE p.batch_id = :id"
who = st.sampled_from(NAMES)
label = st.sampled_from(["correct", "incomplete"])


class QueueMachine(RuleBasedStateMachine):
    """Each run works in a project of its own.

    The model: `open` is who has what in hand, `held` item -> those who hold a place of it, `had` item -> those who were
    ever handed it; `suspended` and `away` are people, `batches` the ids of open ones.
    """

    world: World
    number = 0

    @initialize(
        overlap=st.integers(1, 3), traces=st.integers(3, 5), changed=st.booleans(),
        done=st.lists(st.tuples(who, label), min_size=3, max_size=6), in_hand=st.sets(who, min_size=2, max_size=4),
    )  # fmt: skip
    def begin(
        self, overlap: int, traces: int, done: list[tuple[str, str]], in_hand: set[str], changed: bool
    ) -> None:  # fmt: skip
        """Some traces are finished, some are in hand, and perhaps some labels came back."""
        type(self).number += 1
        world = self.world
        for row in world.store.read(actors.people):
            if row["away"]:
                absence.reactivate(world.store, world.host, row["name"])
        world.project = world.add_project(f"machine {self.number}", "lea")
        for name in NAMES:
            world.join(name, Role.ANNOTATOR)
        self.versions = 0
        self.open: dict[str, AssignmentView] = {}
        self.next: dict[str, Any] = {}
        self.held: dict[str, set[str]] = {}
        self.had: dict[str, set[str]] = {}
        self.suspended: set[str] = set()
        self.away: set[str] = set()
        self.batches: list[str] = []
        self._publish("initial")
        self._set_overlap(overlap)
        world.add_traces(*(trace(f"{self.number} {number}", number % 2 + 1) for number in range(traces)))
        for name, value in done:
            self._finish_one(name, value)
        if changed:
            self.publish()
        for name in sorted(in_hand):
            self.claim(name)

    @rule(name=who)
    def claim(self, name: str) -> None:
        if name in self.away:
            return
        before = {row["item_id"]: row for row in self._queue()}
        known = {row["id"]: row["ending"] for row in self._work()}
        if name in self.open and known[self.open[name].id] in TAKEN_AWAY:
            self._forget(name)  # as a terminal does that asks for what it had
        claimed = self.world.expert(name).claim()
        if claimed.assignment is None:
            assert name not in self.open and claimed.nothing in NOTHING, claimed
            return
        assignment = claimed.assignment
        if name in self.open:
            assert assignment.id == self.open[name].id and assignment.next == self.next[name]
        else:
            self._handed(name, assignment.id, before, known)
        self.open[name], self.next[name] = assignment, assignment.next

    def _handed(self, name: str, assignment_id: str, before: dict[str, Any], known: dict[str, Any]) -> None:
        """Whether it could be handed to this person, and whose place it takes."""
        work = self._work()
        (mine,) = (row for row in work if row["id"] == assignment_id)
        item_id = mine["item_id"]
        had, held = self.had.setdefault(item_id, set()), self.held.setdefault(item_id, set())
        assert name not in self.suspended
        assert before[item_id]["author_id"] != self.world.people[name], "nobody labels what they wrote"
        if mine["purpose"] == "redo":
            assert name in held, "what comes back is somebody's own"
            return
        assert mine["purpose"] == "production" and name not in had, "nobody is handed a trace twice"
        batch = before[item_id]["batch_id"]
        assert batch is None or name in {row["name"] for row in self.world.rows(PEOPLE, id=batch)}
        taken_over = [row for row in work if row["ending"] == "taken_over" and known.get(row["id"]) is None
                      and row["id"] in known]  # fmt: skip
        taken, now = before[item_id]["taken"], self._taken(item_id)
        if taken_over:
            (dead,) = taken_over
            assert dead["item_id"] == item_id and now == taken
            held.remove(dead["name"])
        elif now == taken:  # in the place of somebody who left, and whose labels went stale
            held.remove(min(held & self.away))
            assert len(held - self.away) < self.overlap
        else:
            assert now == taken + 1 <= self.overlap, "no more people than the policy wants"
        held.add(name)
        had.add(name)

    @rule(name=who, label=label)
    def finish_a_trace(self, name: str, label: str) -> None:
        self._finish_one(name, label)

    def _finish_one(self, name: str, label: str) -> bool:
        """The one in hand, or else the next one, up to its end. Returns whether there was one."""
        self.claim(name)
        found = name in self.open
        while name in self.open:
            self._go_on(name, label)
        return found

    @precondition(lambda self: self.open)
    @rule(data=st.data(), label=label)
    def commit(self, data: Any, label: str) -> None:
        self._go_on(data.draw(st.sampled_from(sorted(self.open))), label)

    def _go_on(self, name: str, label: str) -> None:
        """Label the next step, or finish."""
        assignment, next_ = self.open[name], self.next[name]
        if isinstance(next_, NextStep):
            mine = next_.step.mine
            fields = {} if mine is None else {"replaces": mine.id}
            self._try(name, lambda: self._label(name, assignment.id, next_.step.position, label, fields))
        else:
            assert isinstance(next_, FinishDue), next_
            complete = "yes" if "complete" in next_.asks else None
            if self._try(name, lambda: self.world.expert(name).finish(assignment.id, complete)):
                self._forget(name)

    def _label(self, name: str, assignment_id: str, position: int, value: str, fields: dict[str, Any]) -> None:
        self.next[name] = self.world.expert(name).commit(assignment_id, position, value, **fields).next

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def write_an_alternative(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        assignment, next_ = self.open[name], self.next[name]
        if isinstance(next_, NextStep) and assignment.purpose == "production":
            text = f"another wording {self.number} {len(self._queue())}"
            self._try(name, lambda: self.world.expert(name).write(assignment.id, next_.step.position, text))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), ending=st.sampled_from(["give_up", "bad_problem"]))
    def end_early(self, data: Any, ending: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        assignment = self.open[name]
        item_id = self._item(assignment.id)
        if self._try(name, lambda: self.world.expert(name).end(assignment.id, ending)):
            self._forget(name)
            if ending == "give_up":
                self.held[item_id].discard(name)

    def _try(self, name: str, act: Callable[[], object]) -> bool:
        """Do what somebody does with what they have in hand; False where it was taken from them."""
        assignment_id = self.open[name].id
        try:
            act()
        except (LeaseTaken, Refused) as error:
            rows = self.world.rows("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=assignment_id)
            assert [row["ending"] for row in rows] in (["taken_over"], ["withdrawn"], ["returned"]), error
            self._forget(name)
            return False
        return True

    def _forget(self, name: str) -> None:
        del self.open[name], self.next[name]

    @rule(minutes=st.sampled_from([30, 61]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @rule(names=st.sets(who, min_size=1, max_size=2), count=st.integers(1, 2), begin=st.booleans())
    def make_a_batch(self, names: set[str], count: int, begin: bool) -> None:
        due = self.world.clock() + MINUTE
        body = BatchBody.model_validate({"people": sorted(names), "due": due, "count": count})
        world, lead = self.world, self.world.people["lea"]
        try:
            items = world.store.read(lambda db: batches.picked(db, world.project, body))
            made = world.write(lambda db: batches.make(db, lead, world.project, body, items))
        except BadInput:
            return
        assert names.isdisjoint(self.away | self.suspended)
        self.batches.append(made.id)
        for name in sorted(names) if begin else ():
            self.claim(name)

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def withdraw_a_batch(self, data: Any) -> None:
        self._withdraw(data.draw(st.sampled_from(self.batches)))

    def _withdraw(self, batch_id: str) -> None:
        known = {row["id"]: row["ending"] for row in self._work()}
        body, lead = WithdrawBody(reason="no longer wanted"), self.world.people["lea"]
        self.world.write(lambda db: batches.withdraw(db, lead, self.world.project, batch_id, body))
        self.batches.remove(batch_id)
        self._let_go("withdrawn", known)

    def _let_go(self, ending: str, known: dict[str, Any]) -> None:
        """Nobody holds a place any more with what just ended so."""
        for row in self._work():
            if row["ending"] == ending and known[row["id"]] is None:
                self.held[row["item_id"]].discard(row["name"])

    @precondition(lambda self: self.versions < 3)
    @rule()
    def publish(self) -> None:
        self._publish("label-changing", affects={"labels": ["incomplete"]})

    def _publish(self, change: str, **fields: Any) -> None:
        self.versions += 1
        text = small(f"1.{self.versions}", change, guideline=f"machine-{self.number}", **fields)
        self.world.publish(text)

    @rule(overlap=st.integers(1, 3))
    def change_the_overlap(self, overlap: int) -> None:
        self._set_overlap(overlap)

    def _set_overlap(self, overlap: int) -> None:
        self.overlap = overlap
        self.world.set_policy(overlap=overlap, gold_every=0, break_after_minutes=1440)

    @rule(name=who)
    def suspend(self, name: str) -> None:
        if name not in self.suspended | self.away:
            doubting.decide(self.world, name, DecisionKind.SUSPEND)
            self.suspended.add(name)

    @precondition(lambda self: self.suspended)
    @rule(data=st.data())
    def qualify(self, data: Any) -> None:
        self._qualify(data.draw(st.sampled_from(sorted(self.suspended))))

    def _qualify(self, name: str) -> None:
        doubting.decide(self.world, name, DecisionKind.QUALIFY)
        self.suspended.remove(name)

    @rule(data=st.data())
    def deactivate(self, data: Any) -> None:
        """Somebody who has something in hand, where anybody has."""
        here = set(NAMES) - self.away
        if len(here) == FEWEST:
            return
        name = data.draw(st.sampled_from(sorted(here & set(self.open) or here)))
        known = {row["id"]: row["ending"] for row in self._work()}
        body = LeavingBody(person=name, reason="went elsewhere")
        left = absence.deactivate(self.world.store, self.world.host, body)
        assert sum(left.given_back.values()) == sum(
            row["name"] == name and row["ending"] is None for row in self._work_before(known)
        )
        self.away.add(name)
        self._let_go("returned", known)

    def _work_before(self, known: dict[str, Any]) -> list[Any]:
        return [{**row, "ending": known[row["id"]]} for row in self._work()]

    @rule()
    def what_follows_is_drawn(self) -> None:
        self.world.catch_up()

    def _queue(self) -> list[Any]:
        return list(self.world.rows(QUEUE, p=self.world.project))

    def _work(self) -> list[Any]:
        return list(self.world.rows(WORK, p=self.world.project))

    def _taken(self, item_id: str) -> int:
        return int(self.world.value("SELECT taken FROM queue WHERE item_id = :item", item=item_id))

    def _item(self, assignment_id: str) -> str:
        return str(self.world.value("SELECT item_id FROM assignments WHERE id = :id", id=assignment_id))

    @invariant()
    def the_queue_counts_those_who_hold_a_place(self) -> None:
        if not hasattr(self, "overlap"):
            return
        assert {row["item_id"]: row["taken"] for row in self._queue() if row["taken"]} == {
            item_id: len(people) for item_id, people in self.held.items() if people
        }

    @invariant()
    def nobody_has_two_in_hand_and_who_left_has_none(self) -> None:
        if not hasattr(self, "overlap"):
            return
        in_hand = [(row["name"], row["id"]) for row in self._work() if row["ending"] is None]
        assert len({name for name, _ in in_hand}) == len(in_hand)
        assert self.away.isdisjoint(name for name, _ in in_hand)
        assert set(in_hand) <= {(name, each.id) for name, each in self.open.items()}

    @invariant()
    def what_is_of_a_batch_is_of_an_open_one(self) -> None:
        if hasattr(self, "overlap"):
            assert {row["batch_id"] for row in self._queue()} - {None} <= {*self.batches}

    def teardown(self) -> None:
        """Whoever is left works to the end; then nothing waits for anybody who has not been there."""
        if not hasattr(self, "overlap"):
            return
        for batch_id in list(self.batches):
            self._withdraw(batch_id)
        for name in sorted(self.suspended - self.away):
            self._qualify(name)
        self.world.clock.advance(minutes=61)
        here = [name for name in NAMES if name not in self.away]
        for _ in range(2):  # one lets leases run out that another takes over
            self.world.catch_up()
            for name in here:
                while self._finish_one(name, "correct"):
                    pass
        work = self._work()
        had = {(row["item_id"], row["name"]) for row in work}
        assert not any(row["ending"] is None for row in work)
        for row in self._queue():
            if row["parent_id"] is None:
                everybody = all((row["item_id"], name) in had for name in here)
                assert row["taken"] >= self.overlap or everybody, "nothing is starved"
        assert {row["ending"] for row in work} <= {"finished", "bad_problem", *HANDED_ON}


RUNS = {True: 8, False: 25}
"""Whether it is on PostgreSQL -> how many runs; a write there costs a multiple, and the statements are the same."""


def test_the_queue_holds_in_any_order(world: World, engine: str) -> None:
    world.add_person("eve")
    QueueMachine.world, QueueMachine.number = world, 0
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        QueueMachine,
        settings=settings(
            max_examples=RUNS[is_postgresql(engine)], stateful_step_count=50, suppress_health_check=checks
        ),
    )
