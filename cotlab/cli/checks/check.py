"""The checks of mathematical steps, on a file or in a project."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import database_option, settings
from cotlab.cli.progress import bar
from cotlab.cli.sentences import printable

if TYPE_CHECKING:
    from cotlab.domain.checks import StepVerdict
    from cotlab.exchange.readers.jsonl import Broken
    from cotlab.exchange.readers.steps import NamedStep

AT_ONCE = 64


@click.command("check")
@database_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--project", help="Check all steps of this project that have no verdict yet.")
@click.option("--json", "as_json", is_flag=True, help="For machines: an object a step with all its claims, or counts.")
@click.option("--all-kinds", is_flag=True, help="Let every kind refute, and contradictions with earlier steps too.")
def check_command(
    database: str | None, file: Path | None, project: str | None, as_json: bool, all_kinds: bool
) -> None:  # fmt: skip
    """Check what is computed in the steps of FILE (JSON lines), or of a project.

    A row of FILE has the step, and the steps before it in `previous`; traces as `cotlab import` reads them will do too.
    Each step gets one verdict: verified (the sums hold, not: the step is right), refuted, or undecided, and why. Broken
    lines are named, and the exit code is then 1.

    Of a project, verdicts are kept. Stopped or killed anywhere, the command goes on where it was when it is called
    again. The setting is that of the policy, unless told otherwise.
    """
    if (file is None) == (project is None):
        raise click.UsageError("Name a FILE or a --project.")
    if project is not None:
        from cotlab.cli.checks.check_project import check_project_named

        check_project_named(settings(database=database), project, as_json, all_kinds)
    elif file is not None:
        _check_file(file, as_json, all_kinds)


def _check_file(file: Path, as_json: bool, all_kinds: bool) -> None:
    from cotlab.checks.running.runner import Checker
    from cotlab.domain.projects.gates import Setting
    from cotlab.exchange.readers.jsonl import Broken

    counted: Counter[str] = Counter()
    broken = 0
    with Checker(Setting.ALL_KINDS if all_kinds else Setting.DEFAULT) as checker:
        for found in _steps(file):
            if isinstance(found, Broken):
                broken += 1
                click.echo(f"{file}, {found.sentence}", err=True)
                continue
            for one, verdict in zip(found, checker.check(one.asked for one in found), strict=True):
                counted[verdict.verdict] += 1
                click.echo(_row(one, verdict) if as_json else _line(one, verdict))
    total = ", ".join(f"{counted[name]:,} {name}" for name in ("verified", "refuted", "undecided"))
    click.echo(f"{sum(counted.values()):,} steps: {total}; {broken:,} broken lines", err=True)
    if broken:
        sys.exit(1)


def _steps(file: Path) -> Iterator["list[NamedStep] | Broken"]:
    """The steps of the file, some at once, and each broken line in its place."""
    from cotlab.exchange.readers.jsonl import Broken, byte_lines
    from cotlab.exchange.readers.steps import read_steps

    waiting: list[NamedStep] = []
    with bar(file) as advance, file.open("rb") as stream:
        for found in read_steps(_told(byte_lines(stream), advance)):
            if isinstance(found, Broken) or len(waiting) == AT_ONCE:
                if waiting:
                    yield waiting
                    waiting = []
                if isinstance(found, Broken):
                    yield found
                    continue
            waiting.append(found)
    if waiting:
        yield waiting


def _told(lines: Iterator[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    for line in lines:
        advance(len(line))
        yield line


def _row(found: "NamedStep", verdict: "StepVerdict") -> str:
    place = {"line": found.line_number, "id": found.id, "step": found.place}
    said = {**{key: value for key, value in place.items() if value is not None}, **verdict.model_dump(mode="json")}
    return json.dumps(said, ensure_ascii=False)


def _line(found: "NamedStep", verdict: "StepVerdict") -> str:
    """Where the step stands, its verdict, and its reason; control characters are shown as they are written."""
    names = [f"line {found.line_number}", found.id, f"step {found.place}" if found.place else None]
    place = ", ".join(name for name in names if name)
    return printable(f"{place}: {verdict.verdict}: {verdict.reason}")
