"""What is reported beside the gate of pairs: agreement with gold on each criterion, and on the scale."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

import numpy as np

from cotlab.agreement.coefficients import ALPHA_ORDINAL, Coefficient, coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import MISSING, from_matrix
from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.guidelines.schema import CHOICES
from cotlab.domain.traces.pairs import OVERALL, sign
from cotlab.services.gold.items import GoldReader
from cotlab.services.traces.pair_views import LABEL
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items

Met = tuple[tuple[str, str], ...]
"""Of each pair what gold says and what the person said first, as choices of the scale where they are."""
Said = dict[tuple[str, str], str]
"""Item and question -> what is said of it."""


def beside_gate(
    db: Reading, project_id: str, reader: GoldReader, assignment_ids: list[str], counted: Collection[str],
    as_of: int | None, coefficient_name: str,
) -> tuple[Agreement, ...]:  # fmt: skip
    """The gate's coefficient on the sign of each criterion, and ordinal alpha on the scale of each question.

    `assignment_ids` are those of the `counted` items. What is stale, and what only one of both says, is left out.
    """
    mine = _said(reader, [*stored.first_labels(db, assignment_ids), *stored.first_choices(db, assignment_ids)])
    verified = reader.verified(gold_items.gold_labels(db, project_id, counted, as_of))
    criteria = reader.criteria(gold_items.gold_criteria(db, project_id, counted, as_of))
    true = {(item_id, LABEL): one.label for (item_id, _), one in verified.items() if not one.stale}
    true |= {place: one.label for place, one in criteria.items() if not one.stale}
    questions = dict.fromkeys(question for _, question in true)
    both = {one: _met(one, true, mine) for one in (LABEL, *(name for name in sorted(questions) if name != LABEL))}
    return tuple(found for question, met in both.items() for found in _measured(question, met, coefficient_name))


def _said(reader: GoldReader, rows: Iterable[Row]) -> Said:
    senses = ((row, reader.sense(row)) for row in rows)
    return {
        (row["item_id"], row["question"]): sense.kind or sense.value for row, sense in senses if not sense.stale
    }  # fmt: skip


def _met(question: str, true: Said, mine: Said) -> Met:
    places = sorted(place for place in true.keys() & mine.keys() if place[1] == question)
    return tuple((true[place], mine[place]) for place in places)


@lru_cache(maxsize=2048)
def _measured(question: str, met: Met, coefficient_name: str) -> tuple[Agreement, ...]:
    """The same choices are measured often, and the intervals are what costs."""
    name, signs = OVERALL if question == LABEL else question, [tuple(map(sign, one)) for one in met]
    known = sorted({one for pair in signs for one in pair}) or ["tie"]
    return (
        *(() if question == LABEL else _of(name, signs, known, coefficient(coefficient_name))),
        *_of(name, met, CHOICES, ALPHA_ORDINAL),
    )


def _of(
    name: str, met: Iterable[tuple[str, ...]], labels: Collection[str], one: Coefficient
) -> Iterator[Agreement]:  # fmt: skip
    """Agreement between gold and the person on one question; what is none of `labels` is missing."""
    place = {label: number for number, label in enumerate(labels)}
    codes = np.array([[place.get(value, MISSING) for value in pair] for pair in met], dtype=np.int64).reshape(-1, 2)
    ratings = from_matrix(codes, people=("gold", "first labels"), labels=list(labels))
    yield from measure(ratings, [one], slice={"question": name})
