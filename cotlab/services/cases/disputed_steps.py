"""The steps behind a number: where labels met, in a slice, with or without a rule, and the case on each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby
from typing import Any

import numpy as np

from cotlab.agreement.slices import ANNOTATOR, PAIR
from cotlab.domain.agreement.coefficients import DisputedStep, DisputedSteps, NamedLabel
from cotlab.domain.errors import BadInput
from cotlab.services.agreement.labels import COLUMNS, NOTHING, STEPS, Asked, Labels, labels, place, unit
from cotlab.services.cases.due_cases import due
from cotlab.services.cases.facts import state
from cotlab.services.projects.projects import known_project
from cotlab.storage.agreement import agreement_labels as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import projects

UNCITED = "none"
"""The rule of disagreements in which neither side cites one."""
PEOPLE = (ANNOTATOR, PAIR)
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Cell:
    """Which disagreements: between these labels (any, where none is named), in slices, and under a rule.

    Of one label it is that label against the rest; a label that is named twice meets itself. `people` are slices by
    annotator and pair.
    """

    labels: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    rule: str | None = None
    version: str | None = None
    kinds: bool = False
    doubted: bool = False
    asked: Asked = STEPS


def cell(
    labels: str | None, where: Sequence[str], rule: str | None, version: str | None, kinds: bool,
    doubted: bool = False, asked: Asked = STEPS,
) -> Cell:  # fmt: skip
    """A cell from the words of a request; a slice is written `domain=law`. Raises BadInput for one that is none."""
    sides: dict[str, str] = {}
    for pair in where:
        name, equals, value = pair.partition("=")
        if not equals or name not in (*PEOPLE, *COLUMNS):
            raise BadInput(f"where: {pair!r} is no slice, as domain=law; there are {', '.join((*PEOPLE, *COLUMNS))}")
        sides[name] = value
    return Cell(
        labels=tuple(part for part in (labels or "").split(",") if part),
        where={name: value for name, value in sides.items() if name in COLUMNS},
        people={name: value for name, value in sides.items() if name in PEOPLE},
        rule=rule, version=version, kinds=kinds, doubted=doubted, asked=asked,
    )  # fmt: skip


def steps(db: Reading, project_id: str, wanted: Cell, offset: int, limit: int) -> DisputedSteps:
    """A page of the steps behind a cell, by trace and position, each with all labels that agreement counts there.

    Raises BadInput for a label that no guideline version of the project has.
    """
    known_project(db, project_id)
    _check_labels(db, project_id, wanted.labels, wanted.asked.task)
    found = labels(
        db, project_id, wanted.asked, kinds=wanted.kinds, version=wanted.version, columns=wanted.where, rules=True,
        doubted=wanted.doubted,
    )  # fmt: skip
    names = actors.names(db)
    behind = [rows for rows, inside in _by_step(found, wanted) if _met(wanted, names, inside)]
    return DisputedSteps(
        steps=tuple(_views(db, project_id, names, behind[offset : offset + limit])), total=len(behind)
    )  # fmt: skip


def _check_labels(db: Reading, project_id: str, named: Sequence[str], task: str) -> None:
    versions = projects.timeline(db, project_id, task=task).rows
    known = {label.name for version in versions for label in version.head.labels.all}
    for name in named:
        if name not in known:
            raise BadInput(f"labels: no guideline version of this project has a label {name}")


def _by_step(found: Labels, wanted: Cell) -> Iterator[tuple[Rows, Rows]]:
    """The rows of each step with two or more, and those of them in the slices."""
    inside = np.ones(len(found.rows), dtype=np.bool_)
    for name, value in wanted.where.items():
        inside &= found.columns[name].rows(value)
    for _, numbered in groupby(enumerate(found.rows), key=lambda one: unit(one[1])):
        listed = list(numbered)
        if len(listed) > 1:
            yield [row for _, row in listed], [row for number, row in listed if inside[number]]


def _met(wanted: Cell, names: Mapping[str, str], rows: Rows) -> bool:
    """Whether each of the labels named was given by one side of a disagreement that is wanted."""
    pairs = [pair for pair in combinations(rows, 2) if _wanted(wanted, names, *pair)]
    given = {row["label"] for pair in pairs for row in pair}
    return bool(pairs) and given.issuperset(wanted.labels)


def _wanted(wanted: Cell, names: Mapping[str, str], one: Row, other: Row) -> bool:
    return (
        _against(wanted.labels, one["label"], other["label"])
        and _of_people(wanted.people, names[one["actor_id"]], names[other["actor_id"]])
        and _under(wanted.rule, one["rules"] | other["rules"])
    )


def _against(named: Sequence[str], one: str, other: str) -> bool:
    if len(named) < 2:
        return one != other and (not named or named[0] in (one, other))
    return any({one, other} == set(pair) for pair in combinations(named, 2))


def _of_people(people: Mapping[str, str], one: str, other: str) -> bool:
    return people.get(ANNOTATOR, one) in (one, other) and people.get(PAIR, f"{one} ~ {other}") in (
        f"{one} ~ {other}", f"{other} ~ {one}",
    )  # fmt: skip


def _under(rule: str | None, cited: frozenset[str]) -> bool:
    return rule is None or (not cited if rule == UNCITED else rule in cited)


def _views(db: Reading, project_id: str, names: Mapping[str, str], page: Sequence[Rows]) -> Iterator[DisputedStep]:
    items = {rows[0]["item_id"] for rows in page}
    texts = {place(row): row for of in (stored.texts_of, stored.texts_of_pairs) for row in of(db, items)}
    words = stored.words_of(db, [row["id"] for rows in page for row in rows])
    versions, cases = projects.version_names(db), stored.newest_cases(db, items)
    holds = due(db, project_id, {item for (item, _), case in cases.items() if case["answer_id"] is None})
    for rows in page:
        here = place(rows[0])
        case = cases.get(here)
        yield DisputedStep(
            item_id=here[0], position=here[1], domain=rows[0]["domain"], problem=texts[here]["problem"],
            step=texts[here]["text"], responses=_responses(texts[here]),
            labels=tuple(_named(row, names, versions, words[row["id"]]) for row in rows),
            case_id=case["id"] if case else None,
            case_state=state(case, holds.get(here, ())).value if case else None,
        )  # fmt: skip


def _responses(row: Row) -> tuple[str, ...]:
    return (row["first_text"], row["second_text"]) if "first_text" in row else ()


def _named(row: Row, names: Mapping[str, str], versions: Mapping[str, str], words: Mapping[str, Any]) -> NamedLabel:
    return NamedLabel(
        person=names[row["actor_id"]], label=row["value"], kind=row["kind"], rationale=words["rationale"],
        unsure=bool(words["unsure"]), rules=tuple(sorted(row["rules"])),
        guideline_version=versions.get(row["guideline_version_id"] or "", NOTHING), given_at=row["received_at"],
    )  # fmt: skip
