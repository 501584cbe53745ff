"""Any order of claims, commits, surrenders and time: no trace beyond its overlap, nobody twice, no label lost."""

import threading
from collections import Counter
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

from cotlab.domain.errors import LeaseTaken
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.domain.work.views import AssignmentView, FinishDue, NextStep
from cotlab.services.projects import projects
from tests.world import ANNOTATORS, World, guideline_text, trace

LIVE = """SELECT l.assignment_id, l.item_id, l.actor_id, l.expires_at FROM leases l WHERE l.project_id = :p"""
PLACES = """SELECT a.item_id, a.actor_id, e.ending FROM assignments a
    LEFT JOIN assignment_ends e ON e.assignment_id = a.id WHERE a.project_id = :p"""
LABELS = """SELECT n.id, n.item_id, n.actor_id, n.position, n.value FROM answers n
    WHERE n.project_id = :p AND n.question = 'label' ORDER BY n.sequence"""
who = st.sampled_from(ANNOTATORS)


class Leases(RuleBasedStateMachine):
    """Each run works in a project of its own; `said` is what the server acknowledged."""

    world: World
    number = 0

    @initialize(overlap=st.integers(1, 3), traces=st.integers(1, 4), stop=st.booleans())
    def begin(self, overlap: int, traces: int, stop: bool) -> None:
        type(self).number += 1
        world = self.world
        world.project = world.add_project(f"run {self.number}")
        for name in ANNOTATORS:
            world.join(name, Role.ANNOTATOR)
        world.publish(guideline_text())
        world.set_policy(overlap=overlap, stop_at_first_error=stop, break_after_minutes=1440)
        world.add_traces(*(trace(f"{number}", number) for number in range(1, traces + 1)))
        self.overlap, self.traces = overlap, traces
        self.open: dict[str, AssignmentView] = {}
        self.next: dict[str, Any] = {}
        self.labels: dict[str, dict[int, str]] = {}
        self.said: list[tuple[str, int, str]] = []

    @rule(name=who)
    def claim(self, name: str) -> None:
        claimed = self.world.expert(name).claim()
        if claimed.assignment is None:
            return
        held = self.open.get(name)
        if held is not None and held.id == claimed.assignment.id:
            assert claimed.assignment.next == self.next[name]
        self.open[name], self.next[name] = claimed.assignment, claimed.assignment.next
        self.labels.setdefault(claimed.assignment.id, {})

    @precondition(lambda self: self.open)
    @rule(data=st.data(), label=st.sampled_from(["correct", "redundant", "incorrect"]))
    def commit(self, data: Any, label: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        assignment, next_ = self.open[name], self.next[name]
        if isinstance(next_, NextStep):
            self._commit(name, assignment.id, next_.step.position, label)
        elif isinstance(next_, FinishDue):
            self._end(name, lambda expert: expert.finish(assignment.id, "yes" if next_.all_shown else None))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), label=st.sampled_from(["correct", "redundant"]))
    def take_back(self, data: Any, label: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        mine = self.labels[self.open[name].id]
        if mine:
            position = data.draw(st.sampled_from(sorted(mine)))
            self._commit(name, self.open[name].id, position, label, replaces=mine[position])

    def _commit(self, name: str, assignment_id: str, position: int, label: str, **fields: Any) -> None:
        try:
            committed = self.world.expert(name).commit(assignment_id, position, label, **fields)
        except LeaseTaken:
            assert self._taken_over(assignment_id)
            self._forget(name)
            return
        self.labels[assignment_id][position] = committed.label_id
        self.next[name] = committed.next
        self.said.append((self.world.people[name], position, committed.label_id))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), ending=st.sampled_from(["give_up", "bad_problem"]))
    def end_early(self, data: Any, ending: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.open)))
        self._end(name, lambda expert: expert.end(self.open[name].id, ending))

    def _end(self, name: str, ends: Any) -> None:
        try:
            ends(self.world.expert(name))
        except LeaseTaken:
            assert self._taken_over(self.open[name].id)
        self._forget(name)

    def _forget(self, name: str) -> None:
        del self.open[name], self.next[name]

    def _taken_over(self, assignment_id: str) -> bool:
        ends = self.world.rows("SELECT ending FROM assignment_ends WHERE assignment_id = :id", id=assignment_id)
        return [row["ending"] for row in ends] == ["taken_over"]

    @rule(minutes=st.sampled_from([1, 30, 61]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @invariant()
    def nobody_too_many_and_nobody_twice(self) -> None:
        if not hasattr(self, "overlap"):
            return
        places = self.world.rows(PLACES, p=self.world.project)
        assert len({(row["item_id"], row["actor_id"]) for row in places}) == len(places)
        holding = Counter(row["item_id"] for row in places if row["ending"] not in ("give_up", "taken_over"))
        assert all(number <= self.overlap for number in holding.values())
        taken = self.world.rows("SELECT item_id, taken FROM queue WHERE project_id = :p", p=self.world.project)
        assert {row["item_id"]: row["taken"] for row in taken if row["taken"]} == dict(holding)
        live = self.world.rows(LIVE, p=self.world.project)
        assert max(Counter(row["actor_id"] for row in live).values(), default=0) <= 1
        assert {row["assignment_id"] for row in live} <= {each.id for each in self.open.values()}

    @invariant()
    def no_label_is_lost_or_doubled(self) -> None:
        if hasattr(self, "overlap"):
            rows = self.world.rows(LABELS, p=self.world.project)
            assert [(row["actor_id"], row["position"], row["id"]) for row in rows] == self.said

    def teardown(self) -> None:
        """Whoever can still claim works to the end; then no place is free for anybody who has not been there."""
        if not hasattr(self, "overlap"):
            return
        self.world.clock.advance(minutes=61)
        for name in ANNOTATORS:
            while (claimed := self.world.expert(name).claim()).assignment is not None:
                self.world.expert(name).end(claimed.assignment.id, "bad_problem")
        been = {(row["item_id"], row["actor_id"]) for row in self.world.rows(PLACES, p=self.world.project)}
        for row in self.world.rows("SELECT item_id, taken FROM queue WHERE project_id = :p", p=self.world.project):
            everybody = all((row["item_id"], self.world.people[name]) in been for name in ANNOTATORS)
            assert row["taken"] == self.overlap or everybody


def test_leases_hold_in_any_order(world: World) -> None:
    Leases.world = world
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Leases, settings=settings(max_examples=12, stateful_step_count=30, suppress_health_check=checks)
    )


def test_sixteen_people_at_once_never_overfill_a_trace_nor_get_one_twice(world: World) -> None:
    names = [f"person {number}" for number in range(16)]
    for name in names:
        world.add_person(name)
        world.join(name, Role.ANNOTATOR)
    world.write(lambda db: projects.set_policy(db, world.host, world.project, Policy(overlap=3)))
    world.add_traces(*(trace(f"many {number}", 1) for number in range(17)))  # 20 traces, 60 places
    got: dict[str, list[str]] = {name: [] for name in names}
    failed: list[BaseException] = []
    barrier = threading.Barrier(len(names))

    def work(name: str) -> None:
        try:
            barrier.wait(60)
            expert = world.expert(name)
            while (claimed := expert.claim()).assignment is not None:
                got[name].append(claimed.assignment.problem.text)
                expert.end(claimed.assignment.id, "bad_problem")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert all(len(set(mine)) == len(mine) for mine in got.values())
    everybody = Counter(text for mine in got.values() for text in mine)
    assert len(everybody) == 20 and set(everybody.values()) == {3}
    assert {row["taken"] for row in world.rows("SELECT taken FROM queue")} == {3}
