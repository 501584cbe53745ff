"""What generators write, beside what people write."""

from pydantic import Field

from cotlab.domain.agreement.coefficients import Estimate
from cotlab.domain.model import Model


class GeneratorMeasure(Estimate):
    """A ratio over traces, such as steps a trace; `of` is what it is divided by."""

    of: int


class GeneratorDifference(Model):
    """A measure in which a generator differs from people; `by` is the generator's minus theirs.

    Both are of the `common` problems that both have traces of; None where these are too few, and all were taken.
    """

    measure: str
    common: int | None = None
    by: Estimate
    sentence: str


class DraftsMade(Model):
    """Drafts of a model: `made` in all, `dropped` by reason, and what was decided of the others."""

    made: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)
    accepted: int = 0
    edited: int = 0
    declined: int = 0

    @property
    def duplicates(self) -> float | None:
        """The share of drafts that were dropped as duplicates."""
        same = sum(number for why, number in self.dropped.items() if why in ("same_text", "same_numbers"))
        return same / self.made if self.made else None


class GeneratedTraces(Model):
    """Traces of one generator, of people (`origin` is human), or of whom nothing is known.

    `measures` are of whole paths, `alternatives` and `altered` how many traces are none. `strategies` and `labels`
    count traces and settled steps.
    """

    generator: str | None
    origin: str
    traces: int = 0
    problems: int = 0
    alternatives: int = 0
    altered: int = 0
    measures: dict[str, GeneratorMeasure] = Field(default_factory=dict)
    strategies: dict[str, int] = Field(default_factory=dict)
    labels: dict[str, int] = Field(default_factory=dict)
    drafts: DraftsMade | None = None
    differences: tuple[GeneratorDifference, ...] = ()


class GeneratorReport(Model):
    """People first, then generators by name. Of `compared` differences those are told whose 95 % interval is on one
    side of zero; where nothing differs up to one in ten is (docs/drafting.md). `titles` say what measures are.
    """

    as_of: int
    generators: tuple[GeneratedTraces, ...]
    titles: dict[str, str]
    compared: int = 0
