"""What the step checker reaches on hand-made cases and on public data, and what a check costs.

The data lie where COTLAB_TEST_DATA says, outside the repository. Each set is split by problem: the checker was built on
one half, and its alarms on the other were read afterwards only. An alarm on a step that its source calls right is false
unless docs/evidence.md says that the text really is wrong.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.hanging import hang
from benchmarks.tables import percentile, table
from cotlab.checks.running.checking import check
from cotlab.checks.running.runner import Checker
from cotlab.domain.checks import StepToCheck, StepVerdict, Verdict
from cotlab.domain.projects.gates import Setting

Row = dict[str, Any]
DOCS = Path(__file__).parents[1] / "docs" / "evidence.md"
READING = re.compile(r"^\| `?(?P<id>[\w.-]+)`? \| (?P<step>\d+) \| (?P<reading>real|false)\b", re.MULTILINE)
BESIDE = 1_000
"""Equations that both checkers are given."""
HALVES = ("build", "first contact")
RIGHT_SETS = ("gsm8k", "prmbench", "mr_ben")
NO_DATA = "COTLAB_TEST_DATA names no folder with cases/ and data/; nothing was measured."
VERDICTS = ("verified", "refuted", "undecided")
BAD_INPUT = (
    "1" * 2_000_000, "(" * 10_000 + "1" + ")" * 10_000 + " = 1", "9**9**9**9 = 1", "factorial(10**9) = 1",
    "__import__('os') = 1", "x.__class__ = 1", "9" * 5_000 + " = 1", "\u202e5 = 3 + 2\u202c שלוש", "$\\frac{1}{2 = 3$",
    "so that 3x + (4 =", "1 + 1 = 3\x00", "\\left( \\frac{\\sqrt{ = 2", "\\sum_{k=1}^{10^{9}} k = 1",
    "2^{2^{2^{2^{2^2}}}} = 1",
)  # fmt: skip
"""Beside the hostile rows of the cases."""


def build_half(problem: str) -> bool:
    """Whether a problem is of the half on which the checker was built."""
    return hashlib.sha256(b"evidence " + problem.encode()).digest()[0] % 2 == 0


def data() -> Path | None:
    named = os.environ.get("COTLAB_TEST_DATA")
    return Path(named) if named else None


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def steps_of(trace: Row) -> Iterator[tuple[int, StepToCheck]]:
    texts = tuple(trace["steps"])
    for place, text in enumerate(texts):
        yield place, StepToCheck(previous=texts[:place], step=text)


def readings() -> dict[tuple[str, int], bool]:
    """Trace and step (from 1) of each alarm that docs/evidence.md lists -> whether the text really is wrong."""
    text = DOCS.read_text("utf-8") if DOCS.exists() else ""
    return {(found["id"], int(found["step"])): found["reading"] == "real" for found in READING.finditer(text)}


# Hand-made cases


def cases(folder: Path) -> Iterator[str]:
    hand_made = rows(folder / "cases" / "step_checks.jsonl")
    for setting in Setting:
        with Checker(setting) as checker:
            asked = (StepToCheck(previous=tuple(row["previous"]), step=row["step"]) for row in hand_made)
            given = [one.verdict.value for one in checker.check(asked)]
        wanted = [_expected(row, setting) for row in hand_made]
        counted = Counter(zip(wanted, given, strict=True))
        wrong = [row["id"] for row, want, got in zip(hand_made, wanted, given, strict=True) if want != got]
        yield f"Setting {setting}, n = {len(hand_made)}; wrong: {', '.join(wrong) or 'none'}; children killed: " + (
            f"{checker.killed}, crashes: {len(checker.failures) + checker.died}"
        )
        yield table(("expected", *VERDICTS), [(want, *(counted[want, got] for got in VERDICTS)) for want in VERDICTS])


def _expected(row: Row, setting: Setting) -> str:
    across = row["context"] and row["verdict"] == "refuted"
    return "undecided" if setting is Setting.DEFAULT and across else str(row["verdict"])


# Steps that are right


@dataclass(slots=True)
class Alarms:
    """What was said of steps that a source calls right."""

    steps: int = 0
    verified: int = 0
    alarms: list[tuple[str, int, str, str]] = field(default_factory=list)
    """Trace, step (from 1), kind, reason."""


def right_steps(name: str, traces: Sequence[Row], setting: Setting) -> Alarms:
    found = Alarms()
    for trace in traces:
        for place, asked in steps_of(trace):
            if not _is_right(name, trace, place):
                continue
            verdict = check(asked, setting)
            found.steps += 1
            found.verified += verdict.verdict is Verdict.VERIFIED
            if verdict.verdict is Verdict.REFUTED:
                claim = next(one for one in verdict.claims if one.verdict is Verdict.REFUTED)
                found.alarms.append((trace["id"], place + 1, claim.kind, claim.reason))
    return found


def _is_right(name: str, trace: Row, place: int) -> bool:
    if name == "gsm8k":
        return True
    if name == "prmbench":
        return bool(trace["kind"] == "original")
    labels = trace["gold_labels"]
    return bool(labels) and labels[place] == "correct"


def alarms_on_right_steps(folder: Path, most: int | None) -> Iterator[str]:
    known = readings()
    shown: list[tuple[str | int, ...]] = []
    unread: list[tuple[str, int, str, str]] = []
    for name in RIGHT_SETS:
        everything = rows(folder / "data" / f"{name}.jsonl")[:most]
        for half, wanted in zip(HALVES, (True, False), strict=True):
            traces = [trace for trace in everything if build_half(trace["problem"]) is wanted]
            for setting in Setting:
                found = right_steps(name, traces, setting)
                false = [one for one in found.alarms if not known.get(one[:2], False)]
                unread.extend(one for one in found.alarms if one[:2] not in known)
                steps = max(1, found.steps)
                shown.append((name, half, str(setting), found.steps, len(found.alarms), len(false),
                              f"{1_000 * len(false) / steps:.2f}",
                              f"{100 * found.verified / steps:.1f} %"))  # fmt: skip
    yield table(("set", "half", "setting", "right steps", "alarms", "false", "false a 1,000", "verified"), shown)
    for one in sorted(set(unread)):
        yield f"- not read yet: {one[0]}, step {one[1]}, {one[2]}: {one[3]}"


# Equations, true and with planted errors


def planted(equation: Row, chance: random.Random) -> Iterator[tuple[str, str]]:
    """(kind of error, equation) for each error that changes the value of the right side."""
    side = equation["rhs"]
    digits = [place for place, sign in enumerate(side) if sign.isdigit()]
    pairs = [place for place in digits[:-1] if side[place + 1 : place + 2].isdigit() and side[place] != side[place + 1]]
    place = chance.choice(digits)
    other = chance.choice([digit for digit in "0123456789" if digit != side[place]])
    made = {"digit changed": side[:place] + other + side[place + 1 :]}
    if "." not in side:
        made |= {"plus one": str(int(side) + 1), "times ten": side + "0"}
    if pairs:
        place = chance.choice(pairs)
        made["digits swapped"] = side[:place] + side[place + 1] + side[place] + side[place + 2 :]
    for name, text in made.items():
        if float(text) != float(side):
            yield name, f"{equation['lhs']}={text}"


def equations(folder: Path, most: int | None) -> Iterator[str]:
    found = rows(folder / "data" / "gsm8k_equations.jsonl")[:most]
    began = time.process_time()
    true = Counter(check(StepToCheck(step=row["equation"])).verdict.value for row in found)
    seconds = time.process_time() - began
    yield f"Bare equations, {len(found) / seconds:,.0f} a CPU second in one process:"
    counted = {"as they are": true}
    chance = random.Random(20)
    for row in found:
        if any(sign not in "0123456789." for sign in row["rhs"]):
            continue
        for name, text in planted(row, chance):
            counted.setdefault(name, Counter())[check(StepToCheck(step=text)).verdict.value] += 1
    yield table(("equations", "n", *VERDICTS), [
        (name, sum(one.values()), *(one[verdict] for verdict in VERDICTS)) for name, one in counted.items()
    ])  # fmt: skip


# Steps that are wrong


def first_alarm(trace: Row, setting: Setting) -> int | None:
    return next((place for place, asked in steps_of(trace) if check(asked, setting).verdict is Verdict.REFUTED), None)


def multistep_arithmetic(folder: Path) -> Iterator[str]:
    traces = [one for one in rows(folder / "data" / "bigbench_mistake.jsonl") if one["task"] == "multistep_arithmetic"]
    wrong = [one for one in traces if one["first_error"] >= 0]
    free = [one for one in traces if one["first_error"] == -1]
    exact = sum(first_alarm(one, Setting.DEFAULT) == one["first_error"] for one in wrong)
    alarmed = [one["id"] for one in free if first_alarm(one, Setting.DEFAULT) is not None]
    yield f"Multistep arithmetic: the exact step in {exact} of {len(wrong)} wrong traces."
    yield f"Alarms on {len(alarmed)} of {len(free)} traces called free of mistakes: {', '.join(alarmed)}"


def marked_steps(folder: Path) -> Iterator[str]:
    shown = []
    everything = rows(folder / "data" / "mr_gsm8k_judged.jsonl")
    for half, wanted in zip((*HALVES, "both"), (True, False, None), strict=True):
        traces = [one for one in everything if wanted is None or build_half(one["problem"]) is wanted]
        for setting in Setting:
            given = [(trace, place, check(asked, setting)) for trace in traces for place, asked in steps_of(trace)]
            alarms = [(trace, place) for trace, place, one in given if one.verdict is Verdict.REFUTED]
            hit = sum(place == trace["first_error"] for trace, place in alarms)
            right = [
                (one["id"], place + 1)
                for one, place in alarms
                if (one["gold_labels"] or [])[place : place + 1] == ["correct"]
            ]
            false = [one for one in right if not readings().get(one, False)]
            marked = sum((trace["first_error"] or 0) >= 0 for trace in traces)
            shown.append((half, str(setting), marked, hit, len(alarms), len(right), len(false)))
    head = ("half", "setting", "marked steps", "found", "alarms", "on steps called right", "of them false")
    yield table(head, shown)


# Cost


def speed(folder: Path, most: int | None) -> Iterator[str]:
    shown = []
    for name in ("gsm8k", "mr_ben", "prmbench"):
        took: list[float] = []
        for trace in rows(folder / "data" / f"{name}.jsonl")[:most]:
            for _, asked in steps_of(trace):
                began = time.process_time()
                check(asked, Setting.ALL_KINDS)
                took.append(time.process_time() - began)
        shown.append((name, len(took), len(took) / sum(took), 1_000 * percentile(took, 0.5),
                      1_000 * percentile(took, 0.99), 1_000 * max(took)))  # fmt: skip
    yield "Natural steps with those before them, CPU time in one process:"
    yield table(("set", "steps", "a second", "p50 ms", "p99 ms", "longest ms"), shown)


def hostile(folder: Path) -> Iterator[str]:
    texts = [one["step"] for one in rows(folder / "cases" / "step_checks.jsonl") if one["claim_kind"] == "hostile"]
    with Checker(Setting.ALL_KINDS) as checker:
        _timed(checker, "1 + 1 = 2")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        given = [_timed(checker, text) for text in (*texts, *BAD_INPUT)]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1_000
        decided = sum(verdict.verdict is not Verdict.UNDECIDED for _, verdict in given)
        yield (
            f"{len(given)} hostile rows: {decided} decided, longest answer {max(took for took, _ in given):.2f} s, "
            f"{checker.killed} children killed, {len(checker.failures) + checker.died} crashes, "
            f"this process grew by {grown:.1f} MB"
        )
    yield from replaced()


def _timed(checker: Checker, text: str) -> tuple[float, StepVerdict]:
    began = time.perf_counter()
    [verdict] = checker.check([StepToCheck(step=text)])
    return time.perf_counter() - began, verdict


def replaced() -> Iterator[str]:
    """How long after the deadline the answer comes, and how soon the next child answers."""
    late, again = [], []
    with Checker(judge=hang) as checker:
        _timed(checker, "1 + 1 = 2")
        for _ in range(5):
            late.append(_timed(checker, "hang")[0] - checker.limits.seconds)
            again.append(_timed(checker, "1 + 1 = 2")[0])
    worst, next_one = 1_000 * max(late), 1_000 * max(again)
    yield f"After a kill: the answer {worst:.0f} ms past the deadline, that of the next child after {next_one:.0f} ms"


# Beside math-verify


def beside_math_verify(folder: Path) -> Iterator[str]:
    """math-verify, used naively: both sides of an equation are parsed and compared, on the same rows in one run."""
    if importlib.util.find_spec("math_verify") is None:
        yield "Beside math-verify: it is not installed here."
        return
    found = rows(folder / "data" / "gsm8k_equations.jsonl")[:BESIDE]
    chance = random.Random(20)
    wrong = [text for row in found for name, text in planted(row, chance) if name == "digit changed"]
    groups = {"true": [row["equation"] for row in found], "digit changed": wrong, **_lone_cases(folder)}
    shown = []
    for name, texts in groups.items():
        began = time.process_time()
        theirs = Counter(map(_by_math_verify, texts))
        between = time.process_time()
        ours = Counter(check(StepToCheck(step=text)).verdict.value for text in texts)
        end = time.process_time()
        speeds = len(texts) / (between - began), len(texts) / (end - between)
        shown.append((name, len(texts), theirs["equal"], theirs["unequal"], theirs["error"], speeds[0],
                      ours["verified"], ours["refuted"], speeds[1]))  # fmt: skip
    yield table(("equations", "n", "math-verify: equal", "unequal", "error", "a second", "cotlab: verified", "refuted",
                 "a second"), shown)  # fmt: skip


def _lone_cases(folder: Path) -> dict[str, list[str]]:
    """The decided hand-made cases that are one equation without earlier steps."""
    found = [row for row in rows(folder / "cases" / "step_checks.jsonl") if not row["previous"]]
    return {
        f"cases, {verdict}": [row["step"] for row in found if row["verdict"] == verdict and row["step"].count("=") == 1]
        for verdict in ("verified", "refuted")
    }


def _by_math_verify(equation: str) -> str:
    from math_verify import parse, verify

    left, _, right = equation.rpartition("=")
    try:
        return "equal" if verify(parse(f"${left}$"), parse(f"${right}$")) else "unequal"
    except Exception:
        return "error"


Part = Callable[[Path], Iterator[str]]


def measured(folder: Path, quick: bool = False) -> str:
    """Every part, as Markdown."""
    return "\n\n".join(texts(folder, quick))


def texts(folder: Path, quick: bool) -> Iterator[str]:
    most = 60 if quick else None
    parts: tuple[Part, ...] = (
        cases,
        lambda place: alarms_on_right_steps(place, most),
        lambda place: equations(place, most),
        *(() if quick else (multistep_arithmetic, marked_steps)),
        lambda place: speed(place, most),
        *(() if quick else (hostile, beside_math_verify)),
    )
    for part in parts:
        yield from part(folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few traces of each set")
    quick = parser.parse_args().quick
    folder = data()
    for text in (NO_DATA,) if folder is None else texts(folder, quick):
        print(text, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
