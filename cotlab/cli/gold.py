"""Gold: imported on this host or through a server; listed, promoted, corrected and retired through a server."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cotlab.cli.context import client, database_option, host, opened, project_id, run, server_option, settings
from cotlab.cli.progress import bar
from cotlab.cli.sentences import counted, one_line
from cotlab.cli.traces.rejects import Rejects, say_broken
from cotlab.cli.traces.trace_import import passed_on, requests, sent
from cotlab.exchange.formats import READERS

if TYPE_CHECKING:
    from cotlab.domain.gold import GoldCriterion, GoldItem, GoldReport, GoldStep, GoldSuggestion
    from cotlab.settings import Settings

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
domain_option = click.option("--domain", help="Only that of this domain.")
WIDTH = 60


@click.group("gold")
def gold_command() -> None:
    """Keep traces whose every step has a verified label, and pairs, which people are measured against."""


@gold_command.command("import")
@database_option
@server_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--project", required=True, help="The project that the gold comes into.")
@click.option("--format", "format_name", type=click.Choice([one.name for one in READERS]), help="Else recognised.")
@click.option("--source", help="Whose labels in the file are the verified ones; needed where there are several.")
@click.option("--map", "names", metavar="WORD=LABEL,...", help="The labels that the file's words stand for.")
@json_option
def import_command(
    database: str | None, server: str | None, file: Path, project: str, format_name: str | None, source: str | None,
    names: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Import FILE (JSON lines, of the formats that `cotlab import` reads) as gold.

    Each step has a verified label, and with it a justification: the rationale of the label, or a text of the list
    "justifications" in the record. A pair has a verified choice with its rationale, or with the text for "overall"
    in the object "justifications", which has one for each criterion too. Nobody is told what is gold. Good lines
    are kept. Each broken one is named, and written with its reason to FILE.rejects.jsonl beside it. Running it again
    is safe.
    """
    found = settings(database=database, server=server)
    query = {"format": format_name, "source": source, "map": names}
    rejects = Rejects(file)
    with rejects, bar(file) as advance:
        if found.server is None:
            report = _import_here(found, project, query, file, rejects, advance)
        else:
            report = asyncio.run(_import_there(found, project, query, file, rejects, advance))
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        click.echo(
            f"{counted(report.lines, 'line')} ({report.format}): {_brought(report)}; "
            f"{report.duplicates:,} gold already; {len(report.broken):,} broken"
        )
    if report.broken:
        say_broken(file, report.broken, rejects)
        sys.exit(1)


def _brought(report: "GoldReport") -> str:
    if report.items and not report.steps:
        return counted(report.items, "gold pair")
    return f"{counted(report.items, 'gold trace')} with {counted(report.steps, 'step')}"


def _import_here(
    found: "Settings", project: str, query: dict[str, str | None], file: Path, rejects: Rejects,
    advance: Callable[[int], None],
) -> "GoldReport":  # fmt: skip
    from cotlab.exchange.readers.jsonl import byte_lines
    from cotlab.services.gold.gold_import import GoldOrder, import_gold, label_names
    from cotlab.services.projects.projects import project_id_named

    order = GoldOrder(query["format"], query["source"], label_names(query["map"]))
    with opened(found) as store, file.open("rb") as stream:
        by, target = host(store), store.read(lambda db: project_id_named(db, project))
        return import_gold(store, by, target, passed_on(byte_lines(stream), advance), order, reject=rejects.broken)


async def _import_there(
    found: "Settings", project: str, query: dict[str, str | None], file: Path, rejects: Rejects,
    advance: Callable[[int], None],
) -> "GoldReport":  # fmt: skip
    """Send the file in requests of some thousand lines, each of which the server keeps or refuses by itself."""
    from cotlab.domain.errors import BadInput

    total: GoldReport | None = None
    async with client(found) as connection:
        target = await project_id(connection, project)
        for first, lines in requests(_lines(file)):
            asked = {key: value for key, value in query.items() if value is not None} | {"first_line": str(first)}
            report = await connection.import_gold(target, sent(lines), asked)
            for broken in report.broken:
                rejects.add(broken.line, broken.field, broken.why, lines[broken.line - first].rstrip(b"\r\n"))
            total = report if total is None else total.plus(report)
            query = query | {"format": query["format"] or report.format or None}
            advance(sum(map(len, lines)))
    if total is None:
        raise BadInput(f"{file}: there is no record in the file; it should hold one JSON object a line")
    return total


def _lines(file: Path) -> Iterator[bytes]:
    from cotlab.exchange.readers.jsonl import byte_lines

    with file.open("rb") as stream:
        yield from byte_lines(stream)


@gold_command.command("list")
@server_option
@project_option
@domain_option
@json_option
@run
async def list_command(server: str | None, project: str, domain: str | None, as_json: bool) -> None:
    """List the gold of a project, the oldest first, with how many people were given it and how many erred."""
    import json

    items: list[GoldItem] = []
    query = {"domain": domain} if domain else {}
    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        page = await connection.gold(target, query)
        items += page.items
        while page.next_cursor is not None:
            page = await connection.gold(target, {**query, "cursor": page.next_cursor})
            items += page.items
    if as_json:
        click.echo(json.dumps([item.model_dump(mode="json") for item in items], ensure_ascii=False, indent=2))
        return
    what = "gold item" if any(item.task == "pairs" for item in items) else "gold trace"
    for item in items:
        click.echo("\n".join(_item(item)))
    click.echo(f"{counted(len(items), what)}, the oldest first", err=True)


def _item(item: "GoldItem") -> Iterator[str]:
    marks = [*(["pair"] if item.task == "pairs" else []), item.origin.value]
    marks += ["calibration"] if item.calibration else []
    people = counted(item.exposure, "person", "people")
    yield f"{item.item_id}  {item.domain}, {', '.join(marks)}: {people}, {item.missed} erred"
    yield f"  {one_line(item.problem, WIDTH)}"
    for which, text in zip(("first", "second"), item.responses, strict=False):
        yield f"  {which}: {one_line(text, WIDTH)}"
    for step in item.steps:
        place = "overall" if item.task == "pairs" else f"{step.position:>3}"
        yield f"  {place}  {_label(step.label, step)}"
    for one in item.criteria:
        yield f"  {one.criterion}  {_label(one.choice, one)}"


def _label(label: str, one: "GoldStep | GoldCriterion") -> str:
    again = f" (version {one.number})" if one.number > 1 else ""
    return f"{label}{', stale' if one.stale else ''}{again}: {one_line(one.justification, WIDTH)}"


@gold_command.command("promote")
@server_option
@click.argument("trace")
@project_option
@click.option(
    "--why",
    "reasons",
    multiple=True,
    metavar="STEP=TEXT",
    help="Why a step's label is right, where no decision says it.",
)
@click.option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="NAME=CHOICE=TEXT",
    help="What is right of a pair on a criterion, its first response against the second, and why.",
)
@json_option
@run
async def promote_command(
    server: str | None, trace: str, project: str, reasons: tuple[str, ...], criteria: tuple[str, ...], as_json: bool
) -> None:
    """Make gold of the TRACE, or pair, of that id, on whose every step people agree or an adjudicator decided.

    A pair has one step, 1, which is its overall choice.
    """
    from cotlab.domain.gold import PromoteBody

    body = PromoteBody.model_validate(
        {"item_id": trace, "justifications": _reasons(reasons), "criteria": _criteria(criteria)}
    )
    async with client(settings(server=server)) as connection:
        receipt = await connection.promote(await project_id(connection, project), body)
    click.echo(receipt.model_dump_json() if as_json else f"{trace} is gold")


def _reasons(reasons: tuple[str, ...]) -> dict[int, str]:
    found = {}
    for one in reasons:
        step, _, text = one.partition("=")
        if not step.strip().isdecimal() or not text.strip():
            raise click.UsageError(f"--why takes STEP=TEXT, such as 2='it repeats step 1', and not {one!r}")
        found[int(step)] = text
    return found


def _criteria(criteria: tuple[str, ...]) -> dict[str, dict[str, str]]:
    from cotlab.domain.guidelines.schema import CHOICES

    found = {}
    for one in criteria:
        name, choice, text = (part.strip() for part in (*one.split("=", 2), "", "")[:3])
        if not name or choice not in CHOICES or not text:
            raise click.UsageError(f"--criterion takes NAME=CHOICE=TEXT, of the choices {', '.join(CHOICES)}")
        found[name] = {"choice": choice, "justification": text}
    return found


@gold_command.command("correct")
@server_option
@click.argument("trace")
@click.argument("step", type=click.IntRange(1))
@click.argument("label")
@project_option
@click.option("--why", required=True, help="Why this label is the right one.")
@click.option("--criterion", help="The criterion of a pair that the choice is on, instead of the overall one.")
@json_option
@run
async def correct_command(
    server: str | None, trace: str, step: int, label: str, project: str, why: str, criterion: str | None, as_json: bool
) -> None:
    """Give a STEP of the gold TRACE another verified LABEL; every score is computed from it from now on.

    Of a pair STEP is 1, and LABEL a choice of its first response against the second.
    """
    from cotlab.domain.gold import CorrectBody

    body = CorrectBody(position=step, criterion=criterion, label=label, justification=why)
    async with client(settings(server=server)) as connection:
        receipt = await connection.correct_gold(await project_id(connection, project), trace, body)
    click.echo(receipt.model_dump_json() if as_json else f"{criterion or f'step {step}'} of {trace} is {label}")


@gold_command.command("retire")
@server_option
@click.argument("trace")
@project_option
@click.option("--reason", required=True, help="Why it is no good as gold.")
@json_option
@run
async def retire_command(server: str | None, trace: str, project: str, reason: str, as_json: bool) -> None:
    """Take the TRACE, or pair, of that id out of gold, for good."""
    from cotlab.domain.gold import RetireBody

    async with client(settings(server=server)) as connection:
        receipt = await connection.retire_gold(await project_id(connection, project), trace, RetireBody(reason=reason))
    click.echo(receipt.model_dump_json() if as_json else f"{trace} is gold no more")


@gold_command.command("pool")
@server_option
@project_option
@json_option
@run
async def pool_command(server: str | None, project: str, as_json: bool) -> None:
    """Say whether gold in production is enough: what each person has not seen yet, against the work that waits."""
    import json

    from cotlab.domain.calibration.qualification import things

    async with client(settings(server=server)) as connection:
        pools = await connection.gold_pool(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in pools], ensure_ascii=False, indent=2))
        return
    if not pools:
        click.echo("no gold is mixed into production here, and none is due", err=True)
    for one in pools:
        waiting = f"{counted(one.places, 'place')} waiting, about {one.each:.1f} gold {things(one.domain)} a person"
        what = f"gold {things(one.domain).removesuffix('s')}"
        click.echo(f"{one.domain}: {counted(one.traces, what)}; {waiting}")
        for share in one.people:
            click.echo(f"  {share.person}: {share.unseen} not seen yet{'  !' if share.short else ''}")
        if one.warning is not None:
            click.echo(f"Note: {one.warning}")


@gold_command.command("suggest")
@server_option
@project_option
@domain_option
@click.option("--most", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many candidates.")
@json_option
@run
async def suggest_command(server: str | None, project: str, domain: str | None, most: int, as_json: bool) -> None:
    """Say which traces and pairs would make good gold, and what in gold may be wrong."""
    query = {"most": most, **({"domain": domain} if domain else {})}
    async with client(settings(server=server)) as connection:
        found = await connection.suggest_gold(await project_id(connection, project), query)
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(_suggestion(found)))


def _suggestion(found: "GoldSuggestion") -> Iterator[str]:
    yield f"{counted(len(found.candidates), 'candidate')}" + (", the best first:" if found.candidates else "")
    for one in found.candidates:
        counts = ", ".join(f"{label} {count}" for label, count in one.labels.items())
        yield f"  {one.item_id}  {one.domain}{', pair' if one.task == 'pairs' else ''}: {counts}"
        yield f"    {one_line(one.problem, WIDTH)}"
        yield f"    {one.why}"
    if found.labels_missing:
        yield f"no candidate holds {', '.join(found.labels_missing)}"
    yield f"{counted(len(found.suspects), 'suspect')} in gold" + (":" if found.suspects else "")
    for suspect in found.suspects:
        step = f", step {suspect.position}" if suspect.position is not None else ""
        yield f"  {suspect.item_id}  {suspect.domain}{step}"
        yield f"    {one_line(suspect.problem, WIDTH)}"
        yield f"    {suspect.sentence}"
