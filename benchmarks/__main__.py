"""All benchmarks, one after the other, as Markdown; `--quick` only shows that each of them works."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    agreement,
    altering,
    anchoring,
    answers,
    calibration,
    checks,
    claims,
    drafting,
    drift,
    duplicates,
    evidence,
    exchange,
    gold_timing,
    labels,
    opinions,
    pair_terminal,
    position_bias,
    programme,
    prompt_tokens,
    report_errors,
    reports,
    selection,
    start,
    terminal,
)
from benchmarks.environment import describe, on_disk

Measure = Callable[[Path, bool], str]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`measure` is given a fresh folder, and whether to be quick; it answers Markdown."""

    title: str
    measure: Measure


def _labels(folder: Path, quick: bool) -> str:
    timing = labels.Timing(warm_up=0.2, seconds=1.0, turns=1) if quick else labels.Timing()
    return labels.measure(folder, timing, (1, 8) if quick else labels.CLIENTS)


def _claims(folder: Path, quick: bool) -> str:
    return claims.measure(folder, 500, 5_000, 20) if quick else claims.measure(folder)


def _exchange(folder: Path, quick: bool) -> str:
    return exchange.report(exchange.measure(folder, 20_000 if quick else exchange.MILLION))


def _agreement(_: Path, quick: bool) -> str:
    return agreement.measured(30_000, 1_300, 2) if quick else agreement.measured()


def _calibration(_: Path, quick: bool) -> str:
    return calibration.measured(calibration.Size(200, 20, (60, 120, 240)) if quick else None)


def _drift(_: Path, quick: bool) -> str:
    return drift.measured(100, (240,)) if quick else drift.measured()


def _anchoring(_: Path, quick: bool) -> str:
    return anchoring.measured(2, (25,)) if quick else anchoring.measured()


def _position_bias(_: Path, quick: bool) -> str:
    return position_bias.measured(100, 300) if quick else position_bias.measured()


def _gold_timing(folder: Path, quick: bool) -> str:
    return gold_timing.measure(folder, 20 if quick else gold_timing.CLAIMS)


def _programme(folder: Path, quick: bool) -> str:
    return programme.measured(folder, programme.TINY if quick else None)


def _reports(folder: Path, quick: bool) -> str:
    return reports.measured(folder, 4_000 if quick else reports.LABELS)


def _report_errors(_: Path, quick: bool) -> str:
    return report_errors.measured(50, 2, 500) if quick else report_errors.measured()


def _evidence(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else evidence.measured(folder, quick)


def _duplicates(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else duplicates.measured(folder, quick)


def _drafting(folder: Path, quick: bool) -> str:
    return drafting.report(drafting.measure(folder, ((2, 8),), (1, 8)) if quick else drafting.measure(folder))


def _prompt_tokens(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else prompt_tokens.measured(folder, quick)


def _altering(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else altering.measured(folder, quick)


def _selection(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else selection.measured(folder, quick)


def _opinions(_: Path, quick: bool) -> str:
    return opinions.measured(evidence.data(), quick)


def _answers(_: Path, quick: bool) -> str:
    folder = evidence.data()
    return evidence.NO_DATA if folder is None else answers.measured(folder, quick)


def _checks(folder: Path, quick: bool) -> str:
    return checks.report(checks.measure(folder, 6 if quick else checks.STEPS))


def _start(folder: Path, _: bool) -> str:
    return start.report(start.measure(folder))


def _terminal(folder: Path, quick: bool) -> str:
    return terminal.report(terminal.measure(folder, 2 if quick else 12))


def _pair_terminal(folder: Path, quick: bool) -> str:
    return pair_terminal.measured(folder, 6 if quick else 60)


BENCHMARKS = (
    Benchmark("Labels over HTTP", _labels),
    Benchmark("Claims on a long queue", _claims),
    Benchmark("Import and export", _exchange),
    Benchmark("Agreement", _agreement),
    Benchmark("The gate of calibration", _calibration),
    Benchmark("Drift", _drift),
    Benchmark("Position bias", _position_bias),
    Benchmark("Anchoring on drafts", _anchoring),
    Benchmark("Gold by its timing", _gold_timing),
    Benchmark("A made-up programme", _programme),
    Benchmark("Reports to a lead", _reports),
    Benchmark("How far reports can be trusted", _report_errors),
    Benchmark("Step checks", _evidence),
    Benchmark("Answer checks", _answers),
    Benchmark("Altered steps", _altering),
    Benchmark("Drafts of an endpoint", _drafting),
    Benchmark("Tokens of prompts", _prompt_tokens),
    Benchmark("Order of work", _selection),
    Benchmark("Sources of opinions", _opinions),
    Benchmark("Duplicates of drafts", _duplicates),
    Benchmark("A server that checks", _checks),
    Benchmark("Start", _start),
    Benchmark("At the terminal", _terminal),
    Benchmark("Two long responses at the terminal", _pair_terminal),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--quick", action="store_true", help="seconds each, with numbers that mean little")
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), flush=True)
        for number, benchmark in enumerate(BENCHMARKS):
            place = folder / str(number)
            place.mkdir()
            began = time.perf_counter()
            print(f"\n## {benchmark.title}\n\n{benchmark.measure(place, given.quick)}", flush=True)
            print(f"\n({time.perf_counter() - began:.0f} s in all)", flush=True)


if __name__ == "__main__":
    main()
