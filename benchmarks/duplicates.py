"""Whether two paths of a problem are one computation, told by the numbers in them, beside what their equations say.

The data lie where COTLAB_TEST_DATA says, outside the repository. Four models and a person have solved each problem of
GSM8K with the calculator's annotations (`<<48/2=24>>`). Two paths are one computation where the sets of these are the
same but for the order of what is added or multiplied; the annotations are taken out before the numbers are read.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.evidence import NO_DATA, data, rows
from benchmarks.tables import Cell, table
from cotlab.agreement.models.auroc import auroc
from cotlab.agreement.ratings import Mask
from cotlab.agreement.tables import Floats
from cotlab.domain.drafts.duplicates import SAME_NUMBERS, numbers, plain_path, shared

ANNOTATION = re.compile(r"<<(.*?)=(.*?)>>")
SIGNS = re.compile(r"([-+*/()])")
WORD = re.compile(r"[^\W\d_]+")
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of paths: whether they are one computation, have one text, and how alike numbers and words are."""

    same: Mask
    text: Mask
    numbers: Floats
    words: Floats


def equations(steps: Iterable[str]) -> frozenset[tuple[tuple[str, ...], str]]:
    """The annotations of a path, each as its terms and signs in an order of their own, with the result."""
    found = (one for step in steps for one in ANNOTATION.findall(step))
    return frozenset(
        (tuple(sorted(part for part in SIGNS.split(left.replace(" ", "")) if part)), "".join(numbers([right])) or right)
        for left, right in found
    )


def compare(folder: Path, most: int | None = None) -> Compared:
    problems: dict[str, list[Sequence[str]]] = defaultdict(list)
    for name in ("gsm8k_model_solutions", "gsm8k"):
        for trace in rows(folder / "data" / f"{name}.jsonl"):
            problems[str(trace["problem"])].append(trace["steps"])
    found = [
        _pair(one, other) for paths in list(problems.values())[:most] for one, other in combinations(paths, 2)
        if equations(one) and equations(other)
    ]  # fmt: skip
    same, text, alike, words = (np.array(column) for column in zip(*found, strict=True))
    return Compared(same.astype(np.bool_), text.astype(np.bool_), alike.astype(float), words.astype(float))


def _pair(one: Sequence[str], other: Sequence[str]) -> tuple[bool, bool, float, float]:
    texts = [[ANNOTATION.sub("", step) for step in steps] for steps in (one, other)]
    words = [frozenset(WORD.findall(" ".join(steps).casefold())) for steps in texts]
    return (
        equations(one) == equations(other), plain_path(texts[0]) == plain_path(texts[1]),
        shared(numbers(texts[0]), numbers(texts[1])), len(words[0] & words[1]) / max(1, len(words[0] | words[1])),
    )  # fmt: skip


def measured(folder: Path, quick: bool = False) -> str:
    """What there is, and a row a threshold, as Markdown."""
    found = compare(folder, 40 if quick else None)
    shown: list[tuple[Cell, ...]] = []
    for threshold in THRESHOLDS:
        dropped: Mask = np.asarray(found.numbers >= threshold)
        right = int(np.count_nonzero(dropped & found.same))
        shown.append((
            f"{threshold:.2f}" + (" (used)" if threshold == SAME_NUMBERS else ""), int(np.count_nonzero(dropped)),
            f"{right / np.count_nonzero(found.same):.3f}",
            f"{np.count_nonzero(dropped & ~found.same) / np.count_nonzero(~found.same):.3f}",
            f"{right / max(1, int(dropped.sum())):.3f}",
        ))  # fmt: skip
    head = ("from", "dropped", "of the same", "of the others", "of what is dropped the same")
    said = (
        f"{len(found.same):,} pairs of paths, {np.count_nonzero(found.same):,} of one computation, of which "
        f"{np.count_nonzero(found.same & found.text):,} have one text. AUC of numbers "
        f"{auroc(found.same, found.numbers)[0]:.3f}, of words {auroc(found.same, found.words)[0]:.3f}."
    )
    return f"{said}\n\n{table(head, shown)}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few problems")
    quick = parser.parse_args().quick
    folder = data()
    print(NO_DATA if folder is None else measured(folder, quick))


if __name__ == "__main__":
    main()
