"""The report on anchoring at 80 columns, with the ends of its intervals."""

from benchmarks.anchoring import simulated
from cotlab.agreement.models.anchoring import arms, compared
from cotlab.cli.evaluations.anchoring_text import anchoring_lines
from cotlab.domain.evaluations.anchoring import AnchoringReport


def test_every_number_has_the_ends_of_its_interval_beside_it() -> None:
    read = simulated(1, anchor=0.3)
    lines = list(anchoring_lines(AnchoringReport(
        as_of=1, task="steps", labels=1000, problems=100, people=200, known=500, decided=200,
        arms=tuple(arms(read, 0.1)), compared=tuple(compared(read, 100)), sentence="So it is.",
    )))  # fmt: skip
    assert max(map(len, lines)) <= 80
    first = lines.index("", 3)
    (seen,) = (line for line in lines[:first] if line.startswith("seen"))
    assert seen.count("[") == 3, "changed, towards and away"
    (moved,) = (line for line in lines if line.startswith("moved"))
    assert moved.count("[") == 3, "with drafts, blind, and the difference"
    (seconds,) = (line for line in lines if line.startswith("seconds"))
    assert seconds.count("[") == 3 and "%" not in seconds
