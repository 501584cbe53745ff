"""Drafts of models, through a server."""

import json
from typing import TYPE_CHECKING, TextIO

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.drafts import opinions
from cotlab.cli.sentences import counted, one_line, printable
from cotlab.cli.slices import slice_of
from cotlab.drafting.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cotlab.client import Client
    from cotlab.domain.drafts.requests import Decided, Draft, DraftEdit, DraftStatus

project_option = click.option("--project", required=True, help="The project.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
SLICE = ("domain", "tag", "difficulty", "strategy")
SHOWN = 160
"""Characters of a draft in a list."""
ANSWER = "Answer:"
ENTER = [kind.name for kind in KINDS if kind.enters_pool]
OF_PAIRS = [kind.name for kind in KINDS if kind.target == "pair"]


@click.group("draft")
def draft_command() -> None:
    """Have a model draft steps and paths or give its opinion, and see how far it is.

    Who labels sees a draft of a step once they have committed it, where the policy `drafts` says so, and none before.
    """


@draft_command.command("start")
@server_option
@project_option
@click.option("--kind", required=True,
              help="alternatives, altered_step, path, label_opinion or pair_opinion (docs/drafting.md).")  # fmt: skip
@click.option("--model", required=True, help="The model's name; `cotlab draft models` lists them.")
@click.option(
    "--trace", "item", help="Of a step or an opinion: the id of the trace or pair; opinions without one are of all."
)
@click.option("--position", type=click.IntRange(1), help="Of a step: its position.")
@click.option("--where", multiple=True, metavar="NAME=VALUE",
              help=f"Opinions of all of a {', '.join(SLICE)}; more than once.")  # fmt: skip
@click.option("--answers", type=click.IntRange(1, 20), default=3, show_default=True,
              help="Of an opinion by votes: answers for each order of the options.")  # fmt: skip
@click.option("--problem", help="Of a problem: its id.")
@click.option("--number", type=click.IntRange(1, 1000), default=3, show_default=True, help="How many drafts.")
@click.option(
    "--strategy",
    help="Of a path: forward, backward, estimate-then-check, cases, table; of an altered step: its way; else in turn.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1),
              help="Makes the same drafts again; without one the server draws it.")  # fmt: skip
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.8, show_default=True)
@click.option("--top-p", type=click.FloatRange(0, 1, min_open=True), default=0.95, show_default=True)
@click.option("--max-tokens", type=click.IntRange(1, 32_768), default=512, show_default=True)
@click.option("--wait", is_flag=True, help="Show its progress until it has ended.")
@json_option
@run
async def draft_start(
    server: str | None, project: str, kind: str, model: str, item: str | None, position: int | None,
    where: tuple[str, ...], answers: int, problem: str | None, number: int, strategy: str | None, seed: int | None,
    temperature: float, top_p: float, max_tokens: int, wait: bool, as_json: bool,
) -> None:  # fmt: skip
    """Ask for drafts; `cotlab worker` makes them. Prints the id of the request.

    An opinion without --trace is asked for of every trace, or pair, that has none of this model yet, a request each;
    the same command again goes on with what is missing.
    """
    from cotlab.domain.drafts.opinions import OpinionKind
    from cotlab.domain.drafts.requests import DraftBody
    from cotlab.domain.errors import BadInput

    sampling = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}
    common = {"kind": kind, "model": model, "seed": seed, "answers": answers, "sampling": sampling}
    in_bulk = kind in {*OpinionKind} and (item, position, problem) == (None, None, None)
    if where and not in_bulk:
        raise BadInput("--where is for opinions of all traces, or pairs, of a slice.")
    if in_bulk:
        await opinions.ask(server, project, {**common, "where": slice_of(where, SLICE)}, wait, as_json)
        return
    body = DraftBody.model_validate({
        **common, "item_id": item, "position": position, "problem_id": problem, "number": number, "strategy": strategy,
    })  # fmt: skip
    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        made = await connection.start_drafts(target, body)
        if wait:
            await _watch(connection, target, made.id, as_json)
        else:
            click.echo(made.model_dump_json(indent=2) if as_json else _line(made))


@draft_command.command("models")
@server_option
@project_option
@json_option
@run
async def draft_models(server: str | None, project: str, as_json: bool) -> None:
    """List the models that may be asked."""
    async with client(settings(server=server)) as connection:
        found = await connection.models(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump() for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(printable(f"{one.name}  {one.driver}"))
    click.echo(counted(len(found), "model"), err=True)


@draft_command.command("status")
@server_option
@click.argument("request", required=False)
@project_option
@json_option
@run
async def draft_status(server: str | None, request: str | None, project: str, as_json: bool) -> None:
    """List the requests of a project, or show the one of the id REQUEST with its drafts.

    Adjudicators are shown how far a request of their own is.
    """
    from cotlab.client import ApiError
    from cotlab.domain.errors import Refused

    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        if request is None:
            found = [one async for one in _requests(connection, target)]
            rows = [one.model_dump(mode="json") for one in found]
            lines = [json.dumps(rows, indent=2, ensure_ascii=False)] if as_json else [_line(one) for one in found]
        else:
            try:
                report = await connection.drafts(target, request)
            except ApiError as error:
                if error.status != Refused.status:
                    raise
                status = await connection.draft_status(target, request)
                lines = [status.model_dump_json(indent=2) if as_json else _line(status)]
            else:
                drafts = [_draft_line(one) for one in report.drafts]
                lines = [report.model_dump_json(indent=2)] if as_json else [_line(report.request), *drafts]
    for line in lines:
        click.echo(line)


@draft_command.command("opinions")
@server_option
@project_option
@json_option
@run
async def draft_opinions(server: str | None, project: str, as_json: bool) -> None:
    """Say how far the opinions of models are: of how many traces or pairs they are there, and how many wait."""
    async with client(settings(server=server)) as connection:
        found = await connection.opinions(await project_id(connection, project))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(opinions.line(one))


@draft_command.command("cancel")
@server_option
@click.argument("request")
@project_option
@click.option("--reason", default="no longer wanted", show_default=True, help="Why; it stands in the audit trail.")
@json_option
@run
async def draft_cancel(server: str | None, request: str, project: str, reason: str, as_json: bool) -> None:
    """End the request of the id REQUEST; what it has drafted stays."""
    from cotlab.domain.drafts.requests import CancelBody

    async with client(settings(server=server)) as connection:
        ended = await connection.cancel_drafts(
            await project_id(connection, project), request, CancelBody(reason=reason)
        )
    click.echo(ended.model_dump_json(indent=2) if as_json else _line(ended))


@draft_command.command("accept")
@server_option
@click.argument("request", required=False)
@project_option
@click.option(
    "--draft", "drafts", type=click.IntRange(1), multiple=True, help="The draft of this number; more than once."
)
@click.option("--strategy", help="The guideline's strategy that paths are of, where the draft's own is none of its.")
@click.option(
    "--edited",
    type=click.File(encoding="utf-8"),
    help="Of one draft: a file with its steps as they are to be, one a line; of a path the answer at the end.",
)
@click.option("--all", "every", is_flag=True, help="Of all requests, in place of one.")
@json_option
@run
async def draft_accept(
    server: str | None, request: str | None, project: str, drafts: tuple[int, ...], strategy: str | None,
    edited: TextIO | None, every: bool, as_json: bool,
) -> None:  # fmt: skip
    """Let drafts of the request of the id REQUEST into the pool: all that wait, or those that are named.

    Each becomes a trace that people label as any other. A draft that was dropped for its numbers enters where it is
    named.
    """
    from cotlab.domain.drafts.requests import AcceptBody

    if (request is None) != every or (every and drafts):
        raise click.UsageError("name a request, or give --all without --draft")
    if edited is not None and len(drafts) != 1:
        raise click.UsageError("--edited goes with one --draft")
    texts = None if edited is None else _edit(edited.read())
    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        body = AcceptBody(drafts=drafts, strategy=strategy, edited={} if texts is None else {drafts[0]: texts})
        requests = [request] if request else await _open(connection, target)
        found = [await connection.accept_drafts(target, one, body) for one in requests]
    _say_decided(found, every, as_json)


@draft_command.command("decline")
@server_option
@click.argument("request")
@project_option
@click.option(
    "--draft", "drafts", type=click.IntRange(1), multiple=True, help="The draft of this number; more than once."
)
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@json_option
@run
async def draft_decline(
    server: str | None, request: str, project: str, drafts: tuple[int, ...], reason: str, as_json: bool
) -> None:
    """Turn drafts of the request of the id REQUEST down: all that wait, or those that are named."""
    from cotlab.domain.drafts.requests import DeclineBody

    async with client(settings(server=server)) as connection:
        body = DeclineBody(drafts=drafts, reason=reason)
        found = await connection.decline_drafts(await project_id(connection, project), request, body)
    _say_decided([found], False, as_json)


async def _open(connection: "Client", target: str) -> list[str]:
    """The requests with drafts that wait for a decision, the oldest first."""
    found = [one async for one in _requests(connection, target)]
    return [one.id for one in reversed(found) if one.open and one.kind in ENTER]


async def _requests(connection: "Client", target: str) -> "AsyncIterator[DraftStatus]":
    """All requests, the newest first."""
    page = await connection.draft_requests(target)
    while page:
        for one in page:
            yield one
        page = await connection.draft_requests(target, page[-1].id)


def _edit(text: str) -> "DraftEdit":
    """Steps, one a line; a last line that begins with `Answer:` is the final answer."""
    from cotlab.domain.drafts.requests import DraftEdit

    lines = [line.strip() for line in text.splitlines() if line.strip()]
    answer = lines.pop().removeprefix(ANSWER).strip() if lines and lines[-1].startswith(ANSWER) else None
    return DraftEdit.model_validate({"steps": lines, "final_answer": answer})


def _say_decided(found: "list[Decided]", several: bool, as_json: bool) -> None:
    if as_json:
        rows = [one.model_dump(mode="json") for one in found]
        click.echo(json.dumps(rows if several else rows[0], indent=2, ensure_ascii=False))
        return
    for one in found:
        lines = [f"{ordinal}. accepted: trace {item}" for ordinal, item in one.items.items()]
        lines += [f"{ordinal}. dropped: {_why(drop.why)} as {drop.beside}" for ordinal, drop in one.dropped.items()]
        lines += [f"{ordinal}. declined" for ordinal in one.declined]
        lines += [f"{ordinal}. left: {why}" for ordinal, why in one.left.items()]
        for line in lines or ["nothing waits for a decision"]:
            click.echo(printable(f"{one.request_id}  {line}" if several else line))


def _why(reason: str) -> str:
    return reason.replace("_", " ")


@draft_command.command("watch")
@server_option
@click.argument("request")
@project_option
@json_option
@run
async def draft_watch(server: str | None, request: str, project: str, as_json: bool) -> None:
    """Show the progress of the request of the id REQUEST, a line a change, until it has ended."""
    async with client(settings(server=server)) as connection:
        await _watch(connection, await project_id(connection, project), request, as_json)


async def _watch(connection: "Client", target: str, request: str, as_json: bool) -> None:
    """Exits with 1 for a request that did not come to its end."""
    found = None
    async for found in connection.draft_progress(target, request):
        click.echo(found.model_dump_json() if as_json else _line(found))
    if found is None or found.state != "done":
        raise SystemExit(1)


def _line(one: "DraftStatus") -> str:
    item = "pair" if one.kind in OF_PAIRS else "trace"
    where = f"{item} {one.item_id}" if one.item_id else f"problem {one.problem_id}"
    where += "" if one.position is None else f" step {one.position}"
    why = f": {one_line(one.sentence)}" if one.sentence else ""
    counts = {"accepted": one.accepted, "declined": one.declined, "dropped": sum(one.dropped.values())}
    became = "".join(f", {number} {what}" for what, number in counts.items() if number)
    return printable(
        f"{one.id}  {one.kind} by {one.model}  {where}  {one.made} of {one.wanted}{became}  {one.state}{why}"
    )


def _draft_line(one: "Draft") -> str:
    said = opinions.said(one) or one.document.get("text") or " / ".join(one.document.get("steps", ()))
    became = f"[dropped: {_why(one.dropped.why)}] " if one.dropped else ""
    became = f"[{one.decision.decision}] " if one.decision else became
    return f"  {one.ordinal}. {became}{one_line(said, SHOWN)}"
