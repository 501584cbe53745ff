"""The command that makes an export again."""

import shlex
from collections.abc import Iterator
from itertools import chain

from cotlab.domain.datasets.exports import ExportOrder, Packing
from cotlab.domain.datasets.pair_exports import MOST_PER_STEP, Compared
from cotlab.domain.datasets.splits import SplitBy, SplitOrder

ESTIMATE = "estimate"
PACKED = {
    Packing.LINES: [], Packing.GZIP: ["--compress", "gzip"], Packing.ZSTD: ["--compress", "zstd"],
    Packing.PARQUET: ["--parquet"],
}  # fmt: skip


def command(order: ExportOrder, project: str, as_of: int, lengths_by: str) -> str:
    """As it is typed where the files that it names lie; `lengths_by` is the `by` of the manifest's row lengths."""
    parts = ["cotlab", "export", "--project", project, "--format", order.format, "--labels", order.labels.value]
    parts += chain.from_iterable(_options(order))
    if not lengths_by.startswith(ESTIMATE):
        parts += ["--tokenizer", lengths_by.partition(",")[0]]
    return shlex.join([*parts, "--as-of", str(as_of)])


def _options(order: ExportOrder) -> Iterator[list[str]]:
    if order.mapping is not None:
        yield ["--mapping", order.mapping]
    flags = {
        "--stale": order.stale, "--doubted": order.doubted, "--without-assisted": order.without_assisted,
        "--conversational": order.shape.conversational,
        "--margin": order.shape.margin, "--redundant": order.redundant, "--ties": order.shape.ties,
        "--paired": order.paired,
    }  # fmt: skip
    yield [flag for flag, given in flags.items() if given]
    if order.compared is not Compared.RESPONSES:
        yield ["--compared", order.compared.value]
        if order.most_per_step != MOST_PER_STEP:
            yield ["--most-per-step", str(order.most_per_step)]
    if order.guideline is not None:
        yield ["--guideline", order.guideline]
    yield from (["--where", str(one)] for one in order.where)
    yield from (["--against", one.name] for one in order.against)
    if order.splits is not None:
        yield from _of_splits(order.splits)
    if order.max_length != ExportOrder.model_fields["max_length"].default:
        yield ["--max-length", str(order.max_length)]
    yield PACKED[order.packing]


def _of_splits(splits: SplitOrder) -> Iterator[list[str]]:
    yield ["--split", ",".join(map(str, splits.shares))]
    if splits.by is not SplitBy.PROBLEM:
        yield ["--by", splits.by.value]
    if splits.seed:
        yield ["--seed", str(splits.seed)]
    yield from (["--hold-out", str(one)] for one in splits.hold_out)
    if splits.test_origin is not None:
        yield ["--test-origin", splits.test_origin.value]
    if splits.balance:
        yield ["--balance", f"label={','.join(splits.balance)}"]
    yield from (["--max-share", str(one)] for one in splits.most)
