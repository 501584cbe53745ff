"""Six made-up annotators at work on traces of public data.

Two are good, two are average, one falls after some hundred steps, and one always clicks `correct`. Who they are is made
up (benchmarks/annotators.py), what they label is not, and all else goes through the services as it would in production:
calibration, claims with gold mixed in, labels, alarms, rechecks, and the export at the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import numpy as np

from benchmarks.annotators import LABELS, Annotator, answers, of_kappa
from benchmarks.truths import DOMAIN, Truth
from benchmarks.world import GUIDELINE
from cotlab.domain.answers import FinishBody, LabelBody
from cotlab.domain.calibration.qualification import CalibrationSetBody, RecheckBody
from cotlab.domain.people import Person, Role
from cotlab.domain.projects.gates import DriftTest, Gate
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.work.views import AssignmentView, FinishDue, NextStep
from cotlab.exchange.readers.jsonl import Good, dump_line
from cotlab.services import registry
from cotlab.services.calibration import sets
from cotlab.services.calibration.rechecks import draw_recheck
from cotlab.services.gold.gold_import import GoldOrder, import_gold
from cotlab.services.guidelines import publishing, versions
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise
from cotlab.services.projects import projects
from cotlab.services.queue.candidates import Candidates
from cotlab.services.traces.trace_import import import_lines
from cotlab.services.work import endings, labelling
from cotlab.settings import Settings
from cotlab.storage import SERVER, Db, Store, open_store
from cotlab.storage.engine.signing import load_signer
from cotlab.storage.people import actors

T = TypeVar("T")
SEED = 1
WITHIN = 0.1
"""The correlation of two mistakes in a trace."""
STEP = 10_000_000
"""Microseconds that a step takes."""
SHARE = 0.3
"""Of the traces in doubt, how many are labelled by others."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many traces are labelled and how many are gold, and what calibration asks."""

    traces: int = 1_000
    gold: int = 100
    falls_after: int = 600
    gate: Gate = field(default_factory=Gate)
    drift: DriftTest = field(default_factory=DriftTest)
    training: int = 10
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Worker:
    """A made-up annotator, who may become another one after so many steps of work that looks like production."""

    name: str
    at_first: Annotator
    later: Annotator | None = None


def workers() -> tuple[Worker, ...]:
    clicks = np.zeros((len(LABELS), len(LABELS)))
    clicks[:, LABELS.index("correct")] = 1.0
    return (
        Worker("good 1", of_kappa(0.96)), Worker("good 2", of_kappa(0.95)),
        Worker("average 1", of_kappa(0.90)), Worker("average 2", of_kappa(0.87)),
        Worker("drifts", of_kappa(0.95), of_kappa(0.65)), Worker("clicks", Annotator(clicks)),
    )  # fmt: skip


@dataclass(slots=True)
class Done:
    """What one annotator has done: steps of calibration, and of what looks like production; `fell_at` the time from
    which they were another.
    """

    calibration: int = 0
    production: int = 0
    fell_at: int | None = None


@dataclass(slots=True)
class Programme:
    """A project with its people at work; one clock runs for all."""

    store: Store
    now: list[int]
    size: Size
    known: Mapping[str, Truth]
    project: str = ""
    lead: str = ""
    who: dict[str, Person] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)
    candidates: Candidates = field(default_factory=Candidates)

    def write(self, fn: Callable[[Db], T], *scopes: str) -> T:
        return self.store.write(scopes or (self.project,), fn)

    def run(self) -> None:
        """Let everybody label in turn until nothing is left to hand out."""
        team = workers()
        while any([self._one(number, one) for number, one in enumerate(team)]):
            registry.catch_up(self.store, self.project)
            self._look_after_alarms()

    def _look_after_alarms(self) -> None:
        """Every alarm is answered by a recheck."""
        rows = self.store.read(lambda db: db.rows(
            """SELECT d.domain, m.name FROM drift_alarms d JOIN actors m ON m.id = d.member_id
               WHERE NOT EXISTS (SELECT 1 FROM rechecks r
                   WHERE r.member_id = d.member_id AND r.sequence > d.sequence)"""
        ))  # fmt: skip
        for row in rows:
            body = RecheckBody(person=row["name"], domain=row["domain"], share=SHARE)
            self.write(partial(draw_recheck, by=self.lead, project_id=self.project, body=body))

    def _one(self, number: int, worker: Worker) -> bool:
        """Claim a trace and label it. Returns whether there was one."""
        person = self.who[worker.name]
        view = self._claim(person)
        if view is None:
            return False
        truth, calibrates = self.known[self._trace_of(view.id)], view.purpose == "calibration"
        labels = self._labels(number, worker, truth, view.id)
        next_ = view.next
        while isinstance(next_, NextStep):
            self.now[0] += STEP
            body = LabelBody(position=next_.step.position, label=labels[next_.step.position - 1], rationale="I see it")
            next_ = self.write(lambda db: labelling.commit(db, person, view.id, body)).next  # noqa: B023
        if not isinstance(next_, FinishDue):
            raise RuntimeError(f"{worker.name} cannot finish: {next_}")
        finish = FinishBody(complete="yes" if "complete" in next_.asks else None)
        self.write(lambda db: endings.finish(db, person, view.id, finish))
        done = self.done[worker.name]
        done.calibration += len(labels) * calibrates
        done.production += len(labels) * (not calibrates)
        return True

    def _claim(self, person: Person) -> AssignmentView | None:
        for _ in range(3):
            ahead = self.store.read(lambda db: self.candidates.ahead(db, person, self.project))
            some = bool(ahead)
            claimed = self.write(lambda db: labelling.claim(db, person, self.project, ahead))  # noqa: B023
            if claimed.assignment is not None or not some:
                return claimed.assignment
        return None

    def _trace_of(self, assignment_id: str) -> str:
        rows = self.store.read(lambda db: db.rows(
            "SELECT t.external_id FROM assignments a JOIN traces t ON t.id = a.item_id WHERE a.id = :id",
            id=assignment_id,
        ))  # fmt: skip
        return str(rows[0]["external_id"])

    def _labels(self, number: int, worker: Worker, truth: Truth, assignment_id: str) -> list[str]:
        """What somebody gives on a trace; the same whenever the same trace comes to them in production."""
        done, one = self.done[worker.name], worker.at_first
        if worker.later is not None and done.production >= self.size.falls_after:
            one, done.fell_at = worker.later, done.fell_at or self.now[0]
        place = list(self.known).index(truth.name)
        random = np.random.default_rng([self.size.seed, number, place, done.calibration])
        gold = np.array([[LABELS.index(label) for label in truth.labels]])
        return [LABELS[code] for code in answers(one, gold, np.zeros_like(gold), WITHIN, random)[0]]


def make(folder: Path, size: Size, known: Sequence[Truth], gate: bool) -> Programme:
    """A database in `folder` with the people, the traces and, where there is a gate, gold and its calibration set."""
    settings = Settings(database=str(folder / "cotlab.db"), signing_key=folder / "signing-key")
    initialise(settings, "root", days=1)
    now = [1_700_000_000_000_000]
    ids = Random(size.seed)
    store = open_store(
        settings.database, signer=load_signer(settings.key_path()), clock=lambda: now[0],
        new_id=lambda: f"{ids.getrandbits(128):032x}",
    )  # fmt: skip
    programme = Programme(store, now, size, {one.name: one for one in known})
    lead = programme.lead = store.read(lambda db: db.rows("SELECT id FROM actors WHERE name = 'root'"))[0]["id"]
    programme.project = projects.new_project(store, lead, NewProject(name="programme")).id
    names = [worker.name for worker in workers()]
    programme.write(lambda db: _furnish(db, programme, names, gate), SERVER, programme.project)
    work_, verified = known[: size.traces], known[size.traces :]
    import_lines(store, lead, programme.project, (Good(n, "native", (one.trace(),)) for n, one in enumerate(work_, 1)))
    if gate:
        lines = (dump_line(one.trace(verified=True).model_dump(mode="json")) for one in verified)
        import_gold(store, lead, programme.project, lines, GoldOrder(format="native"))
        body = CalibrationSetBody(domain=DOMAIN, training=size.training)
        programme.write(lambda db: sets.set_calibration(db, lead, programme.project, body))
    for row in store.read(lambda db: actors.members(db, programme.project)):
        programme.who[row["name"]] = store.read(lambda db: actors.person(db, row["id"]))  # noqa: B023
        programme.done[row["name"]] = Done()
    return programme


def _furnish(db: Db, programme: Programme, names: Sequence[str], gate: bool) -> None:
    lead, project_id, size = programme.lead, programme.project, programme.size
    for name in names:
        accounts.add_person(db, lead, name)
        projects.add_member(db, lead, project_id, MemberBody(person=name, role=Role.ANNOTATOR))
    version = publishing.checked(GUIDELINE.read_text("utf-8"), GUIDELINE.name)
    published = publishing.publish(db, lead, version, [project_id])
    for member in actors.members(db, project_id):
        versions.acknowledge(db, actors.person(db, member["id"]), project_id, published.guideline_version_id)
    policy = Policy(break_after_minutes=24 * 60, gate=size.gate if gate else None, drift=size.drift)
    projects.set_policy(db, lead, project_id, policy)
