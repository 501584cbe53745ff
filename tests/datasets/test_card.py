"""The counts on the card of the shipped data are those of the files.

`python -m tests.datasets.test_card` prints the tables as they should stand in `datasets/README.md`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import pytest

from cotlab.domain.traces.records import Trace
from tests.datasets.shipped import FOLDER, WRONG, answer_is_right, everything, labels, read

STEMS = tuple(sorted(path.stem for path in FOLDER.glob("*.jsonl")))
VALUES = ("correct", "redundant", "incorrect", "incomplete")
CARD = FOLDER / "README.md"


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table whose first column is text and whose others are numbers."""
    lines: list[Sequence[object]] = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def row(name: str, traces: Sequence[Trace]) -> list[object]:
    """Problems, traces, steps, then steps a label."""
    counts = Counter(value for trace in traces for value in labels(trace))
    problems = {trace.problem.digest() for trace in traces}
    return [name, len(problems), len(traces), counts.total(), *(counts[value] for value in VALUES)]


def by_domain() -> str:
    """The table of what is in each file and in all of them."""
    rows = [*(row(stem, read(stem)) for stem in STEMS), row("all", everything())]
    return markdown(["domain", "problems", "traces", "steps", *VALUES], rows)


def by_kind() -> str:
    """The table of the kinds of trace that the data were written to have."""
    traces = everything()
    paths = Counter(trace.problem.digest() for trace in traces)
    faults = [(answer_is_right(trace), WRONG & set(labels(trace)), trace) for trace in traces]
    rows = [
        ("problems with several paths", sum(times > 1 for times in paths.values())),
        ("problems with passages", len({trace.problem.digest() for trace in traces if trace.problem.passages})),
        ("right answer, no incorrect or incomplete step", sum(right and not wrong for right, wrong, _ in faults)),
        ("right answer, an incorrect or incomplete step", sum(right and bool(wrong) for right, wrong, _ in faults)),
        ("wrong answer, one such step only", sum(not right and only_one(trace) for right, _, trace in faults)),
        ("wrong answer, several such steps", sum(not right and not only_one(trace) for right, _, trace in faults)),
    ]
    strategies = Counter(f"strategy: {trace.strategy}" for trace in traces)
    origins = Counter(f"origin: {trace.origin}" for trace in traces)
    return markdown(["what", "count"], [*rows, *sorted(strategies.items()), *sorted(origins.items())])


def only_one(trace: Trace) -> bool:
    return sum(value in WRONG for value in labels(trace)) == 1


@pytest.mark.parametrize("table", [by_domain, by_kind])
def test_the_card_counts_what_is_there(table: Callable[[], str]) -> None:
    assert f"\n\n{table()}\n\n" in CARD.read_text(encoding="utf-8")


@pytest.mark.parametrize("stem", STEMS)
def test_the_card_names_each_file(stem: str) -> None:
    assert f"`{stem}.jsonl`" in CARD.read_text(encoding="utf-8")


if __name__ == "__main__":
    print(by_domain(), by_kind(), sep="\n\n")
