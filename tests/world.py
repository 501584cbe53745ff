"""A small world to work in: a server with people, a project under the shipped guideline, and traces to label."""

import json
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.guidelines.publishing import Published
from cotlab.domain.people import LABELLERS, Person, Role
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.domain.work.views import AssignmentView, Claimed, Committed, FinishDue, NextStep, Receipt
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services import registry
from cotlab.services.datasets.export import prepared
from cotlab.services.guidelines import publishing, versions
from cotlab.services.people import access
from cotlab.services.people import accounts as people
from cotlab.services.projects import projects
from cotlab.services.queue.candidates import Ahead, Candidates
from cotlab.services.traces.trace_import import Progress, import_lines
from cotlab.services.work import endings, labelling
from cotlab.storage import SERVER, Db, Reading, Store
from cotlab.storage.people import actors
from tests.kept import kept
from tests.support import Clock

T = TypeVar("T")

GUIDELINE = Path(__file__).parents[1] / "guidelines" / "step-correctness" / "1.0.md"
ANNOTATORS = ("ann", "bob", "cyn", "dan")
DAYS = 90


def trace(name: str, steps: int = 3, **fields: Any) -> Trace:
    """A trace whose texts tell where they stand."""
    problem = fields.pop("problem", None) or Problem(text=f"Problem {name}", domain=fields.pop("domain", "mathematics"))
    texts = fields.pop("texts", None) or [f"{name}, step {number}" for number in range(1, steps + 1)]
    fields.setdefault("final_answer", f"answer of {name}")
    return Trace(problem=problem, steps=tuple(Step(text=text) for text in texts), **fields)


def guideline_text(version: str = "1.0", change: str = "initial") -> str:
    """The shipped guideline, as another version of itself."""
    text = GUIDELINE.read_text(encoding="utf-8").replace('version: "1.0"', f'version: "{version}"', 1)
    return text.replace("change: initial", f"change: {change}", 1)


@lru_cache(maxsize=64)
def checked(text: str) -> publishing.Checked:
    """The version that a text is; a value, so that tests may share it."""
    return publishing.checked(text, "guideline.md")


@dataclass
class World:
    """A store with people, their tokens, and one project (`project`)."""

    store: Store
    clock: Clock
    host: str = ""
    project: str = ""
    people: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    candidates: Candidates = field(default_factory=Candidates)

    def write(self, fn: Callable[[Db], T], *scopes: str) -> T:
        return self.store.write(scopes or (self.project,), fn)

    def add_person(self, name: str, admin: bool = False) -> str:
        def add(db: Db) -> str:
            person_id = people.add_person(db, self.host, name, admin)
            self.tokens[name] = people.issue_token(db, self.host, name, "test", DAYS).token
            return person_id

        self.people[name] = self.write(add, SERVER)
        return self.people[name]

    def add_project(self, name: str, lead: str | None = None) -> str:
        body = NewProject(name=name, lead=lead)
        project_id = self.write(lambda db: db.new_id(), SERVER)
        self.write(lambda db: projects.add_project(db, self.host, project_id, body), SERVER, project_id)
        return project_id

    def join(self, name: str, role: Role, project: str | None = None) -> None:
        project_id = project or self.project
        body = MemberBody(person=name, role=role)
        self.write(lambda db: projects.add_member(db, self.host, project_id, body), project_id)

    def leave(self, name: str, role: Role) -> None:
        body = MemberBody(person=name, role=role)
        self.write(lambda db: projects.remove_member(db, self.host, self.project, body))

    def set_policy(self, **changes: Any) -> None:
        self.write(lambda db: projects.set_policy(db, self.host, self.project, Policy(**changes)))

    def publish(
        self, text: str, project: str | None = None, domain: str | None = None, acknowledged: bool = True
    ) -> Published:
        """Publish a version; all who label there have read it at once, unless told otherwise."""
        project_id = project or self.project
        version = checked(text)
        published = self.write(
            lambda db: publishing.publish(db, self.host, version, [project_id], domain), SERVER, project_id
        )
        if acknowledged:
            for row in self.store.read(lambda db: actors.members(db, project_id)):
                if row["role"] in LABELLERS:
                    person, read = self.person(row["name"]), published.guideline_version_id
                    self.write(lambda db: versions.acknowledge(db, person, project_id, read), project_id)  # noqa: B023
        return published

    def add_traces(self, *traces: Trace, project: str | None = None) -> Progress:
        lines = (one.model_dump_json(exclude_defaults=True).encode() for one in traces)
        return import_lines(self.store, self.host, project or self.project, read_traces(lines, "native"))

    def person(self, name: str) -> Person:
        return self.store.read(lambda db: actors.person(db, self.people[name]))

    def catch_up(self, project: str | None = None) -> None:
        """Let everything follow that follows by itself, such as cases."""
        registry.catch_up(self.store, project or self.project)

    def expert(self, name: str) -> "Expert":
        return Expert(self, name)

    def rows(self, sql: str, **parameters: Any) -> Sequence[Any]:
        return self.store.read(lambda db: db.rows(sql, **parameters))

    def value(self, sql: str, **parameters: Any) -> Any:
        """The one value of the one row that a query gives."""
        (row,) = self.rows(sql, **parameters)
        (value,) = row.values()
        return value

    def kinds(self, chain: str | None = None) -> list[str]:
        """The kinds of the events of a chain, in order."""
        rows = self.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence", c=chain or self.project)
        return [json.loads(row["body"])["kind"] for row in rows]

    def export(
        self, format: str = "native", labels: str = "settled", mapping: str | None = None, as_of: int | None = None
    ) -> tuple[bytes, Manifest]:
        order = ExportOrder(format=format, labels=LabelChoice(labels), mapping=mapping, as_of=as_of)
        ordered = self.store.read(lambda db: prepared(db, self.project, order))
        content = b"".join(ordered.chunks(self.store))
        return content, ordered.manifest(self.clock())


class Expert:
    """One person at work, straight through the services."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name

    @property
    def id(self) -> str:
        return self.world.people[self.name]

    def _run(self, fn: Callable[[Db, Person], T], project: str | None = None) -> T:
        person = self.world.person(self.name)
        return self.world.write(lambda db: fn(db, person), project or self.world.project)

    def claim(self, project: str | None = None, acknowledge: bool = True) -> Claimed:
        """Claim; a guideline version that is new is acknowledged on the way, unless told otherwise."""
        claimed = self._claim(project)
        while acknowledge and claimed.guideline_version_id is not None:
            self.acknowledge(claimed.guideline_version_id, project)
            claimed = self._claim(project)
        return claimed

    def acknowledge(self, version_id: str, project: str | None = None) -> Receipt:
        project_id = project or self.world.project
        return self._run(lambda db, who: versions.acknowledge(db, who, project_id, version_id), project_id)

    def _claim(self, project: str | None) -> Claimed:
        project_id = project or self.world.project
        person = self.world.person(self.name)

        def ahead(db: Reading) -> Ahead:
            return self.world.candidates.ahead(db, person, project_id)

        for _ in range(3):
            candidates = self.world.store.read(ahead)
            some = bool(candidates)
            claimed = self._run(lambda db, who: labelling.claim(db, who, project_id, candidates), project_id)  # noqa: B023
            if claimed.nothing not in ("nothing_open", "paused", "not_qualified") or not some:
                return claimed
        return claimed

    def take(self) -> AssignmentView:
        """Claim, and get an assignment."""
        claimed = self.claim()
        assert claimed.assignment is not None, claimed
        return claimed.assignment

    def view(self, assignment_id: str) -> AssignmentView:
        person = self.world.person(self.name)
        return self.world.store.read(lambda db: labelling.view(db, person, assignment_id))

    def commit(self, assignment_id: str, position: int, label: str = "correct", **fields: Any) -> Committed:
        if label in ("incorrect", "incomplete"):
            fields.setdefault("rationale", "it is so")
        body = LabelBody(position=position, label=label, **fields)
        return self._run(lambda db, who: labelling.commit(db, who, assignment_id, body))

    def write(
        self, assignment_id: str, position: int, *steps: str, kind: str = "rewording", draft: str | None = None
    ) -> Receipt:  # fmt: skip
        body = AlternativeBody.model_validate({"position": position, "kind": kind, "steps": steps, "draft": draft})
        return self._run(lambda db, who: endings.write_alternative(db, who, assignment_id, body))

    def finish(self, assignment_id: str, complete: str | None = "yes", strategy: str | None = None) -> Receipt:
        body = FinishBody.model_validate({"complete": complete, "strategy": strategy})
        return self._run(lambda db, who: endings.finish(db, who, assignment_id, body))

    def end(self, assignment_id: str, ending: str, reason: str = "it is so") -> Receipt:
        body = EndingBody.model_validate({"ending": ending, "reason": reason})
        return self._run(lambda db, who: endings.end_early(db, who, assignment_id, body))

    def label_all(self, labels: Iterable[str] = (), finish: bool = True, **fields: Any) -> AssignmentView:
        """Claim a trace and label it: `labels` first, then `correct` up to its end."""
        assignment, wanted = self.take(), deque(labels)
        next_ = assignment.next
        while isinstance(next_, NextStep):
            label = wanted.popleft() if wanted else "correct"
            next_ = self.commit(assignment.id, next_.step.position, label, **fields).next
        assert isinstance(next_, FinishDue), next_
        if finish:
            self.finish(assignment.id, "yes" if "complete" in next_.asks else None)
        return assignment


def people_and_project(store: Store, clock: Clock, overlap: int = 2, leads: str = "lea") -> World:
    """Admin, lead, exporter and four annotators with tokens, and a project `pilot` under the shipped guideline."""
    return world_kept(store, clock, (overlap, leads), lambda: _people_and_project(store, clock, overlap, leads))


def world_kept(store: Store, clock: Clock, name: Hashable, build: Callable[[], World]) -> World:
    """A world as `build` makes it, over this store; see `kept`."""
    world = kept(store, clock, name, build)
    people, tokens = dict(world.people), dict(world.tokens)
    return replace(world, store=store, clock=clock, people=people, tokens=tokens, candidates=Candidates())


def _people_and_project(store: Store, clock: Clock, overlap: int, leads: str) -> World:
    world = World(store, clock)
    world.host = world.write(lambda db: people.host_actor(db, "operator"), SERVER)
    world.add_person("root", admin=True)
    for name in (leads, "exp", "adj", *ANNOTATORS):
        world.add_person(name)
    world.project = world.add_project("pilot", leads)
    for name in ANNOTATORS:
        world.join(name, Role.ANNOTATOR)
    world.join("adj", Role.ADJUDICATOR)
    world.join("exp", Role.EXPORTER)
    world.publish(guideline_text())
    world.set_policy(overlap=overlap)
    return world


def step_position(view: AssignmentView | Committed) -> int:
    """The position of the step that is shown."""
    assert isinstance(view.next, NextStep), view.next
    return view.next.step.position


def token_of(token: str) -> str:
    """The public part of a token."""
    match = access.TOKEN.fullmatch(token)
    assert match is not None
    return match[1]
