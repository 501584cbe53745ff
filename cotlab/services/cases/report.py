"""How adjudication stands: what is open, how each adjudicator decides, errors that repeat, what guidelines lack."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, median

from cotlab.agreement.coefficients import coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.domain.agreement.coefficients import Estimate, GapCount
from cotlab.domain.answers import WHOLE_TRACE, Question
from cotlab.domain.cases import Adjudicator, CaseReport, CaseState, Gap, Pattern
from cotlab.domain.guidelines.senses import NO_RULES, Sense, Senses
from cotlab.domain.projects.policy import MICROSECONDS
from cotlab.domain.traces.records import TASKS
from cotlab.services.cases import facts
from cotlab.services.cases.due_cases import due
from cotlab.services.projects.projects import known_project
from cotlab.storage.cases import case_reports as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines as versions
from cotlab.storage.people import actors
from cotlab.storage.projects import projects

NO_PAIR = "no case on a step was decided by two people"
REPEATED = 2
"""How often a person makes an error before it is a pattern."""


@dataclass(frozen=True, slots=True)
class OnStep:
    """One adjudicator's decision on a step, with what people said of it until then, all at the first level.

    Labels and decision are read by the schema of the decision's guideline version. `votes` is person's id -> the label
    that stood and was not stale; `first` is the label that came first, `choice` what the adjudicator chose before.
    """

    row: Row
    value: str
    choice: str | None
    first: str | None
    votes: dict[str, str]

    @property
    def majority(self) -> str | None:
        """The label of more than half; a tie has none."""
        counts = Counter(self.votes.values())
        return next((value for value, count in counts.most_common(1) if 2 * count > counts.total()), None)

    @property
    def against(self) -> tuple[str, ...]:
        """The labels that stood against each other; where people were of one mind, theirs and the decision."""
        voices = set(self.votes.values())
        return tuple(sorted(voices if len(voices) > 1 else voices | {self.value}))


class Adjudicated:
    """What was said in a project's cases, and before them on their steps."""

    def __init__(self, db: Reading, project_id: str) -> None:
        self.cases = {row["id"]: row for row in stored.cases_in(db, project_id)}
        said = stored.said_in_cases(db, project_id)
        self.decisions = [row for row in said if row["question"] == Question.DECISION]
        self.choices = {
            (row["case_id"], row["actor_id"]): row for row in said if row["question"] != Question.DECISION
        }  # fmt: skip
        self.timelines = {task: projects.timeline(db, project_id, task=task) for task in TASKS}
        self._senses: dict[tuple[str, str], Senses] = {}
        acting = frozenset(rule for timeline in self.timelines.values() for rule in Senses(timeline).rules)
        self._cited = versions.rules_cited(db, project_id, acting)
        self._labels: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in stored.labels_on_cases(db, project_id):
            self._labels[row["item_id"], row["position"]].append(row)

    @cached_property
    def standing(self) -> list[Row]:
        """The decisions that no later one of the same person replaces."""
        replaced = {row["replaces"] for row in self.decisions}
        return [row for row in self.decisions if row["id"] not in replaced]

    @cached_property
    def opinions(self) -> dict[str, OnStep]:
        """Answer's id -> opinion, for the decisions on steps."""
        return {row["id"]: self._opinion(row) for row in self.decisions if row["position"] != WHOLE_TRACE}

    def _opinion(self, decision: Row) -> OnStep:
        version = decision["guideline_version_id"]
        before = [
            row for row in self._labels[decision["item_id"], decision["position"]]
            if row["sequence"] < decision["sequence"]
        ]  # fmt: skip
        read = {row["id"]: self._sense(row, decision["case_id"], version) for row in before}
        latest = {row["actor_id"]: read[row["id"]] for row in before}
        choice = self.choices.get((decision["case_id"], decision["actor_id"]))
        return OnStep(
            row=decision,
            value=self._sense(decision, decision["case_id"], version).value,
            choice=None if choice is None else self._sense(choice, decision["case_id"], version).value,
            first=read[before[0]["id"]].value if before else None,
            votes={person: sense.value for person, sense in latest.items() if not sense.stale},
        )

    def _sense(self, row: Row, case_id: str, version_id: str | None = None) -> Sense:
        """A label by the schema of today, or of the time of a version."""
        case = self.cases[case_id]
        key, timeline = (case["task"], version_id or ""), self.timelines[case["task"]]
        if key not in self._senses:
            self._senses[key] = Senses(timeline.until(version_id) if version_id else timeline)
        senses = self._senses[key]
        rules = senses.rules.intersection(self._cited.get(row["id"], NO_RULES))
        return senses.at(case["domain"], json.loads(case["tags"]))[row["guideline_version_id"], row["value"], rules]

    def today(self, decision: Row) -> str:
        """What a decision on a step says by the schema of today."""
        return self._sense(decision, decision["case_id"]).value


def report(db: Reading, project_id: str) -> CaseReport:
    """The cases of a project, counted. What is open is counted by the reasons that hold now, and by domain."""
    known_project(db, project_id)
    found, names = Adjudicated(db, project_id), actors.names(db)
    holds = due(db, project_id, {row["item_id"] for row in found.cases.values() if row["answer_id"] is None})
    states = [facts.state(row, holds.get((row["item_id"], row["position"]), ())) for row in found.cases.values()]
    open_ = [row for row, state in zip(found.cases.values(), states, strict=True) if state is CaseState.OPEN]
    return CaseReport(
        by_state={one.value: states.count(one) for one in CaseState},
        by_reason=_counted(reason.value for row in open_ for reason in holds[row["item_id"], row["position"]]),
        by_domain=_counted(row["domain"] for row in open_),
        oldest_open=min((row["at"] for row in open_), default=None),
        adjudicators=_adjudicators(found, names, projects.policy(db, project_id).step_time_cap_seconds),
        agreement=_agreement(found, names),
        double=sum(people > 1 for people in _people(found.decisions).values()),
        patterns=_patterns(found, names, stored.rules_of_decisions(db, project_id)),
        gaps=tuple(_gaps(found, projects.version_names(db))),
    )  # fmt: skip


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _people(decisions: Iterable[Row]) -> Counter[str]:
    """Case's id -> how many people decided it."""
    return Counter(case_id for case_id, _ in {(row["case_id"], row["actor_id"]) for row in decisions})


def _adjudicators(found: Adjudicated, names: dict[str, str], cap: int) -> tuple[Adjudicator, ...]:
    own: dict[str, list[Row]] = defaultdict(list)
    for row in found.standing:
        own[row["actor_id"]].append(row)
    people = sorted(own, key=lambda one: names[one])
    return tuple(_adjudicator(found, names[one], own[one], _seconds(found, one, cap)) for one in people)


def _adjudicator(found: Adjudicated, name: str, decisions: Sequence[Row], seconds: float | None) -> Adjudicator:
    opinions = [found.opinions[row["id"]] for row in decisions if row["id"] in found.opinions]
    labelled = [one for one in opinions if one.first is not None]
    return Adjudicator(
        name=name,
        decisions=len(decisions),
        seconds=seconds,
        overturned=_share(one.majority not in (None, one.value) for one in labelled),
        with_first=_share(one.first == one.value for one in labelled),
        changed=_share(one.choice != one.value for one in opinions),
    )


def _share(found: Iterable[bool]) -> float | None:
    listed = list(found)
    return mean(listed) if listed else None


def _seconds(found: Adjudicated, person_id: str, cap: int) -> float | None:
    """Median time from a case being shown to a person's first decision of it, each up to `cap` seconds."""
    taken = [
        min((row["received_at"] - row["shown_at"]) / MICROSECONDS, float(cap))
        for row in found.decisions
        if row["actor_id"] == person_id and row["replaces"] is None
    ]
    return median(taken) if taken else None


def _agreement(found: Adjudicated, names: dict[str, str]) -> Estimate:
    """Cohen's kappa on what each person decided first of a case; intervals resample traces."""
    first: dict[tuple[str, str], Row] = {}
    for row in found.decisions:
        if row["position"] != WHOLE_TRACE:
            first.setdefault((row["case_id"], row["actor_id"]), row)
    double = {case_id for case_id, people in _people(first.values()).items() if people > 1}
    rows = [row for row in first.values() if row["case_id"] in double]
    if not rows:
        return Estimate(reason=NO_PAIR, interval_reason=NO_PAIR)
    (measured,) = measure(_ratings(found, rows, names), [coefficient("cohen-kappa")])
    return Estimate(**{name: getattr(measured, name) for name in Estimate.model_fields})


def _ratings(found: Adjudicated, rows: Sequence[Row], names: dict[str, str]) -> Ratings:
    values = [found.today(row) for row in rows]
    labels, people = sorted(set(values)), sorted({row["actor_id"] for row in rows}, key=lambda one: names[one])
    units = {case_id: code for code, case_id in enumerate(dict.fromkeys(row["case_id"] for row in rows))}
    traces = {item_id: code for code, item_id in enumerate(dict.fromkeys(row["item_id"] for row in rows))}
    return build(
        [units[row["case_id"]] for row in rows], [people.index(row["actor_id"]) for row in rows],
        [labels.index(value) for value in values], [traces[row["item_id"]] for row in rows],
        people=[names[one] for one in people], labels=labels,
    )  # fmt: skip


def _patterns(found: Adjudicated, names: dict[str, str], cited: dict[str, list[str]]) -> tuple[Pattern, ...]:
    """Labels of a person that newest decisions overrule, where it happened more than once; the most frequent first."""
    decided = {(row["item_id"], row["position"]): row["answer_id"] for row in found.cases.values() if row["answer_id"]}
    times, rules = Counter[tuple[str, str, str]](), defaultdict[tuple[str, str, str], Counter[str]](Counter)
    for opinion in (found.opinions[answer] for answer in decided.values() if answer in found.opinions):
        for person, label in opinion.votes.items():
            if label != opinion.value:
                key = (names[person], label, opinion.value)
                times[key] += 1
                rules[key].update(list(dict.fromkeys(cited.get(opinion.row["id"], ()))))
    repeated = sorted((key for key, count in times.items() if count >= REPEATED), key=lambda key: (-times[key], key))
    return tuple(
        Pattern(person=key[0], label=key[1], decided=key[2], times=times[key], rules=dict(rules[key].most_common()))
        for key in repeated
    )


def _gaps(found: Adjudicated, titles: dict[str, str]) -> Iterable[Gap]:
    """What adjudicators find missing, the newest first."""
    for row in reversed(found.standing):
        if row["gap"] is not None:
            opinion = found.opinions.get(row["id"])
            yield Gap(
                case_id=row["case_id"], guideline_version=titles[row["guideline_version_id"]],
                domain=found.cases[row["case_id"]]["domain"], labels=opinion.against if opinion else (),
                text=row["gap"], at=row["received_at"],
            )  # fmt: skip


def gap_counts(
    db: Reading, project_id: str, version: str | None = None, task: str = "steps"
) -> tuple[GapCount, ...]:  # fmt: skip
    """Gaps in cases on steps, or on pairs, by the labels that stood against each other and by domain, the most frequent
    first.

    `version`, as `step-correctness 1.0`, takes those that were found in it.
    """
    cases, texts = defaultdict[tuple[tuple[str, ...], str], set[str]](set), defaultdict[object, list[str]](list)
    adjudicated = Adjudicated(db, project_id)
    for gap in _gaps(adjudicated, projects.version_names(db)):
        if version in (None, gap.guideline_version) and adjudicated.cases[gap.case_id]["task"] == task:
            cases[gap.labels, gap.domain].add(gap.case_id)
            texts[gap.labels, gap.domain].append(gap.text)
    return tuple(
        GapCount(labels=key[0], domain=key[1], cases=len(cases[key]), texts=tuple(dict.fromkeys(texts[key])))
        for key in sorted(cases, key=lambda key: (-len(cases[key]), key))
    )
