"""Which steps and final answers have no verdict yet, in chunks, and the verdicts that come back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from cotlab.checks.answers import judge as answers
from cotlab.checks.running.chunks import VERSION, AnswerToCheck, Checked, Stretch
from cotlab.checks.running.runner import Judge
from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.checks import StepVerdict
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.projects.gates import Setting
from cotlab.domain.projects.policy import Policy
from cotlab.services.audit.verdict_events import KIND, digest
from cotlab.services.projects.projects import open_project
from cotlab.storage.checks import checks as stored
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.traces import traces

AT_ONCE = 200
"""Steps or answers of a chunk: what is lost when it is cut off."""


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """The check of final answers: its version, and the judge as `cotlab.checks.running.chunks.check_chunk` takes it."""

    checker: str
    judge: Judge


ANSWERS = AnswerCheck(answers.VERSION, answers.judge)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The checks that a project is to have."""

    setting: Setting
    answers: AnswerCheck | None = None

    @property
    def checker(self) -> str:
        return checker_of(self.setting)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is handed out at once."""

    stretches: Sequence[Stretch] = ()
    answers: Sequence[AnswerToCheck] = ()


def checker_of(setting: Setting) -> str:
    """The name under which verdicts on steps are kept: the version of the checks, and their setting."""
    return f"{VERSION} {setting}"


def checker_in_force(policy: Policy) -> str | None:
    """The checker whose verdicts on steps count under a policy; None where nothing is checked."""
    setting = policy.checks.setting
    return None if setting is None else checker_of(setting)


def wanted(policy: Policy) -> Wanted | None:
    """The checks that a policy asks for; None for none."""
    setting = policy.checks.setting
    return None if setting is None else Wanted(setting, ANSWERS)


def checkers(policy: Policy) -> tuple[str, ...]:
    """The checkers whose verdicts count under a policy, of steps and of final answers; none where it checks nothing."""
    steps = checker_in_force(policy)
    return () if steps is None else (steps, ANSWERS.checker)


def missing(store: Store, project_id: str, asked: Wanted) -> Iterator[Chunk]:
    """All that has no verdict, in chunks; what is under way is still missing, so that a pass meets nothing twice."""
    after = stored.START
    while stretches := store.read(lambda db: _stretches(db, project_id, asked.checker, after)):  # noqa: B023
        yield Chunk(stretches)
        after = (stretches[-1].item_id, stretches[-1].first + len(stretches[-1].texts) - 1)
    if asked.answers is not None:
        yield from _answers(store, project_id, asked.answers.checker)


def _stretches(db: Reading, project_id: str, checker: str, after: stored.Place) -> list[Stretch]:
    rows = stored.missing_steps(db, project_id, checker, after, AT_ONCE)
    runs = groupby(enumerate(rows), lambda one: (one[1]["item_id"], one[1]["position"] - one[0]))
    return [_stretch(db, item_id, [row for _, row in run]) for (item_id, _), run in runs]


def _stretch(db: Reading, item_id: str, rows: Sequence[Row]) -> Stretch:
    """Steps that follow each other, with all that stands before: of an alternative, the steps above it too."""
    first = rows[0]["position"]
    previous = tuple(step.text for step in traces.steps_up_to(db, item_id, first - 1))
    return Stretch(item_id, first, previous, tuple(row["text"] for row in rows))


def _answers(store: Store, project_id: str, checker: str) -> Iterator[Chunk]:
    after = ""
    while rows := store.read(lambda db: stored.missing_answers(db, project_id, checker, after, AT_ONCE)):  # noqa: B023
        yield Chunk(answers=[AnswerToCheck(row["item_id"], row["final_answer"], row["reference"]) for row in rows])
        after = rows[-1]["item_id"]


def keep(db: Db, project_id: str, asked: Wanted, found: Sequence[Checked]) -> int:
    """Write what a chunk found, once: what is there already stays. Returns how many verdicts are new."""
    open_project(db, project_id)
    steps = [one for one in found if one.position != WHOLE_TRACE]
    kept = _keep(db, project_id, asked.checker, steps)
    if asked.answers is not None:
        kept += _keep(db, project_id, asked.answers.checker, [one for one in found if one.position == WHOLE_TRACE])
    return kept


def _keep(db: Db, project_id: str, checker: str, found: Sequence[Checked]) -> int:
    there = stored.there(db, checker, sorted({one.item_id for one in found})) if found else set()
    new = {(one.item_id, one.position): one.verdict for one in found if (one.item_id, one.position) not in there}
    if not new:
        return 0
    rows = [
        {"item_id": item_id, "position": position, "checker": checker, "project_id": project_id,
         "verdict": str(verdict.verdict), "document": document(verdict)}
        for (item_id, position), verdict in sorted(new.items(), key=itemgetter(0))
    ]  # fmt: skip
    told = {"checker": checker, "verdicts": len(rows), "sha256": digest(rows)}
    appended = db.event(project_id, KIND, SERVER_ITSELF, told)
    stored.add(db, [(*row.values(), db.now, appended.sequence) for row in rows])
    return len(rows)


def document(verdict: StepVerdict) -> str:
    """A verdict as it is kept, in canonical JSON."""
    return canonical(verdict.model_dump(mode="json"))
