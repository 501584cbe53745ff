"""Traces of public data whose steps have labels up to the first error, with what checks and judges say of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from benchmarks.evidence import Row, rows, steps_of
from cotlab.checks.answers.checking import check_answer
from cotlab.checks.running.runner import Checker
from cotlab.domain.checks import Verdict
from cotlab.domain.drafts.uncertainty import Opinion

RIGHT, WRONG = "correct", "incorrect"
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A trace: `wrong` says it of each step that has a label, `refuted` is how many steps a check refutes, `answer`
    what the check says of the final answer (None: nothing), `judges` an opinion of each of its steps for each judge.
    """

    name: str
    problem: str
    steps: tuple[str, ...]
    wrong: tuple[bool, ...]
    refuted: int
    answer: bool | None
    judges: tuple[tuple[Opinion, ...], ...]

    @property
    def has_error(self) -> bool:
        return any(self.wrong)


def opinion(p: float) -> Opinion:
    """That a step is wrong with this probability."""
    return {RIGHT: 1.0 - p, WRONG: p}


def labelled(folder: Path, name: str, most: int | None = None) -> list[Labelled]:
    """The traces of a set that have labels."""
    kept = [row for row in rows(folder / "data" / f"{name}.jsonl") if row["gold_labels"]][:most]
    asked = [step for row in kept for _, step in steps_of(row)]
    with Checker() as checker:
        refuted = iter([one.verdict is Verdict.REFUTED for one in checker.check(asked)])
    return [_labelled(row, sum(next(refuted) for _ in row["steps"])) for row in kept]


def _labelled(row: Row, refuted: int) -> Labelled:
    labels = takewhile(lambda label: label is not None, row["gold_labels"])
    return Labelled(
        row["id"], row["problem"], tuple(row["steps"]), tuple(label == WRONG for label in labels), refuted,
        _answer(row), tuple(_judge(one, len(row["steps"])) for one in _errors(row)),
    )  # fmt: skip


def _answer(row: Row) -> bool | None:
    if not row.get("final_answer") or not row.get("gold_answer"):
        return None
    verdict = check_answer(row["final_answer"], row["gold_answer"]).verdict
    return None if verdict is Verdict.UNDECIDED else verdict is Verdict.VERIFIED


def _errors(row: Row) -> Iterator[int]:
    """Where each judge sees the first error, from 0."""
    for said in row.get("judges", {}).values():
        if found := NUMBER.search(str(said["error_step"])):
            yield int(found[0]) - 1


def _judge(error: int, steps: int) -> tuple[Opinion, ...]:
    """Of the steps up to the error; one that lies beyond the last step says nothing."""
    return tuple(opinion(float(place == error)) for place in range(min(error + 1, steps)))


def by_step(judges: Sequence[Sequence[Opinion]], steps: int) -> list[list[Opinion]]:
    """The opinions of each step."""
    return [[one[place] for one in judges if place < len(one)] for place in range(steps)]
