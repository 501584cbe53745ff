"""What generators write beside what people write, with a sentence for each difference that its interval supports."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cotlab.agreement.intervals.bootstrap import FEWEST_CLUSTERS
from cotlab.agreement.intervals.ratios import Ratios, ratios
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.checks import Verdict
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.labels.settled import Settled
from cotlab.domain.reports.generators import (
    DraftsMade,
    GeneratedTraces,
    GeneratorDifference,
    GeneratorMeasure,
    GeneratorReport,
)
from cotlab.domain.traces.records import Origin
from cotlab.drafting.kinds import KINDS
from cotlab.services.audit.as_of import exported_at
from cotlab.services.checks.verdicts import checkers
from cotlab.services.coverage.path_matrix import beside
from cotlab.services.labels.latest_labels import read
from cotlab.services.labels.selection import Selection
from cotlab.services.projects.projects import known_project
from cotlab.services.reports.generator_texts import ERRORS, FIRST, STEPS, TITLES, WORDS, AllTraces, ReadTrace
from cotlab.storage.checks import checks
from cotlab.storage.drafts import draft_decisions
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.labels.exports import Page
from cotlab.storage.projects import projects

TRACES_A_READ = 500
ENTER = [kind.name for kind in KINDS if kind.enters_pool]
PEOPLE = (Origin.HUMAN.value, None)
Group = tuple[str, str | None]
"""Origin and generator."""


@dataclass(slots=True)
class _Read:
    """All paths, by group; of what is no path the number."""

    groups: list[Group] = field(default_factory=lambda: [PEOPLE])
    traces: list[ReadTrace] = field(default_factory=list)
    apart: Counter[tuple[Group, str]] = field(default_factory=Counter)

    def place(self, group: Group) -> int:
        if group not in self.groups:
            self.groups.append(group)
        return self.groups.index(group)


def report(db: Reading, project_id: str, as_of: int | None = None) -> GeneratorReport:
    """As of a sequence of the project's chain. Raises BadInput for one that is to come."""
    known_project(db, project_id)
    at, _ = exported_at(db, project_id, as_of)
    selection = Selection(
        LabelChoice.SETTLED, projects.policy(db, project_id, at), Senses(projects.timeline(db, project_id, at)), False
    )
    found, drafts = _read(db, project_id, at, selection), _drafts(db, project_id, at)
    for model in drafts:
        found.place((Origin.MODEL.value, model))
    measured = _Measured.of_all(found)
    apart = [measured.differences(place, _name(group)) if place else [] for place, group in enumerate(found.groups)]
    people, *others = (_row(measured, found, place, drafts, apart[place]) for place in range(len(found.groups)))
    return GeneratorReport(
        as_of=at, generators=(people, *sorted(others, key=lambda one: (one.generator or "~", one.origin))),
        titles={name: _title(name) for name in measured.names}, compared=sum(map(len, apart)),
    )  # fmt: skip


def _read(db: Reading, project_id: str, at: int, selection: Selection) -> _Read:
    found, after, more = _Read(), "", beside(selection)
    while (page := exports.page(db, project_id, at, after, TRACES_A_READ, more)).traces:
        after = page.traces[-1]["id"]
        verdicts = checks.in_force(db, [row["id"] for row in page.traces], checkers(selection.policy), at)
        for row in page.traces:
            group = (row["origin"], None if row["origin"] == Origin.HUMAN else row["generator"])
            if row["origin"] == Origin.SEMI_SYNTHETIC:
                found.apart[(Origin.MODEL.value, row["generator"]), "altered"] += 1
                found.place((Origin.MODEL.value, row["generator"]))
            elif row["parent_id"] is not None:
                found.apart[group, "alternatives"] += 1
                found.place(group)
            else:
                found.traces.append(_trace(page, row, selection, found.place(group), verdicts.get(row["id"], ())))
    return found


def _trace(page: Page, row: Row, selection: Selection, group: int, verdicts: Sequence[Row]) -> ReadTrace:
    said = read(page, row, selection.senses)
    results = [selection.settle(said, position)[0] for position in said.positions] if said.votes else []
    labels = [one.value if isinstance(one, Settled) else None for one in results]
    errors = [at for at, label in zip(said.positions, labels, strict=False) if label and said.is_error(at, label)]
    decided = [json.loads(one["document"])["verdict"] for one in verdicts if one["position"]]
    return ReadTrace(
        group=group, problem=row["problem_id"], texts=[step["text"] for step in page.steps.get(row["id"], ())],
        labels=labels, errors=errors, strategy=row["strategy"], checked=len(decided),
        refuted=decided.count(Verdict.REFUTED),
    )  # fmt: skip


def _drafts(db: Reading, project_id: str, at: int) -> dict[str, DraftsMade]:
    """Model -> its drafts."""
    counts: dict[str, Counter[str]] = {}
    for row in draft_decisions.by_model(db, project_id, at, ENTER):
        counts.setdefault(row["model"], Counter())[row["what"]] += row["number"]
    own = ("made", "accepted", "edited", "declined")
    return {
        model: DraftsMade(
            **{name: some[name] for name in own},
            dropped={why: number for why, number in sorted(some.items()) if why not in own},
        )
        for model, some in counts.items()
    }


@dataclass(frozen=True, slots=True)
class _Measured:
    """Numerators and denominators of all measures, of shape [problems, measures, groups]."""

    names: list[str]
    sums: Floats
    of: Floats

    @classmethod
    def of_all(cls, read: _Read) -> "_Measured":
        everything = AllTraces(read.traces, people=0)
        measure = {name: place for place, name in enumerate(everything.names)}
        problem = {name: place for place, name in enumerate(dict.fromkeys(one.problem for one in read.traces))}
        sums, of = (np.zeros((len(problem), len(measure), len(read.groups))) for _ in range(2))
        for one in read.traces:
            for name, number, over in everything.parts(one):
                place = (problem[one.problem], measure[name], one.group)
                sums[place] += number
                of[place] += over
        return cls(everything.names, sums, of)

    def measures(self, group: int) -> dict[str, GeneratorMeasure]:
        """Those of which a group has something."""
        found, of = ratios(self.sums[:, :, group], self.of[:, :, group]), self.of[:, :, group].sum(axis=0)
        return {
            name: GeneratorMeasure(**found.estimate(place).model_dump(), of=int(of[place]))
            for place, name in enumerate(self.names) if of[place]
        }  # fmt: skip

    def differences(self, group: int, who: str) -> list[GeneratorDifference | None]:
        """Of each measure that a group and people have something of, in the problems of both where these are enough;
        None where its interval tells nothing.
        """
        traces = self.of[:, self.names.index(STEPS)]
        both = (traces[:, group] > 0) & (traces[:, 0] > 0)
        kept = both if both.sum() >= FEWEST_CLUSTERS else np.ones_like(both)
        sums, of = (np.hstack([part[kept][:, :, one] for one in (group, 0)]) for part in (self.sums, self.of))
        found, many = ratios(sums, of), len(self.names)
        return [
            _difference(found, place, name, many, who, int(both.sum()) if kept is both else None)
            for place, name in enumerate(self.names) if of[:, place].any() and of[:, many + place].any()
        ]  # fmt: skip


def _difference(
    found: Ratios, place: int, name: str, many: int, who: str, common: int | None
) -> GeneratorDifference | None:  # fmt: skip
    by = found.difference(place, many + place)
    if by.interval is None or by.interval.low <= 0 <= by.interval.high:
        return None
    own, theirs = float(found.values[place]), float(found.values[many + place])
    return GeneratorDifference(
        measure=name, by=by, common=common, sentence=_sentence(who, name, own, theirs, by, common)
    )  # fmt: skip


def _name(group: Group) -> str:
    return group[1] or group[0]


def _row(
    measured: _Measured, found: _Read, place: int, drafts: Mapping[str, DraftsMade],
    apart: Sequence[GeneratorDifference | None],
) -> GeneratedTraces:  # fmt: skip
    (origin, generator), traces = found.groups[place], [one for one in found.traces if one.group == place]
    group = found.groups[place]
    counts = found.apart
    return GeneratedTraces(
        generator=generator, origin=origin, traces=len(traces), problems=len({one.problem for one in traces}),
        alternatives=counts[group, "alternatives"], altered=counts[group, "altered"],
        measures=measured.measures(place), differences=tuple(one for one in apart if one is not None),
        strategies=_counted(one.strategy for one in traces),
        labels=_counted(label for one in traces for label in one.labels),
        drafts=drafts.get(generator or "") if origin == Origin.MODEL else None,
    )  # fmt: skip


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(one for one in values if one is not None).items()))


def _sentence(who: str, name: str, own: float, theirs: float, by: Estimate, common: int | None) -> str:
    assert by.interval is not None and by.value is not None
    people = "people" if common is None else f"people in the {common:,} problems of both"
    of = _title(name)
    ends, up = (by.interval.low, by.interval.high), by.value > 0
    if is_share(name):
        low, high = (f"{100 * end:+.1f}" for end in ends)
        against = f"{own:.1%} against {theirs:.1%} of {people} ({low} to {high} points)"
        return f"{who} has a {'larger' if up else 'smaller'} share of {of}: {against}."
    more = "a later" if name == FIRST and up else "an earlier" if name == FIRST else "more" if up else "fewer"
    return f"{who} has {more} {of}: {own:.1f} against {theirs:.1f} of {people} ({ends[0]:+.1f} to {ends[1]:+.1f})."


def is_share(name: str) -> bool:
    """Whether a measure lies between 0 and 1."""
    return name not in (STEPS, WORDS, ERRORS, FIRST)


def _title(name: str) -> str:
    what, _, value = name.partition(": ")
    return TITLES.get(name) or (f"steps labelled {value}" if what == "label" else f"traces of the strategy {value}")
