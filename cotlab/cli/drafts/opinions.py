"""Opinions of models of all traces, or pairs, of a slice: asked for through a server, and how far they are."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cotlab.cli.context import client, project_id, settings
from cotlab.cli.sentences import counted, one_line, printable

if TYPE_CHECKING:
    from cotlab.client import Client
    from cotlab.domain.drafts.opinions import OpinionProgress
    from cotlab.domain.drafts.requests import Draft

LOOK = 1.0
"""Seconds between two looks at how far they are."""


async def ask(server: str | None, project: str, given: Mapping[str, Any], wait: bool, as_json: bool) -> None:
    """Ask for what is missing, call by call, and say of how many items; where it is wanted, until all is there."""
    from cotlab.domain.drafts.opinions import OpinionsAsked, OpinionsBody

    body, asked, refused, why = OpinionsBody.model_validate(given), 0, 0, None
    async with client(settings(server=server)) as connection:
        target = await project_id(connection, project)
        while True:
            found = await connection.ask_opinions(target, body)
            asked, refused, why = asked + found.asked, refused + found.refused, found.sentence or why
            if found.next is None:
                break
            click.echo(f"asked about {asked:,} so far", err=True)
            body = body.model_copy(update={"after": found.next})
        if as_json and not wait:
            click.echo(OpinionsAsked(asked=asked, refused=refused, sentence=why).model_dump_json())
        elif not as_json:
            click.echo(f"asked about {counted(asked, 'pair' if body.kind == 'pair_opinion' else 'trace')}")
        if refused:
            click.echo(f"{refused:,} left out: {why}", err=True)
        if wait:
            await _watch(connection, target, body, as_json)


async def _watch(connection: "Client", target: str, body: Any, as_json: bool) -> None:
    """A line a change, until nothing waits; exits with 1 where something failed."""
    shown = None
    while True:
        rows = await connection.opinions(target)
        now = next((one for one in rows if (one.kind, one.model) == (body.kind, body.model)), None)
        if now is not None and now != shown:
            click.echo(now.model_dump_json() if as_json else line(now))
        if now is None or not now.waiting:
            break
        shown = now
        await asyncio.sleep(LOOK)
    if now is not None and now.failed:
        raise SystemExit(1)


def line(one: "OpinionProgress") -> str:
    why = f": {one_line(one.sentence)}" if one.sentence else ""
    return printable(
        f"{one.kind} by {one.model}  {one.done:,} done  {one.waiting:,} waiting  {one.failed:,} failed{why}  "
        f"{counted(one.opinions, 'opinion')}"
    )


def said(draft: "Draft") -> str | None:
    """An opinion in a line; None of what is none."""
    found = draft.document
    if "probabilities" in found:
        ranked = sorted(found["probabilities"].items(), key=lambda one: -one[1])
        return f"step {draft.position}: " + ", ".join(f"{name} {share:.2f}" for name, share in ranked) + _how(found)
    if "preference" in found:
        return f"{found['preference']} (first {found['first']:.2f}, second {found['second']:.2f})" + _how(found)
    return None


def _how(found: Mapping[str, Any]) -> str:
    mass = "" if found.get("mass") is None else f", mass {found['mass']:.2f}"
    return f"  by {found['by']}{mass}" + (f", {found['unreadable']} unreadable" if found.get("unreadable") else "")
