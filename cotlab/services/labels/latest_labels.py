"""What was said of the steps of one trace, as it reads today: each one's latest label, and what stands beside them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.answers import HANDED_ON, WHOLE_TRACE, Ending, Purpose, Question, Unsettled
from cotlab.domain.cases import Usability
from cotlab.domain.checks import Verdict
from cotlab.domain.guidelines.senses import NO_RULES, Pattern, Sense, Senses, SensesAt
from cotlab.domain.labels.case_reasons import Evidence, Latest
from cotlab.domain.labels.settled import NONE, Circumstances, Decision
from cotlab.domain.labels.two_level import last_words
from cotlab.domain.projects.policy import Policy, people_for
from cotlab.domain.traces.records import TASKS
from cotlab.services.checks.verdicts import checkers
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import Beside, Page
from cotlab.storage.projects import projects

LABEL, OUTCOME, DECISION = Question.LABEL.value, Question.OUTCOME.value, Question.DECISION.value
IMPORTED = Purpose.IMPORTED.value

Given = tuple[Row, Sense]
"""Somebody's answer on a step, and what it says today."""


@dataclass(frozen=True, slots=True)
class Said:
    """Of one trace: `given` is position and person -> label, `votes` position -> the labels that settle the step.

    `decided` is position -> the decision that stands, where `decided_at` is the sequence since which it does.
    """

    given: Mapping[tuple[int, str], Given]
    votes: Mapping[int, Sequence[Given]]
    opinions: Sequence[Given] = ()
    """What each adjudicator decided of a step."""
    decided: Mapping[int, Given] = field(default_factory=dict)
    asked: Mapping[int, int] = field(default_factory=dict)
    """Position -> the sequence of the last open question."""
    bad_problem: bool = False
    unusable: bool = False
    doubted: frozenset[str] = frozenset()
    """The ids of answers of people whose gold became worse; `under_recheck` while others are to label the trace."""
    under_recheck: bool = False
    item_id: str = ""
    domain: str = ""
    tags: tuple[str, ...] = ()
    checked: Mapping[int, Row] = field(default_factory=dict)
    """Position (0: the final answer) -> the verdict of a check, where it decides something."""
    whole: Row | None = None
    """The decision on the whole trace that stands."""
    senses: Senses | None = None
    calculating: Collection[str] = ()
    """The ids of answers that cite a rule about calculation."""
    positions: range = range(0)
    """All steps of the trace."""
    imported: frozenset[str] = frozenset()
    """The last word of each source of files on the final answer."""

    def people(self, policy: Policy) -> int:
        """How many people are to label the trace."""
        return people_for(policy, self.domain, self.tags, self.item_id)

    def beside(self, position: int) -> Circumstances:
        """What stands beside the labels of a step."""
        decision, asked = self.decision(position), self.asked.get(position)
        evidence = self.evidence(position)
        known = decision is not None or asked is not None or evidence is not None
        if not known and not self.bad_problem and not self.unusable and not self.under_recheck:
            return NONE
        open_ = asked is not None and (decision is None or decision.stale or asked > self._since(position))
        return Circumstances(decision, open_, self.bad_problem, self.unusable, self.under_recheck, evidence)

    def evidence(self, position: int) -> Evidence | None:
        """What a check says of a step; None where it cannot speak against a label."""
        verdict = self.checked.get(position)
        if verdict is None or (verdict["verdict"] == Verdict.VERIFIED and not self.calculating):
            return None
        if position not in self.decided:
            return Evidence(Verdict(verdict["verdict"]))
        newer = verdict["sequence"] > self._since(position)
        return Evidence(Verdict(verdict["verdict"]), newer, self._is_error(self.decided[position][1]))

    def decision(self, position: int) -> Decision | None:
        if position not in self.decided:
            return None
        _, sense = self.decided[position]
        return Decision(sense.value, sense.kind, sense.stale)

    def newer(self, position: int, answer: Row) -> bool:
        """Whether an answer came after the decision that stands on its step."""
        return position in self.decided and answer["sequence"] > self._since(position)

    def doubt(self, answer: Row) -> Unsettled | None:
        """Why an answer is not to be relied upon, if it is not."""
        if answer["id"] not in self.doubted:
            return None
        return Unsettled.UNDER_RECHECK if self.under_recheck else Unsettled.DOUBTED

    def latest(self, position: int) -> list[Latest]:
        """The votes on a step."""
        return [
            Latest(
                sense.value, bool(answer["unsure"]), sense.kind, sense.stale, self.newer(position, answer),
                answer["id"] in self.doubted, *self._against(position, answer, sense),
            )
            for answer, sense in self.votes.get(position, ())
        ]  # fmt: skip

    def is_error(self, position: int, value: str) -> bool:
        """Whether a label that stands on a step, or was decided of it, is an error."""
        given = [sense for _, sense in self.votes.get(position, ())]
        if position in self.decided:
            given.append(self.decided[position][1])
        return any(sense.value == value and self._is_error(sense) for sense in given)

    @property
    def newest(self) -> int:
        """The sequence of the last that was said, decided or found of the answer or the steps."""
        labels = [answer["sequence"] for given in self.votes.values() for answer, _ in given]
        decisions = [self._since(position) for position in self.decided]
        verdicts = [row["sequence"] for place, row in self.checked.items() if place == WHOLE_TRACE]
        return max((*labels, *decisions, *verdicts), default=0)

    def _against(self, position: int, answer: Row, sense: Sense) -> tuple[bool, bool]:
        """Whether a label is an error, and one of calculation, where a check has a verdict."""
        if position not in self.checked:
            return False, False
        return self._is_error(sense), answer["id"] in self.calculating

    def _is_error(self, sense: Sense) -> bool:
        return self.senses is not None and self.senses.is_error(sense)

    def _since(self, position: int) -> int:
        return int(self.decided[position][0]["decided_at"])


def of_items(db: Reading, project_id: str, items: Collection[str]) -> Iterator[tuple[str, Said]]:
    """What stands now on some items (ids), in the order of their ids."""
    return ((row["id"], said) for row, said in of_traces(db, project_id, items))


def of_traces(db: Reading, project_id: str, items: Collection[str]) -> Iterator[tuple[Row, Said]]:
    """The traces of some items (ids) with what stands on them now, in the order of their ids."""
    senses = {task: Senses(projects.timeline(db, project_id, task=task)) for task in TASKS}
    cited = any(one.by_citation for one in senses.values())
    beside = Beside(cited, checkers(projects.policy(db, project_id)))
    for some in chunks(sorted(items)):
        page = exports.without_steps(db, project_id, some, beside)
        yield from ((row, read(page, row, senses[row["task"]])) for row in page.traces)


def read(page: Page, row: Row, senses: Senses) -> Said:
    """What stands on the trace of `row`, one of the page's."""
    item_id, tags = row["id"], tuple(json.loads(row["tags"]))
    today = _Today(page, item_id, senses.at(row["domain"], tags if senses.acts else ()), senses)
    given = {
        (answer["position"], answer["actor_id"]): (answer, today.sense(answer))
        for answer in page.answers.get(item_id, ())
        if answer["question"] == LABEL and answer["purpose"] != IMPORTED
    }
    handed_on = {one["assignment_id"] for one in page.endings.get(item_id, ()) if one["ending"] in HANDED_ON}
    votes: dict[int, list[Given]] = {}
    for (position, _), one in given.items():
        if not handed_on or one[0]["assignment_id"] not in handed_on:
            votes.setdefault(position, []).append(one)
    decisions = {one["position"]: one for one in page.decided.get(item_id, ())}
    whole = decisions.pop(WHOLE_TRACE, None)
    opinions = [one for one in page.answers.get(item_id, ()) if one["question"] == DECISION and one["position"]]
    return Said(
        given, votes,
        opinions=[(one, today.sense(one)) for one in opinions],
        decided={position: (one, today.sense(one)) for position, one in decisions.items()},
        asked={one["position"]: one["sequence"] for one in page.asked.get(item_id, ())},
        bad_problem=_said_bad_problem(page.answers.get(item_id, ()), whole["decided_at"] if whole else 0),
        unusable=whole is not None and whole["value"] == Usability.BAD_PROBLEM,
        doubted=page.doubted.get(item_id, frozenset()), under_recheck=item_id in page.under_recheck,
        item_id=item_id, domain=row["domain"], tags=tags,
        checked=(checked := {one["position"]: one for one in page.evidence.get(item_id, ())}), whole=whole,
        senses=senses, calculating=today.calculating() if checked else (),
        positions=range(row["first_position"], row["last_position"] + 1), imported=today.imported(),
    )  # fmt: skip


class _Today:
    """The senses of answers on one trace."""

    def __init__(self, page: Page, item_id: str, here: SensesAt, senses: Senses) -> None:
        self._senses, self._answers, self._here = senses, page.answers.get(item_id, ()), here
        self._rules = senses.rules if page.citations else NO_RULES
        self._cited = page.citations

    def sense(self, answer: Row) -> Sense:
        cited = self._rules and self._rules.intersection(
            one["name"] for one in self._cited.get(answer["id"], ()) if one["kind"] == "rule"
        )
        pattern: Pattern = (answer["guideline_version_id"], answer["value"], cited)
        return self._here[pattern]

    def imported(self) -> frozenset[str]:
        return last_words(
            (one["actor_id"], one["value"])
            for one in self._answers if one["purpose"] == IMPORTED and one["position"] == WHOLE_TRACE
        )  # fmt: skip

    def calculating(self) -> frozenset[str]:
        """The ids of answers that cite a rule about calculation of the version that they were given under."""
        none = frozenset[str]()
        return frozenset(
            answer["id"]
            for answer in self._answers
            if (rules := self._senses.calculation.get(answer["guideline_version_id"], none))
            and any(one["kind"] == "rule" and one["name"] in rules for one in self._cited.get(answer["id"], ()))
        )


def _said_bad_problem(answers: Iterable[Row], since: int) -> bool:
    """Whether a labeller says after a sequence that the problem cannot be used."""
    return any(
        answer["question"] == OUTCOME and answer["value"] == Ending.BAD_PROBLEM and answer["purpose"] != IMPORTED
        and answer["sequence"] > since
        for answer in answers
    )  # fmt: skip
