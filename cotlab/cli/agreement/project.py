"""Agreement in a project of a server: the ways to ask, each with the options that it takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cotlab.cli.agreement.text import (
    change_lines,
    diagnosis_lines,
    report_lines,
    say,
    say_all,
    steps_lines,
    taken_lines,
)
from cotlab.cli.context import client, project_id, settings
from cotlab.client import Client
from cotlab.domain.agreement.coefficients import GoOnBody

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A project by its id and by the name that was given, and whether the answer is printed as JSON."""

    id: str
    name: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class Way:
    """What is asked where `option` is given; `takes` and `needs` are other options, by the names of parameters."""

    option: str
    ask: Callable[[Client, Asked, Options], Awaitable[None]]
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    async def print(self, server: str | None, project: str, options: Options, as_json: bool) -> None:
        """Ask the server, and print what it says."""
        async with client(settings(server=server)) as connection:
            await self.ask(connection, Asked(await project_id(connection, project), project, as_json), options)


def _query(options: Options, *names: str) -> dict[str, Any]:
    """The options that have a value, as parameters of a request."""
    found = {name: options[name] for name in names if options[name] not in (None, ())}
    found |= {name: found[name].replace("@", " ") for name in ("version", "before") if name in found}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in found.items()}


def _measuring(options: Options) -> dict[str, Any]:
    chosen = {"coefficient": ",".join(options["names"])} if options["names"] else {}
    return _query(options, "version", "kinds", "replicates", "seed", "doubted", "task", "question") | chosen


async def _report(connection: Client, asked: Asked, options: Options) -> None:
    report = await connection.agreement(asked.id, _measuring(options) | _query(options, "by", "sources"))
    say(report, report_lines(asked.name, report), options["with_tables"], asked.as_json)


async def _change(connection: Client, asked: Asked, options: Options) -> None:
    query = _measuring(options) | _query(options, "before")
    rose = await connection.agreement_change(asked.id, {"after": query.pop("version"), **query})
    say(rose, change_lines(rose), False, asked.as_json)


async def _diagnose(connection: Client, asked: Asked, options: Options) -> None:
    said = await connection.diagnosis(asked.id, _query(options, "by", "version", "doubted", "task", "question"))
    say(said, diagnosis_lines(said), False, asked.as_json)


async def _steps(connection: Client, asked: Asked, options: Options) -> None:
    query = _query(options, "where", "rule", "version", "kinds", "offset", "limit", "doubted", "task", "question")
    page = await connection.disputed_steps(asked.id, {"labels": options["steps"], **query})
    say(page, steps_lines(page, options["offset"] or 0), False, asked.as_json)


async def _taken(connection: Client, asked: Asked, options: Options) -> None:
    takings = await connection.taken_agreement(asked.id)
    say_all(takings, taken_lines(takings), asked.as_json)


async def _go_on(connection: Client, asked: Asked, options: Options) -> None:
    body = GoOnBody(domain=options["go_on"], reason=options["reason"])
    say(await connection.go_on(asked.id, body), [f"{body.domain} goes on"], False, asked.as_json)


ABOUT = ("task", "question")
MEASURING = ("version", "kinds", "names", "replicates", "seed", "doubted", *ABOUT)
REPORT = Way("project", _report, ("by", "with_tables", "sources", *MEASURING))
CHANGE = Way("before", _change, MEASURING, ("version",))
WAYS = (
    CHANGE,
    Way("diagnose", _diagnose, ("by", "version", "doubted", *ABOUT)),
    Way("steps", _steps, ("where", "rule", "version", "kinds", "offset", "limit", "doubted", *ABOUT)),
    Way("taken", _taken),
    Way("go_on", _go_on, ("reason",), ("reason",)),
)
