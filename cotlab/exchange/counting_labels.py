"""Which labels of a file count for a source: its last one of a step, unless something speaks against that."""

from collections.abc import Iterable
from dataclasses import dataclass

from cotlab.domain.answers import MEASURED_WITH
from cotlab.domain.traces.records import SourceLabel
from cotlab.exchange.formats.traces.prm800k import HUMAN, SOURCE


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts; `stale` and `doubted` let such labels in, as in an export.

    Without `unrated` the word for a step that PRM800K's labeller wrote and did not rate is no label.
    """

    stale: bool = False
    doubted: bool = False
    unrated: bool = True

    def why_not(self, label: SourceLabel) -> str | None:
        """Why a label counts for nothing; None where it counts."""
        if label.purpose in MEASURED_WITH:
            return label.purpose.value
        if label.stale and not self.stale:
            return "stale"
        if not self.unrated and (label.source, label.value) == (SOURCE, HUMAN):
            return "unrated"
        return "doubted" if label.doubted and not self.doubted else None

    def of(self, labels: Iterable[SourceLabel], source: str | None) -> SourceLabel | None:
        """The label of a source; None where there is none that counts. What was said last is not undone by an
        earlier word, and what was said to measure with is no part of it.
        """
        given = [label for label in labels if label.source == source and label.purpose not in MEASURED_WITH][-1:]
        return next((label for label in given if self.why_not(label) is None), None)
