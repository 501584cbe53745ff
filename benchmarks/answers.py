"""What the check of final answers reaches on public data, beside math-verify used naively, and what it costs.

The data lie where COTLAB_TEST_DATA says, outside the repository. A row counts where it has an answer and a reference,
and its source says whether the answer is right. Answers are judged as the file gives them, and once more with the text
of the trace's last step in their place, as prose.
"""

import argparse
import importlib.util
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence import NO_DATA, VERDICTS, Row, data, rows
from benchmarks.tables import table
from cotlab.checks.answers.checking import check_answer

SETS = ("gsm8k", "gsm8k_model_solutions", "mr_gsm8k_judged", "mr_ben", "bigbench_mistake", "prmbench")
EXAMPLES = 5
"""Right answers that the other one calls unequal, which are printed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer with its reference, and whether its source calls it right."""

    id: str
    answer: str
    reference: str
    right: bool


def pairs(name: str, folder: Path, prose: bool, most: int | None) -> list[Pair]:
    found = [_pair(name, row, prose) for row in rows(folder / "data" / f"{name}.jsonl")[:most]]
    return [one for one in found if one is not None]


def _pair(name: str, row: Row, prose: bool) -> Pair | None:
    right = row.get("final_correct")
    if name == "prmbench":
        # a whole trace that people called right has a right answer; of a wrong one nothing is said of its answer
        right = True if row.get("trace_correct") else None
    answer = row["steps"][-1] if prose or name == "prmbench" else row.get("final_answer")
    if not answer or row.get("gold_answer") is None or right is None:
        return None
    return Pair(row["id"], answer, row["gold_answer"], right)


def verdicts(folder: Path, prose: bool, most: int | None) -> Iterator[str]:
    """How right and wrong answers are judged, by set."""
    shown, told = [], list[str]()
    for name in SETS:
        everything = pairs(name, folder, prose, most)
        for right in (True, False):
            some = [one for one in everything if one.right is right]
            if not some:
                continue
            began = time.process_time()
            found = {one.id: check_answer(one.answer, one.reference) for one in some}
            speed = len(some) / (time.process_time() - began)
            counted = Counter(str(one.verdict) for one in found.values())
            shown.append((name, "right" if right else "wrong", len(some), *(counted[one] for one in VERDICTS), speed))
            against = "refuted" if right else "verified"
            told += [f"- {id}: {against}: {one.reason}" for id, one in found.items() if one.verdict == against]
    yield table(("set", "answers", "n", *VERDICTS, "a second"), shown)
    yield "\n".join(told) if told else "No right answer is refuted, and no wrong one verified."


def beside_math_verify(folder: Path, most: int | None) -> Iterator[str]:
    """math-verify, used naively: answer and reference are parsed as they are and compared; the same rows, one run."""
    if importlib.util.find_spec("math_verify") is None:
        yield "Beside math-verify: it is not installed here (`pip install cotlab[answers]`)."
        return
    shown, examples = list[tuple[str, str, int, int, int, int, float, int, int, int, float]](), list[str]()
    for name in SETS:
        some = pairs(name, folder, False, most)
        for right in (True, False):
            group = [one for one in some if one.right is right]
            if not group:
                continue
            began = time.process_time()
            theirs = {one.id: by_math_verify(one.answer, one.reference) for one in group}
            between = time.process_time()
            ours = Counter(str(check_answer(one.answer, one.reference).verdict) for one in group)
            end = time.process_time()
            counted = Counter(theirs.values())
            shown.append((name, "right" if right else "wrong", len(group), counted["equal"], counted["unequal"],
                          counted["error"], len(group) / (between - began), ours["verified"],
                          ours["refuted"], ours["undecided"], len(group) / (end - between)))  # fmt: skip
            if right:
                unequal = [one for one in group if theirs[one.id] == "unequal"]
                examples += [f"- {one.id}: `{one.answer[-60:]!r}`, `{one.reference}`" for one in unequal[:EXAMPLES]]
    yield table(("set", "answers", "n", "math-verify: equal", "unequal", "error", "a second",
                 *(f"cotlab: {one}" for one in VERDICTS), "a second"), shown)  # fmt: skip
    count = sum(row[4] for row in shown if row[1] == "right")
    yield f"Right answers that it calls unequal: {count}; some of each set:\n" + "\n".join(examples)


def by_math_verify(answer: str, reference: str) -> str:
    from math_verify import parse, verify

    try:
        return "equal" if verify(parse(reference), parse(answer)) else "unequal"
    except Exception:
        return "error"


def texts(folder: Path, quick: bool) -> Iterator[str]:
    most = 60 if quick else None
    parts: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("Bare answers", lambda: verdicts(folder, False, most)),
        ("The last step as the answer", lambda: verdicts(folder, True, most)),
        ("Beside math-verify", lambda: beside_math_verify(folder, most)),
    )
    for title, part in parts:
        yield title
        yield from part()


def measured(folder: Path, quick: bool = False) -> str:
    """Every part, as Markdown."""
    return "\n\n".join(texts(folder, quick))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rows of each set")
    quick = parser.parse_args().quick
    folder = data()
    for text in (NO_DATA,) if folder is None else texts(folder, quick):
        print(text, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
