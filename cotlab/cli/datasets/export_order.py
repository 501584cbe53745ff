"""What an export's options say, as an order."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cotlab.domain.datasets.pair_exports import MOST_PER_STEP, Compared
from cotlab.domain.datasets.splits import Facet, FacetValue, MostShare, SplitBy, SplitOrder, SplitShare
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import Origin

if TYPE_CHECKING:
    from cotlab.domain.datasets.exports import ExportOrder

F = TypeVar("F", bound=Callable[..., Any])
FACETS = ", ".join(Facet)

OPTIONS = (
    click.option("--mapping", help="The guideline's mapping to target values; required where the format has one."),
    click.option("--as-of", type=click.IntRange(0), help="Read the past: a sequence of the project's audit trail."),
    click.option("--release", metavar="NAME", help="Make the export a release of this name, which no other gets."),
    click.option("--guideline", help="Only labels given under this version, as 'step-correctness 1.0', or 1.0."),
    click.option("--where", multiple=True, metavar="FACET=VALUE", help=f"Only these; facets are {FACETS}."),
    click.option("--stale", is_flag=True, help="Let labels in that a newer guideline version asks for anew."),
    click.option("--doubted", is_flag=True, help="Let labels in of people whose gold became worse since."),
    click.option("--without-assisted", is_flag=True, help="Leave out labels given with a draft of a model in sight."),
    click.option("--split", "shares", metavar="train=0.9,test=0.1", help="A file a split, in a folder."),
    click.option("--by", type=click.Choice([one.value for one in SplitBy]), default="problem", show_default=True,
                 help="What never lies in two splits, beside a problem and its near duplicates."),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is drawn."),
    click.option("--hold-out", multiple=True, metavar="FACET=VALUE", help="What makes a split of its own, held_out."),
    click.option("--test-origin", type=click.Choice([one.value for one in Origin]), help="Nothing else in test."),
    click.option("--balance", metavar="label=NAME,NAME", help="In each split as many with these labels as without."),
    click.option("--max-share", multiple=True, metavar="FACET=VALUE:0.5", help="At most this share of each split."),
    click.option("--against", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
                 help="Leave out problems that occur in this file, as a benchmark."),
    click.option("--paired", is_flag=True, help="Of traces: their outcomes too, in files of their own."),
    click.option("--max-length", type=click.IntRange(1), default=1024, show_default=True,
                 help="A trainer's, in tokens: the manifest says how many steps it cuts."),
    click.option("--tokenizer", type=click.Path(path_type=Path, dir_okay=False),
                 help="A tokenizer.json that lengths are counted with; else they are estimated."),
    click.option("--conversational", is_flag=True,
                 help="Of pairs: prompts and responses as chat messages, not as texts."),
    click.option("--margin", is_flag=True,
                 help="Of pairs: by how much the better one is better, where the format has it."),
    click.option("--ties", is_flag=True,
                 help="Of pairs: those without a better one too, where the format has a place."),
    click.option("--compared", type=click.Choice([one.value for one in Compared]), default=Compared.RESPONSES.value,
                 show_default=True,
                 help="Of pairs: responses that people compared, or steps of traces, a correct one over an incorrect."),
    click.option("--redundant", is_flag=True, help="Of steps: a correct one over a redundant one too."),
    click.option("--most-per-step", type=click.IntRange(1, 1_000_000), default=MOST_PER_STEP, show_default=True,
                 help="Of steps: so many rows at most where paths part; the manifest counts the others."),
    click.option("--compress", type=click.Choice(["gzip", "zstd"]), help="Compressed JSON lines; so do .gz and .zst."),
    click.option("--parquet", is_flag=True, help="Parquet; so does .parquet."),
)  # fmt: skip


def order_options(command: F) -> F:
    """The options that `order_of` reads."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def order_of(
    format_name: str, labels: str, *, mapping: str | None, as_of: int | None, guideline: str | None,
    where: Iterable[str], stale: bool, doubted: bool, without_assisted: bool, shares: str | None, by: str,
    seed: int, hold_out: Iterable[str],
    test_origin: str | None, balance: str | None, max_share: Iterable[str], against: Iterable[Path], paired: bool,
    max_length: int, conversational: bool, margin: bool, ties: bool, compared: str, redundant: bool,
    most_per_step: int, release: str | None,
) -> "ExportOrder":  # fmt: skip
    """Raises BadInput with the option that does not fit."""
    from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
    from cotlab.domain.datasets.pair_exports import PairShape
    from cotlab.exchange.readers.benchmarks import read_benchmark

    found: dict[str, Any] = {
        "hold_out": tuple(facet_value(one, "hold-out") for one in hold_out),
        "test_origin": None if test_origin is None else Origin(test_origin),
        "balance": _balance(balance), "most": tuple(map(_most_share, max_share)), "seed": seed, "by": SplitBy(by),
    }  # fmt: skip
    asked = shares is not None or any(found[name] for name in ("hold_out", "test_origin", "balance", "most"))
    if not asked and (seed or by != SplitBy.PROBLEM):
        raise BadInput("split: --by and --seed say how rows are split; say into what, as --split train=0.9,test=0.1")
    if shares is not None:
        found["shares"] = split_shares(shares)
    return ExportOrder(
        format=format_name, labels=LabelChoice(labels), mapping=mapping, as_of=as_of, stale=stale, doubted=doubted,
        without_assisted=without_assisted,
        shape=PairShape(conversational=conversational, margin=margin, ties=ties), compared=Compared(compared),
        redundant=redundant, most_per_step=most_per_step, guideline=guideline,
        where=tuple(facet_value(one, "where") for one in where), paired=paired, max_length=max_length,
        splits=SplitOrder.model_validate(found) if asked else None, against=tuple(map(read_benchmark, against)),
        release=release,
    )  # fmt: skip


def split_shares(text: str) -> tuple[SplitShare, ...]:
    """`train=0.9,test=0.1`."""
    found = []
    for part in text.split(","):
        name, is_there, share = (one.strip() for one in part.partition("="))
        if not is_there:
            raise BadInput(f"split: {part!r} is no split with its share, as train=0.9")
        found.append(SplitShare(name=name, share=_share(share, "split", part)))
    return tuple(found)


def facet_value(text: str, option: str) -> FacetValue:
    """`domain=law`."""
    name, is_there, value = text.partition("=")
    if not is_there or not value.strip():
        raise BadInput(f"{option}: {text!r} is no facet with a value, as domain=law")
    if name.strip() not in [one.value for one in Facet]:
        raise BadInput(f"{option}: there is no facet {name.strip()!r}; there are {FACETS}")
    return FacetValue(facet=Facet(name.strip()), value=value.strip())


def _most_share(text: str) -> MostShare:
    """`origin=model:0.5`."""
    wanted, is_there, share = text.rpartition(":")
    if not is_there:
        raise BadInput(f"max-share: {text!r} has no share, as origin=model:0.5")
    found = facet_value(wanted, "max-share")
    return MostShare(facet=found.facet, value=found.value, share=_share(share, "max-share", text))


def _balance(text: str | None) -> tuple[str, ...]:
    """`label=incorrect,incomplete`."""
    if text is None:
        return ()
    name, _, values = text.partition("=")
    found = tuple(dict.fromkeys(one.strip() for one in values.split(",") if one.strip()))
    if name.strip() != "label" or not found:
        raise BadInput(f"balance: {text!r} names no label, as label=incorrect,incomplete")
    return found


def _share(text: str, option: str, part: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(f"{option}: the share in {part!r} is no number") from error
