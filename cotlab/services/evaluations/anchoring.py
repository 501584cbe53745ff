"""Whether people take over the drafts that they see: labels with drafts against a random arm without."""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cotlab.agreement.intervals.bootstrap import REPLICATES
from cotlab.agreement.models.anchoring import UNKNOWN, Anchored, arms, compared, said
from cotlab.domain.drafts.opinions import most_probable
from cotlab.domain.evaluations.anchoring import AnchoringReport
from cotlab.domain.projects.draft_policy import DraftRule, Reveal, Task, blind, drawn_at_claim
from cotlab.domain.projects.policy import MICROSECONDS, Policy, draft_rule
from cotlab.domain.shown_drafts import OPINION, PAIR_OPINION
from cotlab.services.audit.as_of import exported_at
from cotlab.services.evaluations.anchoring_truths import Place, Truths
from cotlab.services.gold.items import GoldReader
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.evaluations import anchoring as stored
from cotlab.storage.projects import projects

KINDS: Mapping[Task, str] = {"steps": OPINION, "pairs": PAIR_OPINION}
TIE = "tie"
INFORMED, NOT_SHOWN, NO_OPINION, AGAIN = "informed", "policy shows none", "no opinion by then", "labelled before"
SHOWN_AFTER_ALL = "of the random arm, but shown one"
"""Of those that were claimed under a smaller share than they were labelled under."""


@dataclass(frozen=True, slots=True)
class Case:
    """One label from its first commit on; `before` is what stood when a draft came in sight. `right` is what gold says,
    `decided` what else people say; None: nothing.
    """

    place: Place
    problem: str
    person: str
    first: str
    before: str
    last: str
    draft: str
    right: str | None
    decided: str | None
    blind: bool
    seen: bool
    seconds: float
    seconds_after: float | None

    @property
    def said(self) -> tuple[str | None, ...]:
        """All labels in it."""
        return self.first, self.before, self.last, self.draft, self.right, self.decided


def report(
    db: Reading, project_id: str, task: Task = "steps", as_of: int | None = None, replicates: int = REPLICATES
) -> AnchoringReport:
    """What happens to labels of steps, or to choices between the responses of pairs, once a draft is in sight."""
    known_project(db, project_id)
    at, _ = exported_at(db, project_id, as_of)
    left_out = Counter[str]()
    cases = list(_Cases(db, project_id, task, at, left_out).read())
    read = anchored(cases)
    of = list(arms(read, projects.policy(db, project_id, at).drift.within))
    found = compared(read, replicates)
    return AnchoringReport(
        as_of=at, task=task, labels=len(cases), problems=len({one.problem for one in cases}),
        people=len({one.person for one in cases}), known=sum(one.right is not None for one in cases),
        decided=sum(one.decided is not None for one in cases),
        left_out=dict(sorted(left_out.items())), arms=tuple(of), compared=tuple(found), sentence=said(read, found, of),
    )  # fmt: skip


def anchored(cases: Sequence[Case]) -> Anchored:
    """The same as arrays."""
    labels = _codes([value for one in cases for value in one.said if value])
    problems, units = _codes([one.problem for one in cases]), _codes([one.place for one in cases])

    def coded(values: Sequence[int]) -> Any:
        return np.array(values, dtype=np.int64)

    return Anchored(
        first=coded([labels[one.first] for one in cases]), before=coded([labels[one.before] for one in cases]),
        last=coded([labels[one.last] for one in cases]), draft=coded([labels[one.draft] for one in cases]),
        right=coded([labels.get(one.right, UNKNOWN) for one in cases]),
        decided=coded([labels.get(one.decided, UNKNOWN) for one in cases]),
        unit=coded([units[one.place] for one in cases]), problem=coded([problems[one.problem] for one in cases]),
        blind=np.array([one.blind for one in cases], dtype=np.bool_),
        seen=np.array([one.seen for one in cases], dtype=np.bool_),
        seconds=np.array([one.seconds for one in cases], dtype=np.float64),
        seconds_after=np.array([one.seconds_after for one in cases], dtype=np.float64),
    )  # fmt: skip


def _codes(values: Sequence[Any]) -> dict[Any, int]:
    return {value: code for code, value in enumerate(dict.fromkeys(values))}


def _seconds(since: int, until: int, cap: float) -> float:
    """From one time to another, up to what counts of a step."""
    return min(max(0.0, (until - since) / MICROSECONDS), cap)


@dataclass(slots=True)
class _Cases:
    """One snapshot of the labels of a task as of a sequence; what is no case is counted in `left_out`."""

    db: Reading
    project_id: str
    task: Task
    as_of: int
    left_out: Counter[str]
    _reader: GoldReader = field(init=False)
    _truths: Truths = field(init=False)
    _opinions: dict[Place, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _reveals: dict[Place, Row] = field(default_factory=dict)
    """Of an assignment and a position: when an opinion was seen there first."""
    _policies: list[tuple[int, Policy]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = GoldReader(self.db, self.project_id, self.as_of)
        self._truths = Truths(self.db, self.project_id, self.task, self.as_of, self._reader)

    def read(self) -> Iterator[Case]:
        db, kind = self.db, KINDS[self.task]
        for row in stored.opinions(db, self.project_id, kind, self.as_of):
            self._opinions[row["item_id"], row["position"] or 1].append(row)
        ids = {row["id"] for rows in self._opinions.values() for row in rows}
        for row in stored.reveals(db, self.project_id, self.as_of):
            if not ids.isdisjoint(json.loads(row["drafts"])):
                self._reveals.setdefault((row["assignment_id"], row["position"]), row)
        self._policies = [
            (row["sequence"], projects.parsed_policy(row["document"])) for row in stored.policies(db, self.project_id)
        ]
        chains = defaultdict[tuple[str, int], list[Row]](list)
        for row in stored.labels(db, self.project_id, self.task, kind, self.as_of):
            chains[row["assignment_id"], row["position"]].append(row)
        known = set[tuple[str, int, str]]()
        for chain in chains.values():
            place = chain[0]["item_id"], chain[0]["position"], chain[0]["actor_id"]
            case = AGAIN if place in known else self._case(chain)
            known.add(place)
            if isinstance(case, str):
                self.left_out[case] += 1
            else:
                yield case

    def _case(self, chain: Sequence[Row]) -> Case | str:
        """What a person said of a step from the first commit on, or why it is left out."""
        first, last = chain[0], chain[-1]
        place = first["item_id"], first["position"]
        if first["informed"]:
            return INFORMED
        rule, cap = self._rule(first)
        if rule.reveal is Reveal.NEVER:
            return NOT_SHOWN
        there = {row["model"]: row for row in self._opinions[place] if row["sequence"] < first["sequence"]}
        if not there:
            return NO_OPINION
        reveal = self._reveals.get((first["assignment_id"], first["position"]))
        before = first if reveal is None else [row for row in chain if row["sequence"] < reveal["sequence"]][-1]
        in_arm = blind(first["actor_id"], first["item_id"], rule.blind_share)
        if in_arm and reveal is not None:
            return SHOWN_AFTER_ALL
        value, before_value, last_value = (self._reader.sense(row).value for row in (first, before, last))
        right, decided = self._truths.of(first)
        return Case(
            place=place, problem=first["problem_id"], person=first["actor_id"], first=value, before=before_value,
            last=last_value, draft=self._said([json.loads(row["document"]) for row in there.values()]), right=right,
            decided=decided, blind=in_arm, seen=reveal is not None,
            seconds=_seconds(first["shown_at"], first["received_at"], cap),
            seconds_after=_seconds(reveal["at"], last["received_at"], cap) if reveal and last is not before else None,
        )  # fmt: skip

    def _rule(self, row: Row) -> tuple[DraftRule, float]:
        """What policy said of drafts when a label was given, and up to how many seconds a step counted."""
        now, then = self._policy(row["sequence"]), self._policy(row["claimed"])
        place = self.task, row["domain"], json.loads(row["tags"])
        rule = drawn_at_claim(draft_rule(now, *place), draft_rule(then, *place))
        return rule, float(now.step_time_cap_seconds)

    def _policy(self, sequence: int) -> Policy:
        place = bisect_right(self._policies, sequence, key=lambda one: one[0]) - 1
        return self._policies[place][1] if place >= 0 else Policy()

    def _said(self, documents: Sequence[Mapping[str, Any]]) -> str:
        """What models say together: the label, or the response, of the highest mean probability."""
        if self.task == "pairs":
            first, second = (sum(one[side] for one in documents) for side in ("first", "second"))
            undecided = all(one["preference"] == "none" for one in documents) or first == second
            return TIE if undecided else "first" if first > second else "second"
        together: Counter[str] = Counter()
        for one in documents:
            together.update(one["probabilities"])
        return most_probable(together)
