"""What was said of the steps of one trace, as it reads today: each one's latest label, and what stands beside them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cotlab.domain.answers import HANDED_ON, WHOLE_TRACE, Ending, Purpose, Question
from cotlab.domain.cases import Usability
from cotlab.domain.policy import Policy, people_for
from cotlab.domain.reasons import Latest
from cotlab.domain.senses import NO_RULES, Pattern, Sense, Senses, SensesAt
from cotlab.domain.settled import NONE, Circumstances, Decision, Unsettled
from cotlab.storage import exports, projects
from cotlab.storage.database import Reading, Row
from cotlab.storage.exports import Page

LABEL, OUTCOME, DECISION = Question.LABEL.value, Question.OUTCOME.value, Question.DECISION.value
IMPORTED = Purpose.IMPORTED.value
ITEMS_A_READ = 200

T = TypeVar("T")
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

    def people(self, policy: Policy) -> int:
        """How many people are to label the trace."""
        return people_for(policy, self.domain, self.tags, self.item_id)

    def beside(self, position: int) -> Circumstances:
        """What stands beside the labels of a step."""
        decision, asked = self.decision(position), self.asked.get(position)
        known = decision is not None or asked is not None
        if not known and not self.bad_problem and not self.unusable and not self.under_recheck:
            return NONE
        open_ = asked is not None and (decision is None or decision.stale or asked > self._since(position))
        return Circumstances(decision, open_, self.bad_problem, self.unusable, self.under_recheck)

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
                answer["id"] in self.doubted,
            )
            for answer, sense in self.votes.get(position, ())
        ]  # fmt: skip

    def _since(self, position: int) -> int:
        return int(self.decided[position][0]["decided_at"])


def of_items(db: Reading, project_id: str, items: Collection[str]) -> Iterator[tuple[str, Said]]:
    """What stands now on some items (ids), in the order of their ids."""
    senses = Senses(projects.timeline(db, project_id))
    for some in chunks(sorted(items)):
        page = exports.without_steps(db, project_id, some, bool(senses.rules))
        yield from ((row["id"], read(page, row, senses)) for row in page.traces)


def chunks(items: Sequence[T], most: int = ITEMS_A_READ) -> Iterator[Sequence[T]]:
    """Some items at a time."""
    for start in range(0, len(items), most):
        yield items[start : start + most]


def read(page: Page, row: Row, senses: Senses) -> Said:
    """What stands on the trace of `row`, one of the page's."""
    item_id, tags = row["id"], tuple(json.loads(row["tags"]))
    today = _Today(page, senses.at(row["domain"], tags if senses.acts else ()), senses)
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
    )  # fmt: skip


class _Today:
    """The senses of answers on one trace."""

    def __init__(self, page: Page, here: SensesAt, senses: Senses) -> None:
        self._here = here
        self._rules = senses.rules if page.citations else NO_RULES
        self._cited = page.citations

    def sense(self, answer: Row) -> Sense:
        cited = self._rules and self._rules.intersection(
            one["name"] for one in self._cited.get(answer["id"], ()) if one["kind"] == "rule"
        )
        pattern: Pattern = (answer["guideline_version_id"], answer["value"], cited)
        return self._here[pattern]


def _said_bad_problem(answers: Iterable[Row], since: int) -> bool:
    """Whether a labeller says after a sequence that the problem cannot be used."""
    return any(
        answer["question"] == OUTCOME and answer["value"] == Ending.BAD_PROBLEM and answer["purpose"] != IMPORTED
        and answer["sequence"] > since
        for answer in answers
    )  # fmt: skip
