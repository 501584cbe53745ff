"""How far the people of a project agree, in slices, where disagreement sits, and what a guideline version changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cotlab.agreement import NOMINAL, Coefficient, coefficient
from cotlab.agreement.comparison import compare
from cotlab.agreement.diagnosis import MOST, diagnose
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.agreement.slices import OWN, Slice, slices
from cotlab.domain.agreement import Agreement, AgreementChange, AgreementReport, Diagnosis
from cotlab.domain.errors import BadInput
from cotlab.services.agreement_labels import COLUMNS, Labels, column, labels, place
from cotlab.services.case_report import gap_counts
from cotlab.services.projects import known_project
from cotlab.storage import projects
from cotlab.storage.database import Reading, Row

TOGETHER = "+"


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure: slices (each a column, or several crossed), coefficients, at which level labels are read, and
    whether those in doubt are counted.
    """

    by: Sequence[tuple[str, ...]]
    coefficients: Sequence[Coefficient]
    kinds: bool
    version: str | None
    replicates: int
    seed: int
    doubted: bool = False


def order(
    by: str | None, names: Sequence[str], kinds: bool, version: str | None, replicates: int, seed: int,
    doubted: bool = False,
) -> Order:  # fmt: skip
    """An order from the words of a request. Raises BadInput for a slice or a coefficient that is none."""
    wanted = [tuple(part.split(TOGETHER)) for part in (by or "").split(",") if part]
    for name in (name for part in wanted for name in part):
        if name not in (*COLUMNS, *OWN):
            raise BadInput(f"by: there is no slice {name!r}; there are {', '.join((*OWN, *COLUMNS))}")
    chosen = [coefficient(name) for name in dict.fromkeys(names)] or list(NOMINAL)
    return Order(wanted, chosen, kinds, version, replicates, seed, doubted)


def report(db: Reading, project_id: str, wanted: Order) -> AgreementReport:
    """Each coefficient over all labels and in each slice; intervals resample traces."""
    known_project(db, project_id)
    columns = [name for by in wanted.by for name in by if name in COLUMNS]
    found = labels(
        db, project_id, kinds=wanted.kinds, version=wanted.version, columns=columns, doubted=wanted.doubted
    )  # fmt: skip
    parts = [Slice(found.ratings, {}), *(one for by in wanted.by for one in slices(found.ratings, found.columns, by))]
    return AgreementReport(
        ratings=len(found.ratings), units=len(np.unique(found.ratings.unit)), people=found.ratings.people,
        labels=found.ratings.labels, clusters=len(np.unique(found.ratings.cluster)), resampled="trace",
        replicates=wanted.replicates, seed=wanted.seed, stale=found.stale,
        doubted=wanted.doubted, doubted_labels=found.doubted,
        results=tuple(result for part in parts for result in _measured(part, wanted)),
    )  # fmt: skip


def _measured(part: Slice, wanted: Order) -> tuple[Agreement, ...]:
    return measure(
        part.ratings, wanted.coefficients, slice=part.where, label=part.label, replicates=wanted.replicates,
        seed=wanted.seed,
    )  # fmt: skip


def diagnosis(
    db: Reading, project_id: str, by: Sequence[str], version: str | None, doubted: bool = False
) -> Diagnosis:  # fmt: skip
    """Where disagreement sits: label pairs in slices, with the rules cited, by how much alpha would rise."""
    known_project(db, project_id)
    found = labels(db, project_id, version=version, columns=by, rules=True, doubted=doubted)
    said = diagnosis_of(db, project_id, found, MOST)
    return said.model_copy(update={"gaps": gap_counts(db, project_id, version)})


def diagnosis_of(db: Reading, project_id: str, found: Labels, most: int) -> Diagnosis:
    """Where those labels disagree, by their columns; what adjudicators wrote of gaps is not in it."""
    rules = column([tuple(sorted(row["rules"])) for row in found.rows], nothing=())
    schema = projects.timeline(db, project_id).rows[-1].head.labels if found.rows else None
    pairs = [tuple(sorted(pair)) for pair in schema.boundaries()] if schema else []
    known = set(found.ratings.labels)
    mergeable = [(one, other) for one, other in pairs if {one, other} <= known]
    return diagnose(found.ratings, found.columns, rules, mergeable=mergeable or None, most=most)


def change(db: Reading, project_id: str, before: str, after: str, wanted: Order) -> AgreementChange:
    """How much a coefficient rose from one guideline version to another, on the steps that were labelled under both.

    A label given under the older version is read by the schema of today. Raises BadInput for a version without labels.
    """
    known_project(db, project_id)
    old, new = (
        labels(db, project_id, kinds=wanted.kinds, version=version, doubted=wanted.doubted)
        for version in (before, after)
    )
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
    return {place(row) for row in rows}


def _same_steps(found: Labels, steps: set[tuple[str, int]], clusters: dict[str, int], labels: Sequence[str]) -> Ratings:
    """The ratings of these steps, with the codes of clusters and labels that another table has too."""
    ratings = found.ratings
    places = [number for number, row in enumerate(ratings.row) if place(found.rows[row]) in steps]
    rows = [found.rows[ratings.row[number]] for number in places]
    units = {step: code for code, step in enumerate(sorted(steps))}
    return build(
        [units[place(row)] for row in rows], ratings.person[places],
        [labels.index(ratings.labels[code]) for code in ratings.label[places]],
        [clusters[row["item_id"]] for row in rows], people=ratings.people, labels=labels,
    )  # fmt: skip


def names_of(by: str | None) -> Iterator[str]:
    """The columns of a diagnosis. Raises BadInput for one that is none."""
    for name in (by or "domain").split(","):
        if name not in COLUMNS:
            raise BadInput(f"by: there is no column {name!r}; there are {', '.join(COLUMNS)}")
        yield name
