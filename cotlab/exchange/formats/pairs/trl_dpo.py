"""Settled pairs as TRL's DPOTrainer reads them (trl 1.16.0)."""

from collections.abc import Iterable

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import LabelledPair
from cotlab.exchange.formats.columns import Columns
from cotlab.exchange.formats.pair_rows import decided, kind, prompt, response


class TrlDpoWriter:
    """`{"prompt", "chosen", "rejected"}`, one row a pair with a better response; never one for a tie."""

    name = "trl-dpo"

    def columns(self, shape: PairShape) -> Columns:
        return dict.fromkeys(("prompt", "chosen", "rejected"), kind(shape))

    def rows(self, pair: LabelledPair, shape: PairShape) -> Iterable[dict[str, object]]:
        if both := decided(pair):
            chosen, rejected = (response(one, shape) for one in both)
            yield {"prompt": prompt(pair, shape), "chosen": chosen, "rejected": rejected}
