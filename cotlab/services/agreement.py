"""How far the people of a project agree: their first labels, read by the schema of today."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement import NOMINAL, Coefficient, coefficient
from cotlab.agreement.comparison import compare
from cotlab.agreement.diagnosis import diagnose
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.agreement.slices import OWN, Column, Slice, slices
from cotlab.domain.agreement import Agreement, AgreementChange, AgreementReport, Diagnosis
from cotlab.domain.errors import BadInput
from cotlab.domain.senses import Sense, Senses
from cotlab.services.projects import known_project
from cotlab.storage import actors, projects
from cotlab.storage import agreement as stored
from cotlab.storage import guidelines as versions
from cotlab.storage.database import Reading, Row

NOTHING = "(none)"
"""The slice of what has no value."""
TOGETHER = "+"

COLUMNS: dict[str, Callable[[Row], tuple[str, ...]]] = {
    "domain": lambda row: (row["domain"],),
    "tag": lambda row: tuple(json.loads(row["tags"])),
    "difficulty": lambda row: () if row["difficulty"] is None else (str(row["difficulty"]),),
    "origin": lambda row: (row["origin"],),
    "strategy": lambda row: () if row["strategy"] is None else (row["strategy"],),
    "position": lambda row: (str(row["position"]),),
    "version": lambda row: (row["guideline"],),
}
"""What the labels of a project can be sliced by, beside label, annotator and pair."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure: slices (each a column, or several crossed), coefficients, and at which level labels are read."""

    by: Sequence[tuple[str, ...]]
    coefficients: Sequence[Coefficient]
    kinds: bool
    version: str | None
    replicates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Labels:
    """First labels as a table, the rows behind it, and what can be sliced by. `stale` were left out."""

    ratings: Ratings
    rows: Sequence[Row]
    columns: dict[str, Column]
    stale: int


def order(by: str | None, names: Sequence[str], kinds: bool, version: str | None, replicates: int, seed: int) -> Order:
    """An order from the words of a request. Raises BadInput for a slice or a coefficient that is none."""
    wanted = [tuple(part.split(TOGETHER)) for part in (by or "").split(",") if part]
    for name in (name for part in wanted for name in part):
        if name not in (*COLUMNS, *OWN):
            raise BadInput(f"by: there is no slice {name!r}; there are {', '.join((*OWN, *COLUMNS))}")
    chosen = [coefficient(name) for name in dict.fromkeys(names)] or list(NOMINAL)
    return Order(wanted, chosen, kinds, version, replicates, seed)


def report(db: Reading, project_id: str, wanted: Order) -> AgreementReport:
    """Each coefficient over all labels and in each slice; intervals resample traces."""
    known_project(db, project_id)
    found = labels(db, project_id, wanted.kinds, wanted.version)
    parts = [Slice(found.ratings, {}), *(one for by in wanted.by for one in slices(found.ratings, found.columns, by))]
    return AgreementReport(
        ratings=len(found.ratings), units=len(np.unique(found.ratings.unit)), people=found.ratings.people,
        labels=found.ratings.labels, clusters=len(np.unique(found.ratings.cluster)), resampled="trace",
        replicates=wanted.replicates, seed=wanted.seed, stale=found.stale,
        results=tuple(result for part in parts for result in _measured(part, wanted)),
    )  # fmt: skip


def _measured(part: Slice, wanted: Order) -> tuple[Agreement, ...]:
    return measure(
        part.ratings, wanted.coefficients, slice=part.where, label=part.label, replicates=wanted.replicates,
        seed=wanted.seed,
    )  # fmt: skip


def diagnosis(db: Reading, project_id: str, by: Sequence[str], version: str | None) -> Diagnosis:
    """Where disagreement sits: label pairs in slices, with the rules cited, by how much alpha would rise."""
    known_project(db, project_id)
    found = labels(db, project_id, kinds=False, version=version)
    cited = versions.rules_cited(db, project_id)
    rules = _column([tuple(sorted(cited.get(row["id"], ()))) for row in found.rows])
    schema = projects.timeline(db, project_id).rows[-1].head.labels if found.rows else None
    pairs = [tuple(sorted(pair)) for pair in schema.boundaries()] if schema else []
    known = set(found.ratings.labels)
    mergeable = [(one, other) for one, other in pairs if {one, other} <= known]
    return diagnose(found.ratings, {name: found.columns[name] for name in by}, rules, mergeable=mergeable or None)


def change(db: Reading, project_id: str, before: str, after: str, wanted: Order) -> AgreementChange:
    """How much a coefficient rose from one guideline version to another, on the steps that were labelled under both.

    A label given under the older version is read by the schema of today. Raises BadInput for a version without labels.
    """
    known_project(db, project_id)
    old, new = (labels(db, project_id, wanted.kinds, version) for version in (before, after))
    both = _places(old.rows) & _places(new.rows)
    clusters: dict[str, int] = {}
    for item_id, _ in sorted(both):
        clusters.setdefault(item_id, len(clusters))
    names = sorted({*old.ratings.labels, *new.ratings.labels})
    tables = [_same_steps(found, both, clusters, names) for found in (old, new)]
    return compare(
        tables[0], tables[1], wanted.coefficients[0], replicates=wanted.replicates, seed=wanted.seed
    )  # fmt: skip


def _places(rows: Sequence[Row]) -> set[tuple[str, int]]:
    return {(row["item_id"], row["position"]) for row in rows}


def _same_steps(found: Labels, steps: set[tuple[str, int]], clusters: dict[str, int], labels: Sequence[str]) -> Ratings:
    """The ratings of these steps, with the codes of clusters and labels that another table has too."""
    ratings = found.ratings
    places = [place for place, row in enumerate(ratings.row) if _place(found.rows[row]) in steps]
    rows = [found.rows[ratings.row[place]] for place in places]
    units = {step: code for code, step in enumerate(sorted(steps))}
    return build(
        [units[_place(row)] for row in rows], ratings.person[places],
        [labels.index(ratings.labels[code]) for code in ratings.label[places]],
        [clusters[row["item_id"]] for row in rows], people=ratings.people, labels=labels,
    )  # fmt: skip


def _place(row: Row) -> tuple[str, int]:
    return row["item_id"], row["position"]


def labels(db: Reading, project_id: str, kinds: bool, version: str | None) -> Labels:
    """The first labels of people who did not see those of others, each step under the version that its labels have.

    A label that a newer version asks for anew is left out. `version`, as `step-correctness 1.0`, takes the labels that
    were given under it, also those that are stale by now. Raises BadInput for a version without labels here.
    """
    names, people = projects.version_names(db), actors.names(db)
    senses = Senses(projects.timeline(db, project_id))
    cited = versions.rules_cited(db, project_id, senses.rules)
    rows = stored.first_labels(db, project_id)
    given: list[Row] = [{**row, "guideline": names[row["guideline_version_id"]]} for row in rows]
    if version is not None:
        given = [row for row in given if row["guideline"] == version]
        if not given:
            raise BadInput(f"version: no label was given under {version} in this project")
    given = _newest(given)
    read = [_sense(senses, row, frozenset(cited.get(row["id"], ()))) for row in given]
    kept = [place for place, sense in enumerate(read) if version is not None or not sense.stale]
    rows = [given[place] for place in kept]
    values = [read[place].kind or read[place].value if kinds else read[place].value for place in kept]
    columns = {name: _column([column(row) or (NOTHING,) for row in rows]) for name, column in COLUMNS.items()}
    return Labels(_ratings(rows, values, people), rows, columns, len(given) - len(kept))


def _sense(senses: Senses, row: Row, rules: frozenset[str]) -> Sense:
    here = senses.at(row["domain"], json.loads(row["tags"]))
    return here[row["guideline_version_id"], row["value"], senses.rules & rules]


def _newest(rows: Sequence[Row]) -> list[Row]:
    """Of each person's first labels of a step the one under the newest version; the rows are in order."""
    last = {(row["item_id"], row["position"], row["actor_id"]): row for row in rows}
    return list(last.values())


def _ratings(rows: Sequence[Row], values: Sequence[str], people: dict[str, str]) -> Ratings:
    persons = sorted({row["actor_id"] for row in rows}, key=lambda one: people[one])
    labels = sorted(set(values)) or [NOTHING]
    units: dict[tuple[str, int], int] = {}
    clusters: dict[str, int] = {}
    for row in rows:
        units.setdefault((row["item_id"], row["position"]), len(units))
        clusters.setdefault(row["item_id"], len(clusters))
    person = {one: code for code, one in enumerate(persons)}
    return build(
        [units[row["item_id"], row["position"]] for row in rows], [person[row["actor_id"]] for row in rows],
        [labels.index(value) for value in values], [clusters[row["item_id"]] for row in rows],
        people=[people[one] for one in persons], labels=labels,
    )  # fmt: skip


def _column(cells: Sequence[tuple[str, ...]]) -> Column:
    known: dict[tuple[str, ...], int] = {}
    codes = [known.setdefault(cell, len(known)) for cell in cells]
    return Column(tuple(known), np.array(codes, dtype=np.int64))


def names_of(by: str | None) -> Iterator[str]:
    """The columns of a diagnosis. Raises BadInput for one that is none."""
    for name in (by or "domain").split(","):
        if name not in COLUMNS:
            raise BadInput(f"by: there is no column {name!r}; there are {', '.join(COLUMNS)}")
        yield name
