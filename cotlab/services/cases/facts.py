"""What is known of the step or trace of a case: labels, remarks, opinions. A function of their id names people."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cotlab.domain.answers import WHOLE_TRACE, Citation, Question, StepSize
from cotlab.domain.cases import CaseEvidence, CaseState, Opinion, PeerLabel, PeerRemark, peer_names
from cotlab.domain.checks import ShownEvidence, StepVerdict, shown, shown_of_answer
from cotlab.domain.guidelines.questions import AnswerBody
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.guidelines.senses import Sense, Senses
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.services.cases.due_cases import due
from cotlab.services.checks.verdicts import checkers
from cotlab.services.traces.pair_views import FIRST, UNSAFE, WITHDRAWN, as_seen, side_of
from cotlab.storage.cases import case_facts as stored
from cotlab.storage.checks import checks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.projects import projects
from cotlab.storage.traces import pairs

Naming = Callable[[str], str]
"""A person's id -> what they are called."""


def trees(db: Reading, item_id: str) -> Naming:
    """The stable pseudonyms of those who labelled an item."""
    names = peer_names(stored.labellers(db, item_id), item_id)
    return names.__getitem__


def nobody(person_id: str) -> str:
    """No name for anybody."""
    return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """How answers on a case's step read today. `case` is a row of storage.cases.cases.

    Of a pair `left` is the response that stands on the left for whoever reads, `sides` assignment -> the one that stood
    there for who gave an answer.
    """

    case: Row
    senses: Senses
    titles: dict[str, str]
    citations: dict[str, tuple[Citation, ...]] = field(default_factory=dict)
    left: str = FIRST
    sides: Mapping[str, str] = field(default_factory=dict)

    def swapped(self, row: Row) -> bool:
        """Whether who gave an answer saw the responses of a pair the other way round."""
        return self.sides.get(row["assignment_id"], self.left) != self.left

    def words(self, row: Row) -> str:
        """A label as it reads today, as exact as it was given; of a pair as it stands for whoever reads."""
        sense = self.sense(row)
        return as_seen(sense.kind or sense.value, self.left)

    def cited(self, row: Row) -> tuple[Citation, ...]:
        return self.citations.get(row["id"], ())

    def title(self, row: Row) -> str:
        """The guideline version that an answer was given under."""
        return self.titles.get(row["guideline_version_id"], "")

    def sense(self, row: Row) -> Sense:
        """Of a label, or of a decision; what is said of a whole trace is no label and never stale."""
        if self.case["position"] == WHOLE_TRACE:
            return Sense(row["value"], None, row["guideline_version_id"], False)
        rules = self.senses.rules.intersection(one.name for one in self.cited(row) if one.kind == "rule")
        here = self.senses.at(self.case["domain"], json.loads(self.case["tags"]))
        return here[row["guideline_version_id"], row["value"], rules]


def reader(db: Reading, case: Row, rows: Collection[Row], left: str = FIRST) -> Reader:
    """A reader of these answers; `left` is the response of a pair that stands on the left for whoever reads."""
    senses = Senses(projects.timeline(db, case["project_id"], task=case["task"]))
    given = sorted({row["assignment_id"] for row in rows if row["assignment_id"]}) if case["task"] == "pairs" else []
    sides = {assignment: row["left_one"] for assignment, row in pairs.sides(db, given).items()}
    cited = stored.cited(db, [row["id"] for row in rows])
    return Reader(case, senses, projects.version_names(db), cited, left, sides)


def seen(db: Reading, case: Row, left: str = FIRST) -> CaseEvidence:
    """What an adjudicator sees of what others said, after their own choice; `left` as in `reader`."""
    named, place = trees(db, case["item_id"]), (case["item_id"], case["position"])
    now = due(db, case["project_id"], [case["item_id"]]).get(place, ())
    return CaseEvidence(
        reasons=now or reasons(case), checked=_shown(_document(db, case), case), labels=labels(db, case, named, left),
        questions=questions(db, case, named), bad_problem=bad_problem(db, case, named),
        earlier=earlier(db, case, left=left),
        passed_on=passed_on(db, case),
    )  # fmt: skip


def checked(db: Reading, case: Row) -> StepVerdict | None:
    """What the check in force says of the step, or of the final answer of a whole trace."""
    document = _document(db, case)
    return None if document is None else StepVerdict.model_validate_json(document)


def _document(db: Reading, case: Row) -> str | None:
    asked = checkers(projects.policy(db, case["project_id"]))
    if not asked:
        return None
    steps, answers = asked
    row = checks.verdict(db, case["item_id"], case["position"], answers if case["position"] == WHOLE_TRACE else steps)
    return None if row is None else str(row["document"])


def _shown(document: str | None, case: Row) -> ShownEvidence | None:
    if document is None:
        return None
    if case["position"] == WHOLE_TRACE:
        return shown_of_answer(StepVerdict.model_validate_json(document))
    return shown(document)


def state(case: Row, now: tuple[CaseReason, ...]) -> CaseState:
    """How a case stands; `now` are the reasons that hold."""
    if case["answer_id"] is not None:
        return CaseState.DECIDED
    return CaseState.OPEN if now else CaseState.SETTLED_OTHERWISE


def reasons(case: Row, now: tuple[CaseReason, ...] = ()) -> tuple[CaseReason, ...]:
    """The reasons that hold `now` of an open case, where they are known; else those for which it was opened."""
    if now and case["answer_id"] is None:
        return now
    return tuple(CaseReason(one) for one in json.loads(case["reasons"]))


def labels(db: Reading, case: Row, named: Naming, left: str = FIRST) -> tuple[PeerLabel, ...]:
    """Everybody's latest label on the step, as it reads today; none for a whole trace."""
    rows = stored.labels(db, case["item_id"], case["position"])
    latest = {row["actor_id"]: row for row in rows if row["question"] == Question.LABEL}
    sizes = {row["actor_id"]: StepSize(row["value"]) for row in rows if row["question"] == Question.STEP_SIZE}
    read = reader(db, case, latest.values(), left)
    found = (_label(read, row, named, sizes.get(row["actor_id"], StepSize.FITS)) for row in latest.values())
    if case["task"] != "pairs":
        return tuple(found)
    beside = _beside(db, case["item_id"])
    said = (beside[row["assignment_id"]] for row in latest.values())
    return tuple(one.model_copy(update=_of_pair(more, left)) for one, more in zip(found, said, strict=True))


def _beside(db: Reading, item_id: str) -> Mapping[str, dict[str, str]]:
    """Assignment -> question -> what was said of a pair beside the overall choice, in canonical order."""
    found: Mapping[str, dict[str, str]] = defaultdict(dict)
    for row in stored.beside(db, item_id):
        found[row["assignment_id"]][row["question"]] = row["value"]
    return found


def _of_pair(said: Mapping[str, str], left: str) -> dict[str, Any]:
    """The criteria and the safety flag as they stand for whoever reads."""
    unsafe = said.get(UNSAFE, WITHDRAWN)
    return {
        "criteria": {question: as_seen(value, left) for question, value in said.items() if value in CHOICES},
        "unsafe": None if unsafe == WITHDRAWN else side_of(unsafe, left),
    }  # fmt: skip


def choices(db: Reading, case: Row, named: Naming) -> tuple[PeerLabel, ...]:
    """What adjudicators chose before they saw the labels."""
    rows = stored.choices(db, case["id"])
    read = reader(db, case, rows)
    return tuple(_label(read, row, named) for row in rows)


def _label(read: Reader, row: Row, named: Naming, size: StepSize = StepSize.FITS) -> PeerLabel:
    return PeerLabel(
        name=named(row["actor_id"]), label=read.words(row), rationale=row["rationale"],
        unsure=bool(row["unsure"]), citations=read.cited(row), step_size=size, guideline_version=read.title(row),
        stale=read.sense(row).stale, swapped=read.swapped(row),
    )  # fmt: skip


def questions(db: Reading, case: Row, named: Naming) -> tuple[PeerRemark, ...]:
    """What was asked about the step, with the lead's answers."""
    return tuple(
        PeerRemark(name=named(row["actor_id"]), text=row["text"], answer=_answer(row))
        for row in stored.questions(db, case["item_id"], case["position"])
    )


def _answer(row: Row) -> AnswerBody | None:
    if row["resolution"] is None:
        return None
    return AnswerBody(resolution=row["resolution"], rule=row["rule"], text=row["answer"])


def bad_problem(db: Reading, case: Row, named: Naming) -> tuple[PeerRemark, ...]:
    """Why people say that the problem cannot be used."""
    return tuple(
        PeerRemark(name=named(row["actor_id"]), text=row["rationale"] or "")
        for row in stored.unusable(db, case["item_id"])
    )


def opinions(db: Reading, case: Row, named: Naming = nobody, left: str = FIRST) -> tuple[Opinion, ...]:
    """What each adjudicator of the case decided, in order; `left` as in `reader`."""
    return _opinions(db, case, named, lambda row: row["case_id"] == case["id"], left)


def earlier(db: Reading, case: Row, named: Naming = nobody, left: str = FIRST) -> tuple[Opinion, ...]:
    """What was decided in earlier cases on the step."""
    return _opinions(db, case, named, lambda row: row["number"] < case["number"], left)


def my_opinion(db: Reading, case: Row, person_id: str, left: str = FIRST) -> Opinion | None:
    """What a person decided in the case, as it stands."""
    found = _opinions(db, case, nobody, lambda row: row["case_id"] == case["id"] and row["actor_id"] == person_id, left)
    return found[0].model_copy(update={"dissent": False}) if found else None


def _opinions(
    db: Reading, case: Row, named: Naming, wanted: Callable[[Row], bool], left: str = FIRST
) -> tuple[Opinion, ...]:  # fmt: skip
    rows = stored.opinions(db, case["item_id"], case["position"])
    read = reader(db, case, rows, left)
    values = {row["id"]: read.sense(row).value for row in rows}
    return tuple(
        Opinion(
            name=named(row["actor_id"]), label=read.words(row), rationale=row["rationale"] or "",
            citations=read.cited(row), gap=row["gap"], guideline_version=read.title(row),
            decided_at=row["received_at"], stale=read.sense(row).stale, swapped=read.swapped(row),
            dissent=values.get(row["outcome_id"], values[row["id"]]) != values[row["id"]],
        )
        for row in rows
        if wanted(row)
    )  # fmt: skip


def passed_on(db: Reading, case: Row) -> tuple[str, ...]:
    """The reasons for which a case was handed on."""
    return tuple(row["reason"] for row in stored.passes(db, case["id"]))
