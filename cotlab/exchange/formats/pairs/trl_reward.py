"""Settled pairs as TRL's RewardTrainer reads them (trl 1.16.0)."""

from collections.abc import Iterable

from cotlab.domain.datasets.pair_exports import PairShape, margin_of
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import LabelledPair
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.pair_rows import decided, kind, prompt, response


class TrlRewardWriter:
    """`{"prompt", "chosen", "rejected"}` and, where the shape asks for it, `margin` in scale points.

    The trainer looks at the first row only to see whether there are margins, so that either all rows have one or none:
    BadInput for a pair without one, where they are asked for.
    """

    name = "trl-reward"

    def columns(self, shape: PairShape) -> Columns:
        texts = dict.fromkeys(("prompt", "chosen", "rejected"), kind(shape))
        return texts | ({"margin": Column.NUMBER} if shape.margin else {})

    def rows(self, pair: LabelledPair, shape: PairShape) -> Iterable[dict[str, object]]:
        both = decided(pair)
        if both is None:
            return
        chosen, rejected = (response(one, shape) for one in both)
        row = {"prompt": prompt(pair, shape), "chosen": chosen, "rejected": rejected}
        if shape.margin:
            margin = margin_of(pair)
            if margin is None:
                raise BadInput(f"Pair {pair.external_id or pair.id} has no margin, and a row without one is misread.")
            row["margin"] = margin
        yield row
