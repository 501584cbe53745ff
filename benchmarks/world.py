"""What is measured on: a database with people, projects under the shipped guideline, and made-up traces."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.traces.pairs import Pair
from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.exchange.readers.jsonl import Good, read_traces
from cotlab.services.guidelines import publishing, versions
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import SERVER, Db, Store, open_store
from cotlab.storage.engine.signing import load_signer
from cotlab.storage.people import actors

GUIDELINE = Path(__file__).parents[1] / "guidelines" / "step-correctness" / "1.0.md"
PREFERENCE = GUIDELINE.parents[1] / "preference" / "1.0.md"
STEPS = 8
SENTENCE = "so we take the sum of both sides and divide it by the number of equal parts that remain"
WORDS = SENTENCE.split()
SYLLABLES = tuple(first + then for first in "bdfgklmnprst" for then in ("a", "e", "i", "o", "un", "er"))


@dataclass
class World:
    """A database that was made for one benchmark; `tokens` belong to its annotators."""

    settings: Settings
    tokens: list[str] = field(default_factory=list)

    def open(self) -> Store:
        return open_store(self.settings.database, signer=load_signer(self.settings.key_path()))

    def add_project(self, name: str, traces: int, policy: Policy | None = None) -> str:
        """A project with all annotators as members and that many traces of 8 steps; returns its id."""
        with closing(self.open()) as store:
            project_id = projects.new_project(store, "bench", NewProject(name=name)).id
            store.write((SERVER, project_id), lambda db: self._furnish(db, project_id, policy or Policy(), GUIDELINE))
            lines = (Good(number, "native", (trace(number),)) for number in range(1, traces + 1))
            import_lines(store, "bench", project_id, lines)
        return project_id

    def add_pairs(self, name: str, pairs: Sequence[Pair]) -> str:
        """A project with all annotators as members and these pairs; returns its id."""
        with closing(self.open()) as store:
            project_id = projects.new_project(store, "bench", NewProject(name=name)).id
            store.write((SERVER, project_id), lambda db: self._furnish(db, project_id, Policy(), PREFERENCE))
            lines = (one.model_dump_json(exclude_defaults=True).encode() for one in pairs)
            import_lines(store, "bench", project_id, read_traces(lines))
        return project_id

    def _furnish(self, db: Db, project_id: str, policy: Policy, guideline: Path) -> None:
        for number in range(len(self.tokens)):
            projects.add_member(db, "bench", project_id, MemberBody(person=_name(number), role=Role.ANNOTATOR))
        version = publishing.checked(guideline.read_text("utf-8"), guideline.name)
        published = publishing.publish(db, "bench", version, [project_id])
        for member in actors.members(db, project_id):
            person = actors.person(db, member["id"])
            versions.acknowledge(db, person, project_id, published.guideline_version_id)
        projects.set_policy(db, "bench", project_id, policy)

    def count_labels(self, project_id: str) -> int:
        """The labels that people gave in a project."""
        with closing(self.open()) as store:
            rows = store.read(lambda db: db.rows(
                "SELECT count(*) AS n FROM answers WHERE project_id = :project AND question = 'label'",
                project=project_id,
            ))  # fmt: skip
        return int(rows[0]["n"])


def make(folder: Path, annotators: int, database: str | None = None) -> World:
    """A fresh database in `folder`, or in the empty PostgreSQL database that is named."""
    settings = Settings(database=database or str(folder / "cotlab.db"), signing_key=folder / "signing-key")
    initialise(settings, "root", days=1)
    world = World(settings)
    with closing(world.open()) as store:
        world.tokens = store.write(SERVER, lambda db: [_annotator(db, number) for number in range(annotators)])
    return world


def _annotator(db: Db, number: int) -> str:
    accounts.add_person(db, "bench", _name(number))
    return accounts.issue_token(db, "bench", _name(number), "bench", days=1).token


def _name(number: int) -> str:
    return f"annotator {number}"


def trace(number: int, labels: bool = False) -> Trace:
    """A trace of 8 steps of about 90 characters; two in a row share a problem."""
    problem = Problem(text=f"Problem {number // 2}: {_question(number // 2)}?", domain="mathematics")
    given = (SourceLabel(source="bench", value="1"),) if labels else ()
    steps = tuple(Step(text=_text(number, position), labels=given) for position in range(1, STEPS + 1))
    return Trace(id=f"trace {number}", problem=problem, steps=steps, final_answer=str(number))


def _question(number: int) -> str:
    """Some 200 characters unlike those of other problems."""
    drawn = Random(number)
    return " ".join("".join(drawn.choices(SYLLABLES, k=drawn.randint(1, 3))) for _ in range(40))


def _text(number: int, position: int) -> str:
    start = (number + position) % len(WORDS)
    return f"{number} and {position}: {' '.join(WORDS[start:] + WORDS[:start])}."


def native_lines(traces: int, labels: bool) -> Iterator[bytes]:
    """The traces as native JSON lines."""
    for number in range(1, traces + 1):
        yield trace(number, labels).model_dump_json(exclude_defaults=True).encode() + b"\n"
