"""What a manifest counts while rows go out."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cotlab.domain.datasets.exports import Packing
from cotlab.domain.datasets.manifests import ExportedFile, LengthBand, RowLengths
from cotlab.domain.guidelines.schema import Value
from cotlab.exchange.formats.columns import Columns, with_row_id
from cotlab.exchange.lengths import Tokens
from cotlab.exchange.packing import Packer, packer
from cotlab.services.datasets.items import Item, Made


class OutputFile:
    """One file as it is written: its bytes and what lies in it.

    `until_after` counts the bytes of lines up to the item `after`, the last one that came before.
    """

    def __init__(
        self, after: str | None, format: str, split: str | None, path: str, packing: Packing,
        columns: Callable[[], Columns | None],
    ) -> None:  # fmt: skip
        self._after, self.until_after = after, 0
        self.format, self.split, self.path = format, split, path
        self._packing, self._columns, self._sha, self._bytes = packing, columns, hashlib.sha256(), 0
        self._rows = self._steps = self._traces = 0
        self._labels, self._unbalanced, self._origins = Counter[str](), Counter[str](), Counter[str]()

    @cached_property
    def _packer(self) -> Packer:
        return packer(self._packing, with_row_id(self._columns()))

    def take(self, items: Iterable[tuple[Item, Sequence[Made]]]) -> bytes:
        """Add the rows of some items; return the bytes that are ready."""
        made = list[Made]()
        for item, rows in items:
            made += rows
            if rows:
                if self._after is not None and item.id <= self._after:
                    self.until_after += sum(len(one.named[1]) for one in rows)
                self._traces += item.counts.traces_kept
                self._origins.update(item.facts.origins)
        for one in made:
            self._rows += 1
            self._steps += one.steps - one.of_parent
            self._labels.update(label.value for label in one.own if label.value is not None)
        return self._piece(self._packer.add(one.named for one in made))

    def end(self) -> bytes:
        return self._piece(self._packer.end())

    def before_balance(self, item: Item) -> None:
        """Count the labels of an item that is in the file, or was left out of it for balance."""
        self._unbalanced.update(label.value for made in item.rows for label in made.own if label.value is not None)

    def _piece(self, piece: bytes) -> bytes:
        self._sha.update(piece)
        self._bytes += len(piece)
        return piece

    def told(self) -> ExportedFile:
        n, k = self._labels.total(), len(self._labels)
        return ExportedFile(
            path=self.path, format=self.format, split=self.split, rows=self._rows, steps=self._steps,
            traces=self._traces, bytes=self._bytes, sha256=self._sha.hexdigest(),
            label_distribution=ordered(self._labels),
            class_weights={label: round(n / (k * count), 4) for label, count in sorted(self._labels.items())},
            unbalanced=ordered(self._unbalanced), origins=ordered(self._origins),
        )  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What is counted of the rows of an export's own format, over all its files."""

    tokens: Tokens
    max_length: int
    rows: int = 0
    steps: int = 0
    stale: int = 0
    doubted: int = 0
    longest: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    values: Counter[Value] = field(default_factory=Counter)
    guidelines: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    comparisons: Counter[str] = field(default_factory=Counter)
    generated: Counter[str] = field(default_factory=Counter)
    """Domain -> items that no person wrote alone."""
    _bands: Counter[int] = field(default_factory=Counter)
    _longest_tokens: int = 0
    _rows_cut: int = 0
    _steps_cut: int = 0

    def add(self, item: Item) -> None:
        self.origins.update(item.facts.origins)
        self.comparisons.update(item.comparisons)
        self.domains[item.facts.domain] += 1
        self.generated[item.facts.domain] += item.facts.generated
        for made in item.rows:
            self._add_row(made)

    def _add_row(self, made: Made) -> None:
        self.rows += 1
        self.steps += made.steps - made.of_parent
        self.longest = max(self.longest, len(made.named[1].decode()))
        for label in made.own:
            self.stale += label.stale
            self.doubted += label.doubted
            if label.value is not None:
                self.labels[label.value] += 1
            if label.kind is not None:
                self.kinds[label.kind] += 1
            if label.guideline is not None:
                self.guidelines[label.guideline] += 1
            if label.target is not None:
                self.values[label.target] += 1
        self._measure(made)

    def _measure(self, made: Made) -> None:
        """A trainer puts one separator behind each piece, and cuts the end of a row that is too long."""
        length, cut = self.tokens.count(made.prompt), 0
        for place, piece in enumerate(made.pieces):
            length += self.tokens.count(piece) + 1
            cut += place < made.steps and length > self.max_length
        self._bands[max(64, 1 << (length - 1).bit_length())] += 1
        self._longest_tokens = max(self._longest_tokens, length)
        self._rows_cut += length > self.max_length
        self._steps_cut += cut

    def lengths(self) -> RowLengths:
        return RowLengths(
            by=self.tokens.by, longest=self._longest_tokens, max_length=self.max_length, rows_cut=self._rows_cut,
            steps_cut=self._steps_cut,
            histogram=tuple(LengthBand(most=most, rows=rows) for most, rows in sorted(self._bands.items())),
        )  # fmt: skip


def ordered(counts: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sorted(counts.items()) if count}


def sha256_of(files: Sequence[ExportedFile]) -> str:
    """Of the only file its own; of several, over what `sha256sum` prints of them."""
    if len(files) == 1 and not files[0].path:
        return files[0].sha256
    return hashlib.sha256("".join(f"{one.sha256}  {one.path}\n" for one in files).encode()).hexdigest()
