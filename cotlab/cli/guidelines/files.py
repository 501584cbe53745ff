"""Guideline files: what is wrong with one, and what changed between two, or since a version that is stored."""

import json
import sys
import textwrap
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, run, server_option, settings
from cotlab.domain.guidelines.lint import CODES

if TYPE_CHECKING:
    from cotlab.client import Client
    from cotlab.domain.guidelines.differences import Difference, RuleChange
    from cotlab.domain.guidelines.rules import Guideline, Rule
    from cotlab.domain.work.views import GuidelineView

FILE = click.Path(path_type=Path, dir_okay=False)
MEANINGS = "\b\nCodes:\n" + "\n".join(f"  {code} ({severity})\n    {text}" for code, (severity, text) in CODES.items())
WIDTH = 100
AROUND = 5
"""Words that are shown on each side of a change."""


def _read(file: Path) -> "Guideline":
    from cotlab.exchange.guideline.front_matter import parse_guideline

    return parse_guideline(file.read_bytes(), str(file))


async def _found(server: str | None, name: str) -> "Guideline":
    """The guideline in a file of that name, else the stored version that is meant by `guideline@version`."""
    from cotlab.exchange.guideline.front_matter import parse_guideline

    if Path(name).exists() or "@" not in name:
        return _read(Path(name))
    async with client(settings(server=server)) as connection:
        stored = await stored_version(connection, *name.rsplit("@", 1))
    return parse_guideline(stored.text.encode(), name)


async def stored_version(connection: "Client", guideline: str, version: str | None) -> "GuidelineView":
    """A version that is stored on the server, the newest where none is named. Raises NotFound with those that are."""
    from cotlab.domain.errors import NotFound

    rows = [row for row in (await connection.guidelines()).versions if row.guideline == guideline]
    wanted = [row for row in rows if version in (None, row.version)]
    if not wanted:
        known = ", ".join(row.version for row in rows) or "none"
        raise NotFound(f"There is no {' '.join(filter(None, (guideline, version)))} here; stored is {known}.")
    newest = max(wanted, key=lambda row: tuple(map(int, row.version.split("."))))
    return await connection.guideline_version(newest.id)


@click.command("lint", epilog=MEANINGS)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
@click.option(
    "--judgement-examples",
    "lint_judgement_examples",
    type=click.IntRange(0, 1000),
    metavar="N",
    help="Examples that a boundary under `judgement` wants; else COTLAB_LINT_JUDGEMENT_EXAMPLES, else 10.",
)
@click.option(
    "--examples",
    "lint_examples",
    type=click.IntRange(0, 1000),
    metavar="N",
    help="Examples that any other boundary or a criterion wants; else COTLAB_LINT_EXAMPLES, else 3.",
)
def lint_command(file: Path, as_json: bool, **numbers: int | None) -> None:
    """Find what is wrong or missing in the guideline FILE.

    Exits 1 where there is an error; warnings alone exit 0.
    """
    from cotlab.domain.guidelines.lint import Limits, findings

    chosen = settings(**numbers)
    limits = Limits(judgement_examples=chosen.lint_judgement_examples, other_examples=chosen.lint_examples)
    found = findings(_read(file), limits)
    if as_json:
        click.echo(json.dumps([finding.model_dump() for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{file}:{finding.line}: {finding.severity} {finding.code}: {finding.message}")
    errors = sum(finding.severity == "error" for finding in found)
    click.echo(f"{file}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}", err=True)
    if errors:
        sys.exit(1)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command("diff")
@server_option
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
@run
async def diff_command(server: str | None, old: str, new: str, as_json: bool) -> None:
    """Show what changed from the guideline OLD to NEW, by label, rule and example.

    Each is a file, or a version that is stored on the server, as step-correctness@1.0. Within a text, [-so-] is what
    went and {+so+} is what came.
    """
    from cotlab.domain.guidelines.differences import difference

    before, after = await _found(server, old), await _found(server, new)
    changed = difference(before, after)
    if as_json:
        click.echo(changed.model_dump_json(indent=2))
        return
    click.echo(f"{changed.old} -> {changed.new} ({changed.change})")
    for line in (*_labels(before, after, changed), *_sections(changed), *_rules(changed)):
        click.echo(textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False))
    if not (changed.labels or changed.sections or changed.rules):
        click.echo("no label, rule, example or section changed")


def _labels(before: "Guideline", after: "Guideline", changed: "Difference") -> Iterator[str]:
    for change in changed.labels:
        becomes = f", becomes {' or '.join(change.becomes)}" if change.becomes else ""
        yield from ("", f"label {change.label}: {change.kind}{becomes}")
        was, now = (one.head.labels.label(change.label) for one in (before, after))
        for field in change.fields:
            yield f"  {field}: {_json(getattr(was, field))} -> {_json(getattr(now, field))}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sections(changed: "Difference") -> Iterator[str]:
    if changed.sections:
        yield from ("", f"changed too: {', '.join(changed.sections)}")


def _rules(changed: "Difference") -> Iterator[str]:
    for change in changed.rules:
        yield from ("", f"rule {change.rule} {change.title}: {change.kind}")
        if set(change.was) != set(change.now):
            yield f"  decides between: {', '.join(change.was) or 'nothing'} -> {', '.join(change.now) or 'nothing'}"
        yield from _texts(change)
        for sign, examples in (("-", change.examples_removed), ("+", change.examples_added)):
            for one in examples:
                reason = f" ({one.reason})" if one.reason else ""
                yield f"  {sign} {one.kind}: {one.text}{f' This is `{one.label}`{reason}.' if one.label else ''}"


def _texts(change: "RuleChange") -> Iterator[str]:
    from cotlab.domain.guidelines.differences import RULE_FIELDS

    for field in RULE_FIELDS:
        was, now = _words(change.old, field), _words(change.new, field)
        if field in change.fields:
            yield f"  {field}: {' '.join(_marked(was, now))}"
        elif change.kind != "changed" and field != "title" and (was or now):
            yield f"  {'+' if now else '-'} {field}: {' '.join(now or was)}"


def _words(rule: "Rule | None", field: str) -> list[str]:
    value = getattr(rule, field) if rule else ""
    return (", ".join(value) if isinstance(value, tuple) else value).split()


def _marked(was: list[str], now: list[str]) -> Iterator[str]:
    """The words of both, with what went and what came marked, and long passages that stayed cut short."""
    for _, start, end, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, come = was[start:end], now[first:last]
        if gone == come:
            before, after = AROUND * (start > 0), AROUND * (end < len(was) or last < len(now))
            cut = len(gone) > before + after + 2
            yield from [*gone[:before], "…", *gone[len(gone) - after :]] if cut else gone
        else:
            yield from ([f"[-{' '.join(gone)}-]"] if gone else []) + ([f"{{+{' '.join(come)}+}}"] if come else [])
