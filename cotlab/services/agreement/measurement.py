"""How far the people of a project agree, in slices, where disagreement sits, and what a guideline version changed.

Of pairs it is asked of one question, the overall choice or a criterion: coefficients without an order read the sign,
ordinal alpha reads the scale.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cotlab.agreement.coefficients import ALPHA_ORDINAL, NOMINAL, Coefficient, coefficient
from cotlab.agreement.comparison import compare
from cotlab.agreement.diagnosis import MOST, diagnose
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.agreement.slices import OWN, Slice, slices
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.coefficients import Agreement, AgreementChange, AgreementReport, Diagnosis
from cotlab.domain.answers import Question
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.traces.pairs import OVERALL
from cotlab.services.agreement.labels import COLUMNS, LABEL, STEPS, Asked, Labels, column, labels, place
from cotlab.services.agreement.weights import row_weights, weights
from cotlab.services.cases.report import gap_counts
from cotlab.services.projects.projects import known_project
from cotlab.storage.agreement import agreement_labels as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.projects import projects

TOGETHER = "+"
QUESTION = "question"
"""The slice of pairs by what was asked of them."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure: slices (each a column, or several crossed), coefficients, at which level labels are read, and
    whether those in doubt are counted. `asked` says of what: steps, or a question about pairs.
    """

    by: Sequence[tuple[str, ...]]
    coefficients: Sequence[Coefficient]
    kinds: bool
    version: str | None
    replicates: int
    seed: int
    doubted: bool = False
    asked: Asked = STEPS


def order(
    by: str | None, names: Sequence[str], kinds: bool, version: str | None, replicates: int, seed: int,
    doubted: bool = False, asked: Asked = STEPS,
) -> Order:  # fmt: skip
    """An order from the words of a request. Raises BadInput for a slice or a coefficient that is none."""
    wanted = [tuple(part.split(TOGETHER)) for part in (by or "").split(",") if part]
    known = (*OWN, *COLUMNS, *([QUESTION] if asked.task == "pairs" else []))
    for name in (name for part in wanted for name in part):
        if name not in known:
            raise BadInput(f"by: there is no slice {name!r}; there are {', '.join(known)}")
    all_ = [*NOMINAL, ALPHA_ORDINAL] if asked.task == "pairs" else NOMINAL
    chosen = [coefficient(name) for name in dict.fromkeys(names)] or list(all_)
    return Order(wanted, chosen, kinds, version, replicates, seed, doubted, asked)


def asked_of(task: str = "steps", question: str | None = None, sources: bool = False) -> Asked:
    """What is asked from the words of a request. Raises BadInput for a question about steps."""
    if task != "pairs" and question not in (None, OVERALL):
        raise BadInput(f"question: {question} is asked of pairs alone; task=pairs asks of them")
    return Asked(task, LABEL if question in (None, OVERALL) else str(question), sources=sources)


def report(db: Reading, project_id: str, wanted: Order) -> AgreementReport:
    """Each coefficient over all labels and in each slice; intervals resample traces, or pairs."""
    known_project(db, project_id)
    _check_question(db, project_id, wanted.asked)
    columns = [name for by in wanted.by for name in by if name in COLUMNS]
    found = _read(db, project_id, wanted, wanted.asked, columns)
    return AgreementReport(
        ratings=len(found.ratings), units=len(np.unique(found.ratings.unit)), people=found.ratings.people,
        labels=found.ratings.labels, clusters=len(np.unique(found.ratings.cluster)),
        resampled="pair" if wanted.asked.task == "pairs" else "trace", replicates=wanted.replicates, seed=wanted.seed,
        stale=found.stale, doubted=wanted.doubted, doubted_labels=found.doubted,
        results=tuple(_results(db, project_id, wanted, found, columns)),
        reweighted=tuple(_reweighted(db, project_id, wanted, found)),
    )  # fmt: skip


def _check_question(db: Reading, project_id: str, asked: Asked) -> None:
    if asked.task == "pairs" and asked.question not in (known := _questions(db, project_id)):
        raise BadInput(f"question: {asked.question} was not asked here; there are {', '.join((OVERALL, *known[1:]))}")


def _questions(db: Reading, project_id: str) -> tuple[str, ...]:
    """The overall choice, and the criteria that somebody chose on."""
    said = [name for name in stored.questions(db, project_id) if name not in set(Question)]
    return LABEL, *said


def _read(db: Reading, project_id: str, wanted: Order, asked: Asked, columns: Sequence[str]) -> Labels:
    return labels(
        db, project_id, asked, kinds=wanted.kinds, version=wanted.version, columns=columns, doubted=wanted.doubted
    )  # fmt: skip


def _results(
    db: Reading, project_id: str, wanted: Order, found: Labels, columns: Sequence[str]
) -> Iterator[Agreement]:  # fmt: skip
    """The results over all and in slices: those without an order, then those on the scale; then each by question."""
    own = [by for by in wanted.by if QUESTION not in by]
    yield from _on_question(db, project_id, wanted, wanted.asked, found, columns, [(), *own], {})
    of_questions = [tuple(name for name in by if name != QUESTION) for by in wanted.by if QUESTION in by]
    for question in _questions(db, project_id) if of_questions else ():
        asked = replace(wanted.asked, question=question)
        where = {QUESTION: OVERALL if question == LABEL else question}
        again = _read(db, project_id, wanted, asked, columns)
        yield from _on_question(db, project_id, wanted, asked, again, columns, of_questions, where)


def _on_question(
    db: Reading, project_id: str, wanted: Order, asked: Asked, found: Labels, columns: Sequence[str],
    bys: Sequence[tuple[str, ...]], where: dict[str, str],
) -> Iterator[Agreement]:  # fmt: skip
    for chosen, table in _tables(db, project_id, wanted, asked, found, columns):
        for part in (one for by in bys for one in _parts(table, by)):
            if part.label is None or table is found:
                yield from _measured(part, {**where, **part.where}, chosen, wanted)


def _tables(
    db: Reading, project_id: str, wanted: Order, asked: Asked, found: Labels, columns: Sequence[str]
) -> Iterator[tuple[Sequence[Coefficient], Labels]]:
    """The coefficients without an order with their table, then that on the scale, each where it is wanted."""
    on_scale = [one for one in wanted.coefficients if asked.task == "pairs" and one is ALPHA_ORDINAL]
    if nominal := [one for one in wanted.coefficients if one not in on_scale]:
        yield nominal, found
    if on_scale:
        yield on_scale, _read(db, project_id, wanted, replace(asked, scale=True), columns)


def _reweighted(db: Reading, project_id: str, wanted: Order, found: Labels) -> Iterator[Agreement]:
    """The results over all, by weight; none where each trace weighs 1, and of files, whose traces were not chosen."""
    of_items = {} if wanted.asked.sources else weights(db, project_id)
    for chosen, table in _tables(db, project_id, wanted, wanted.asked, found, ()) if of_items != {} else ():
        each = row_weights(of_items, table.rows)
        assert each is not None
        weight = np.zeros(int(table.ratings.cluster.max(initial=-1)) + 1)
        weight[table.ratings.cluster] = each[table.ratings.row]
        yield from _measured(Slice(table.ratings, {}), {}, chosen, wanted, weight)


def _parts(found: Labels, by: tuple[str, ...]) -> Iterator[Slice]:
    return slices(found.ratings, found.columns, by) if by else iter([Slice(found.ratings, {})])


def _measured(
    part: Slice, where: dict[str, str], chosen: Sequence[Coefficient], wanted: Order, weight: Floats | None = None
) -> tuple[Agreement, ...]:
    return measure(
        part.ratings, chosen, slice=where, label=part.label, replicates=wanted.replicates, seed=wanted.seed,
        weight=weight,
    )  # fmt: skip


def diagnosis(
    db: Reading, project_id: str, by: Sequence[str], version: str | None, doubted: bool = False, asked: Asked = STEPS
) -> Diagnosis:  # fmt: skip
    """Where disagreement sits: label pairs in slices, with the rules cited, by how much alpha would rise."""
    known_project(db, project_id)
    _check_question(db, project_id, asked)
    found = labels(db, project_id, asked, version=version, columns=by, rules=True, doubted=doubted)
    said = diagnosis_of(db, project_id, found, MOST, asked.task)
    return said.model_copy(update={"gaps": gap_counts(db, project_id, version, asked.task)})


def diagnosis_of(db: Reading, project_id: str, found: Labels, most: int, task: str = "steps") -> Diagnosis:
    """Where those labels disagree, by their columns; what adjudicators wrote of gaps is not in it."""
    rules = column([tuple(sorted(row["rules"])) for row in found.rows], nothing=())
    in_force = projects.timeline(db, project_id, task=task).rows
    schema = in_force[-1].head.labels if found.rows and in_force else None
    pairs = [tuple(sorted(pair)) for pair in schema.boundaries()] if schema else []
    known = set(found.ratings.labels)
    mergeable = [(one, other) for one, other in pairs if {one, other} <= known]
    return diagnose(found.ratings, found.columns, rules, mergeable=mergeable or None, most=most)


def change(db: Reading, project_id: str, before: str, after: str, wanted: Order) -> AgreementChange:
    """How much a coefficient rose from one guideline version to another, on the steps that were labelled under both.

    A label given under the older version is read by the schema of today. Raises BadInput for a version without labels.
    """
    known_project(db, project_id)
    on_scale = wanted.asked.task == "pairs" and wanted.coefficients[0] is ALPHA_ORDINAL
    asked = replace(wanted.asked, scale=on_scale)
    old, new = (
        labels(db, project_id, asked, kinds=wanted.kinds, version=version, doubted=wanted.doubted)
        for version in (before, after)
    )
    both = _places(old.rows) & _places(new.rows)
    clusters: dict[str, int] = {}
    for item_id, _ in sorted(both):
        clusters.setdefault(item_id, len(clusters))
    names = list(CHOICES) if on_scale else sorted({*old.ratings.labels, *new.ratings.labels})
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
