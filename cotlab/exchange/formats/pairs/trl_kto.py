"""Settled pairs as TRL's KTOTrainer reads them (trl 1.16.0)."""

from collections.abc import Iterable, Iterator

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import LabelledPair, Response
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.pair_rows import decided, kind, prompt, response
from cotlab.exchange.readers.records import Record

ALIKE = {"tie": True, "both-bad": False}
"""What both responses of a pair are, where it is settled on neither."""


NOT_READ = (
    "this is a row of trl-kto, which is not read: it says of one response alone whether it is good, and no line says"
    " which two are of one pair. Where the label says whether a final answer is right, name the format: outcome-reward"
)


def looks_like_kto(record: Record) -> bool:
    """Whether a record may be a row of KTO: a prompt with one completion, as texts or messages, and a boolean."""
    return {"prompt", "completion"} <= record.keys() and isinstance(record.get("label"), bool)


class TrlKtoWriter:
    """`{"prompt", "completion", "label"}`: the chosen response with true, then the rejected one with false.

    Where the shape asks for ties, both responses of a tie are rows with true, and both of a pair that is `both-bad`
    with false.
    """

    name = "trl-kto"

    def columns(self, shape: PairShape) -> Columns:
        return dict.fromkeys(("prompt", "completion"), kind(shape)) | {"label": Column.BOOLEAN}

    def rows(self, pair: LabelledPair, shape: PairShape) -> Iterable[dict[str, object]]:
        for one, label in _judged(pair, shape):
            yield {"prompt": prompt(pair, shape), "completion": response(one, shape), "label": label}


def _judged(pair: LabelledPair, shape: PairShape) -> Iterator[tuple[Response, bool]]:
    if both := decided(pair):
        yield from zip(both, (True, False), strict=True)
    elif shape.ties and pair.settled is not None and pair.settled.sign in ALIKE:
        yield from ((one, ALIKE[pair.settled.sign]) for one in pair.responses)
