"""What labels say of all traces of the queue: those of traces that were drawn at random, and all of them by weight."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cotlab.agreement.intervals.rates import rate
from cotlab.agreement.tables import Floats
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.reports.selection import HandedOut, SelectionReport, ShareOfLabels
from cotlab.services.agreement.labels import labels
from cotlab.services.agreement.weights import how_chosen, row_weights, weights
from cotlab.services.gold.correctness import against_settled
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading
from cotlab.storage.projects import projects

Labelled = Mapping[str, Any]
"""A first, blind label of a step, with its `item_id`."""


def report(db: Reading, project_id: str) -> SelectionReport:
    """Shares of labels, and of labels that others confirm: of all, of the random share, by weight. Raises NotFound."""
    known_project(db, project_id)
    policy, how = projects.policy(db, project_id), how_chosen(db, project_id, ("steps",))
    given, counts, weight_of = labels(db, project_id), Counter(how.values()), weights(db, project_id)
    judged = [one for one in against_settled(db, project_id).rows if one["task"] == "steps"]

    def share(what: str, rows: Sequence[Labelled], holds: Callable[[Labelled], bool]) -> ShareOfLabels:
        drawn = np.array([how.get(one["item_id"]) is HandedOut.AT_RANDOM for one in rows], dtype=np.float64)
        found = [
            _rate(rows, holds, policy.drift.within, weight) for weight in (None, drawn, row_weights(weight_of, rows))
        ]
        return ShareOfLabels(what=what, labelled=found[0], at_random=found[1], reweighted=found[2])

    def shares() -> Iterator[ShareOfLabels]:
        for label in given.ratings.labels if given.rows else ():
            yield share(label, given.rows, lambda one: one["label"] == label)  # noqa: B023
        yield share("as others settled it", judged, lambda one: one["true"] == one["value"])

    return SelectionReport(
        random_share=policy.random_share, at_random=counts[HandedOut.AT_RANDOM], by_points=counts[HandedOut.BY_POINTS],
        in_batches=counts[HandedOut.IN_A_BATCH], shares=tuple(shares()), sentence=_sentence(counts),
    )  # fmt: skip


def _rate(
    rows: Sequence[Labelled], holds: Callable[[Labelled], bool], within: float, weight: Floats | None
) -> Rate:  # fmt: skip
    codes: dict[str, int] = {}
    traces = [codes.setdefault(one["item_id"], len(codes)) for one in rows]
    hits = np.array([holds(one) for one in rows], dtype=np.bool_)
    return rate(hits, np.array(traces, dtype=np.int64), within, weight)


def _sentence(counts: Mapping[HandedOut, int]) -> str:
    drawn = counts[HandedOut.AT_RANDOM]
    if not drawn:
        return "No trace was handed out at random: these labels say nothing of traces that nobody has labelled."
    return (
        f"{drawn:,} of {sum(counts.values()):,} traces were handed out at random. Shares of their labels and "
        "reweighted ones hold for all traces of the queue, shares of all labels for what was labelled."
    )
