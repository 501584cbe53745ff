"""What an export reads: pages of traces with steps and answers, as of a sequence; and the exports that were made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.answers import COUNTING, MEASURED_WITH, Purpose, Question
from cotlab.storage.calibration.labels_in_doubt import doubts
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.engine.value_lists import listed
from cotlab.storage.labels.decisive_verdicts import decisive

TRACE = """SELECT t.id, t.problem_id, t.digest, t.sequence, t.external_id,
        t.origin, t.generator, t.strategy, t.canonical, t.final_answer, t.first_position, t.last_position,
        t.parent_id, t.alternative_kind, t.author_id, t.task,
        p.text AS problem_text, p.domain, p.language, p.source, p.collected_at, p.tags, p.difficulty,
        p.reference_answer, p.passages
    FROM traces t JOIN problems p ON p.id = t.problem_id"""

PURPOSES = ", ".join(f"'{purpose.value}'" for purpose in COUNTING)
APART = ", ".join(f"'{purpose.value}'" for purpose in MEASURED_WITH)
SETTLING = ", ".join(f"'{one.value}'" for one in (Question.LABEL, Question.OUTCOME, Question.DECISION))
"""The questions of a pair that settle it; its criteria are many and do not."""
IN_SPAN = "t.project_id = :project AND t.id > :after AND t.id <= :last AND t.sequence <= :as_of AND t.task = :task"
IS_TRACE = "t.project_id = :project AND t.id = :trace AND t.sequence <= :as_of"
NOW = 2**62
"""As of whatever is there."""


@dataclass(frozen=True, slots=True)
class Page:
    """Traces in the order of their ids, with their steps, and the answers that stood as of the sequence.

    Answers are those that count, those that came with a file, and each adjudicator's decisions. `decided` are the
    decisions that stand, one a position, `asked` the open questions about steps. `citations` are by answer's id, empty
    where they were not asked for. `doubted` are the ids of answers in doubt, by item; `under_recheck` the items with
    such answers that others are still to label. `evidence` are the verdicts that decide something, by item, of the
    checkers that were asked for; `assistance` are the drafts that stood beside an answer, by its id, where they were
    asked for; `assisted` the answers that would stand, by item, but were left out with all that were given with drafts
    in sight, so that what they replaced stands; `evidence_seen` the steps whose verdicts became visible before it;
    `verdicts` one at each place, of any checker, `derived` what altered traces were made of, and `drafted` the drafts
    that traces were, by item, where they were asked for.
    """

    traces: Sequence[Row]
    steps: dict[str, list[Row]]
    answers: dict[str, list[Row]]
    endings: dict[str, list[Row]]
    citations: dict[str, list[Row]] = field(default_factory=dict)
    decided: dict[str, list[Row]] = field(default_factory=dict)
    asked: dict[str, list[Row]] = field(default_factory=dict)
    doubted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    under_recheck: frozenset[str] = frozenset()
    evidence: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    verdicts: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    derived: Mapping[str, Row] = field(default_factory=dict)
    drafted: Mapping[str, Row] = field(default_factory=dict)
    assistance: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    assisted: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    evidence_seen: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """What else a page holds: citations, the verdicts of some checkers, and the drafts that stood beside answers.

    `without_assisted`: answers stand as if nobody had given those that drafts stood beside.
    """

    citations: bool = False
    checkers: tuple[str, ...] = ()
    assistance: bool = False
    without_assisted: bool = False


NOTHING_BESIDE = Beside()


def sequence_now(db: Reading, chain: str) -> tuple[int, str]:
    """The newest sequence of a chain and its event's hash; (0, chain) for an empty one."""
    row = db.row("SELECT sequence, hash FROM events WHERE chain = :chain ORDER BY sequence DESC LIMIT 1", chain=chain)
    return (row["sequence"], row["hash"]) if row else (0, chain)


def event_hash(db: Reading, chain: str, sequence: int) -> str | None:
    row = db.row(
        "SELECT hash FROM events WHERE chain = :chain AND sequence = :sequence", chain=chain, sequence=sequence
    )
    return None if row is None else str(row["hash"])


def page(
    db: Reading, project_id: str, as_of: int, after: str, most: int, beside: Beside = NOTHING_BESIDE,
    task: str = "steps",
) -> Page:  # fmt: skip
    """The next `most` items of a task after the id `after`."""
    span = {"project": project_id, "after": after, "as_of": as_of, "task": task}
    traces = db.rows(
        f"""{TRACE} WHERE t.project_id = :project AND t.id > :after AND t.sequence <= :as_of AND t.task = :task
            ORDER BY t.id LIMIT :most""",
        **span, most=most,
    )  # fmt: skip
    return _with_parts(db, traces, IN_SPAN, {**span, "last": traces[-1]["id"] if traces else after}, beside)


def one(db: Reading, project_id: str, trace_id: str, as_of: int, beside: Beside = NOTHING_BESIDE) -> Page:
    """One trace as a page: what an alternative branches off from, or an alternative."""
    one = {"project": project_id, "trace": trace_id, "as_of": as_of}
    traces = db.rows(f"{TRACE} WHERE t.project_id = :project AND t.id = :trace AND t.sequence <= :as_of", **one)
    return _with_parts(db, traces, IS_TRACE, one, beside)


def of_problems(db: Reading, project_id: str, problem_ids: Sequence[str], beside: Beside = NOTHING_BESIDE) -> Page:
    """The paths of some of a project's problems now, as a page without the texts of steps; alternatives stay out."""
    if not problem_ids:
        return Page([], {}, {}, {})
    names, named = listed("problem", problem_ids)
    which = f"t.problem_id IN ({names}) AND t.parent_id IS NULL AND t.task = 'steps' AND t.sequence <= :as_of"
    parameters = {"project": project_id, "as_of": NOW, **named}
    traces = db.rows(f"{TRACE} WHERE {which} ORDER BY t.id", **parameters)
    return _page(db, traces, [], which, parameters, beside)


def trees(
    db: Reading, project_id: str, problem_ids: Sequence[str], as_of: int, beside: Beside = NOTHING_BESIDE
) -> Page:
    """The paths of some of a project's problems with their steps, as of a sequence; alternatives too.

    The project is not asked for in the queries: SQLite would go through all its traces, not those of the problems.
    """
    names, named = listed("problem", problem_ids)
    which = f"t.problem_id IN ({names}) AND t.task = 'steps' AND t.sequence <= :as_of"
    parameters = {"project": project_id, "as_of": as_of, **named}
    return _with_parts(db, db.rows(f"{TRACE} WHERE {which} ORDER BY t.id", **parameters), which, parameters, beside)


def without_steps(db: Reading, project_id: str, trace_ids: Sequence[str], beside: Beside = NOTHING_BESIDE) -> Page:
    """Some traces as they are now, as a page without the texts of their steps."""
    names, named = listed("trace", trace_ids)
    which = f"t.project_id = :project AND t.id IN ({names}) AND t.sequence <= :as_of"
    parameters = {"project": project_id, "as_of": NOW, **named}
    return _page(db, db.rows(f"{TRACE} WHERE {which} ORDER BY t.id", **parameters), [], which, parameters, beside)


def _with_parts(db: Reading, traces: Sequence[Row], which: str, parameters: Mapping[str, Any], beside: Beside) -> Page:
    steps = db.rows(
        f"""SELECT s.trace_id AS item_id, s.position, s.text FROM steps s JOIN traces t ON t.id = s.trace_id
            WHERE {which} ORDER BY s.trace_id, s.position""",
        **parameters,
    )
    return _page(db, traces, steps, which, parameters, beside)


def _page(
    db: Reading, traces: Sequence[Row], steps: Sequence[Row], which: str, parameters: Mapping[str, Any], beside: Beside
) -> Page:
    answers = db.rows(
        f"""SELECT n.id, n.item_id, n.position, n.question, n.value, n.replaces, n.actor_id, n.purpose, n.rationale,
                n.unsure, n.informed, n.visible_until, n.received_at, n.elapsed_ms, n.guideline_version_id, n.sequence,
                n.assignment_id
            FROM answers n JOIN traces t ON t.id = n.item_id WHERE {which} AND n.sequence <= :as_of
                AND (t.task = 'steps' OR n.question IN ({SETTLING}))
                AND (n.purpose IN ({PURPOSES}, '{Purpose.IMPORTED.value}') OR n.question = '{Question.DECISION.value}')
            ORDER BY n.item_id, n.position, n.sequence, n.id""",
        **parameters,
    )
    endings = db.rows(
        f"""SELECT a.item_id, a.actor_id, e.ending, e.assignment_id
            FROM assignment_ends e JOIN assignments a ON a.id = e.assignment_id JOIN traces t ON t.id = a.item_id
            WHERE {which} AND e.sequence <= :as_of AND a.purpose IN ({PURPOSES}) ORDER BY a.item_id, e.sequence""",
        **parameters,
    )
    cited = _citations(db, which, parameters) if beside.citations else []
    in_doubt = doubts(db, which, parameters, traces, answers)
    assistance = _by(_assistance(db, which, parameters) if beside.assistance else [], "answer_id")
    heard = without(answers, assistance) if beside.without_assisted else answers
    assisted = [row for row in _standing(answers) if row["id"] in assistance] if beside.without_assisted else []
    return Page(
        traces, _by(steps, "item_id"), _by(_standing(heard), "item_id"), _by(endings, "item_id"),
        _by(cited, "answer_id"), _by(_decided(db, which, parameters), "item_id"),
        _by(_asked(db, which, parameters), "item_id"), in_doubt.answers, in_doubt.under_recheck,
        _by(decisive(db, which, parameters, beside.checkers) if beside.checkers else [], "item_id"),
        assistance=assistance, assisted=_by(assisted, "item_id"),
    )  # fmt: skip


def _assistance(db: Reading, which: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
    return db.rows(
        f"""SELECT s.answer_id, s.item_id, s.draft_id, s.similarity, d.kind, d.document, d.provenance, r.model
            FROM assistance s JOIN traces t ON t.id = s.item_id JOIN drafts d ON d.id = s.draft_id
                JOIN draft_requests r ON r.id = d.request_id
            WHERE {which} AND s.sequence <= :as_of ORDER BY s.answer_id, s.draft_id""",
        **parameters,
    )


def _decided(db: Reading, which: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The answers that carry the decisions that stand, one a position: of the latest case there that has one.

    `decided_at` is the sequence since which it stands.
    """
    rows = db.rows(
        f"""SELECT c.item_id, c.position, n.id, n.value, n.rationale, n.received_at, n.guideline_version_id,
                o.sequence AS decided_at
            FROM cases c JOIN traces t ON t.id = c.item_id JOIN case_outcomes o ON o.case_id = c.id
                JOIN answers n ON n.id = o.answer_id
            WHERE {which} AND o.sequence <= :as_of AND NOT EXISTS (SELECT 1 FROM case_outcomes l
                WHERE l.case_id = o.case_id AND l.sequence > o.sequence AND l.sequence <= :as_of)
            ORDER BY c.item_id, c.position, c.number""",
        **parameters,
    )
    return list({(row["item_id"], row["position"]): row for row in rows}.values())


def _asked(db: Reading, which: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
    """Questions about steps that had no answer, asked by those whose labels count."""
    return db.rows(
        f"""SELECT q.item_id, q.position, q.sequence
            FROM questions q JOIN traces t ON t.id = q.item_id JOIN assignments a ON a.id = q.assignment_id
            WHERE {which} AND q.item_id IS NOT NULL AND q.position IS NOT NULL AND q.sequence <= :as_of
                AND a.purpose IN ({PURPOSES}) AND NOT EXISTS (SELECT 1 FROM question_answers w
                    WHERE w.question_id = q.id AND w.sequence <= :as_of)
            ORDER BY q.item_id, q.position, q.sequence""",
        **parameters,
    )


def _citations(db: Reading, which: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
    return db.rows(
        f"""SELECT c.answer_id, c.kind, c.name, c.start, c.stop FROM citations c
                JOIN answers n ON n.id = c.answer_id JOIN traces t ON t.id = n.item_id
            WHERE {which} ORDER BY c.answer_id, c.number""",
        **parameters,
    )


def kept_apart(db: Reading, project_id: str, as_of: int, task: str) -> dict[str, int]:
    """Purpose -> labels that never go out: of gold, calibration, pilots and repeats."""
    rows = db.rows(
        f"""SELECT n.purpose, count(*) AS labels FROM traces t JOIN answers n ON n.item_id = t.id
            WHERE t.project_id = :project AND n.question = '{Question.LABEL.value}' AND n.purpose IN ({APART})
                AND n.sequence <= :as_of AND t.task = :task GROUP BY n.purpose""",
        project=project_id, as_of=as_of, task=task,
    )  # fmt: skip
    return {row["purpose"]: row["labels"] for row in rows}


def branches(db: Reading, project_id: str, as_of: int, parent_id: str | None = None) -> dict[str, list[str]]:
    """Trace id -> the ids of the alternatives that branch off from it, of all traces of a project or of one.

    Of one the project is not asked for: SQLite would go through all its traces, not those of the parent.
    """
    which, named = ("project_id = :project AND parent_id IS NOT NULL", {"project": project_id})
    if parent_id is not None:
        which, named = "parent_id = :parent", {"parent": parent_id}
    rows = db.rows(f"SELECT id, parent_id FROM traces WHERE {which} AND sequence <= :as_of ORDER BY id",
                   as_of=as_of, **named)  # fmt: skip
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["parent_id"]].append(row["id"])
    return found


def source_names(db: Reading) -> dict[str, str]:
    """Actor's id -> name, for the named sources alone."""
    rows = db.rows("SELECT id, COALESCE(carried_name, name) AS name FROM actors WHERE kind = 'source'")
    return {row["id"]: row["name"] for row in rows}


def add_export(db: Db, **columns: object) -> None:
    db.add("exports", **columns)


def exports(db: Reading, project_id: str) -> Sequence[Row]:
    """The exports of a project in the order in which they were made, each with its event's hash."""
    return db.rows(
        """SELECT x.id, x.manifest, x.ordered, x.made_at, x.sequence, e.hash FROM exports x
               JOIN events e ON e.chain = x.project_id AND e.sequence = x.sequence
           WHERE x.project_id = :project ORDER BY x.sequence""",
        project=project_id,
    )


def manifest(db: Reading, project_id: str, export_id: str) -> str | None:
    row = db.row(
        "SELECT manifest FROM exports WHERE project_id = :project AND id = :id", project=project_id, id=export_id
    )
    return None if row is None else str(row["manifest"])


def without(answers: Sequence[Row], left_out: Collection[str]) -> list[Row]:
    """Answers as if nobody had given some of them (ids): what replaced one replaces what that one did."""
    before = {row["id"]: row["replaces"] for row in answers if row["id"] in left_out}

    def kept(answer_id: str | None) -> str | None:
        while answer_id in before:
            answer_id = before[answer_id]
        return answer_id

    return [
        {**row, "replaces": kept(row["replaces"])} if row["replaces"] in before else row
        for row in answers
        if row["id"] not in before
    ]


def _standing(answers: Sequence[Row]) -> list[Row]:
    """Without the answers that another one replaces."""
    replaced = {row["replaces"] for row in answers}
    return [row for row in answers if row["id"] not in replaced]


def _by(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
