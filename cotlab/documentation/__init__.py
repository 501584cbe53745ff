"""The pages of the docs that are made from the code: `python -m cotlab.documentation --write`, or `--check`.

docs/keys.md is made from the terminal UI's registry of keys, by `tui.documentation`.
"""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast, get_args, get_origin

import click
import platformdirs
from litestar import Litestar, Request
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute
from pydantic import BaseModel

from cotlab.api.access import Access
from cotlab.api.app import create_app
from cotlab.api.replies import http_error
from cotlab.cli import cli
from cotlab.documentation.drawing import with_drawing
from cotlab.domain.errors import CotlabError
from cotlab.domain.projects.policy import Policy
from cotlab.settings import Settings
from cotlab.storage import Store

FOLDER = Path(__file__).parents[2] / "docs"
MADE = "This page is made from the code: `python -m cotlab.documentation --write`."
WIDTH = 88

SETTINGS = f"""# Settings

Read once at the start from the environment; a flag of a command wins over it.

{MADE}
"""
TERMINAL = """
## The terminal UI alone

`cotlab-tui` reads `COTLAB_SERVER`, `COTLAB_TOKEN` and `COTLAB_CREDENTIALS` too, and these:
"""
STATE = """| `COTLAB_STATE` | folder | the user's state folder | unsent labels, drafts and receipts |
| `NO_COLOR` | anything | not set | no colours at all; every sign has a glyph and a word beside it |
"""
ERRORS = f"""# Errors

Over HTTP every error is `application/problem+json`: `slug` is stable and for programs, `detail` is a sentence for
people and often more exact than the one below. `bad-input` may add `fields` (each field that does not fit, and why);
`break-required` adds `until` (microseconds UTC), `already-labelled` the `label_id` that a correction names. Answers of
429 and 503 have a `Retry-After` in seconds. On the command line the sentence is printed to standard error and the exit
code is 1, or 2 for a flag or argument that does not fit.

{MADE}

| status | slug | sentence |
| --- | --- | --- |
"""
POLICY = f"""# Policy

A project has one policy; setting it adds a version of it, and an export reads the one in force at its point in time.
`cotlab policy show PROJECT` prints it, `cotlab policy set PROJECT overlap=3 gate.steps=120` changes it.

{MADE}

| name | values | default | what it is |
| --- | --- | --- | --- |
"""
COMMANDS = f"""# Commands

{MADE}
"""
ROUTES = f"""# Routes

Who may call a route is declared with it: `admin` is a role of the whole server, the others are roles of the project in
the path. Of assignments everybody reaches their own alone; one of somebody else answers `not-found`. Publishing a
guideline takes the lead of every project named. The fields of bodies and answers stand in the OpenAPI document at
`/v1/openapi`; the body of an import is JSON lines, that of `/v1/archives` an
archive.

{MADE}

| method | path | who may call it | body | answer |
| --- | --- | --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """File name in docs/ -> the whole page."""
    return {
        "settings.md": settings_page(),
        "errors.md": ERRORS + "".join(error_rows()),
        "policy.md": POLICY + "".join(_fields(Policy, "")),
        "commands.md": COMMANDS + "".join(command_sections()),
        "routes.md": ROUTES + "".join(route_rows(create_app(cast(Store, None)))),
        "architecture.md": with_drawing((FOLDER / "architecture.md").read_text("utf-8")),
    }


def settings_page() -> str:
    head = "\n| variable | values | default | what it is |\n| --- | --- | --- | --- |\n"
    own = [
        f"| `{option.envvar}` | {_choices(option)} | `{str(option.default).lower()}` | {_lower(option.help or '')} |\n"
        for option in terminal_command().params
        if isinstance(option, click.Option) and option.envvar
    ]
    return SETTINGS + head + "".join(_fields(Settings, "COTLAB_")) + TERMINAL + head + "".join(own) + STATE


def _choices(option: click.Option) -> str:
    choices = option.type.choices if isinstance(option.type, click.Choice) else ("true", "false")
    return ", ".join(f"`{choice}`" for choice in choices)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].removesuffix(".")


def _fields(model: type[BaseModel], prefix: str) -> Iterator[str]:
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        shown = f"`{(prefix + name).upper() if prefix.isupper() else prefix + name}`"
        inner = _part(field.annotation)
        if inner is None:
            values = _values(schema["properties"][name], schema.get("$defs", {}))
            yield f"| {shown} | {values} | {_default(field.default)} | {field.description} |\n"
        elif field.default is None:
            yield f"| {shown} | the values below, or `none` | none | {field.description} |\n"
        if inner is not None:
            yield from _fields(inner, f"{prefix}{name}.")


def _part(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, if it holds one."""
    if get_origin(annotation) is tuple:
        return None
    found = (one for one in (annotation, *get_args(annotation)) if isinstance(one, type) and issubclass(one, BaseModel))
    return next(found, None)


def _values(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What a JSON schema allows, in words."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _values(one, definitions)
    if "$ref" in schema:
        return _values(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "pattern" in schema:
        return ", ".join(f"`{word}`" for word in schema["pattern"].strip("^()$").split("|"))
    match schema.get("type"):
        case "integer" | "number" as kind:
            return _range(schema, kind)
        case "boolean":
            return "`true`, `false`"
        case "array" if "$ref" not in schema["items"]:
            return "names with commas between"
        case "array":
            return _list(schema["items"], definitions)
    return "file" if schema.get("format") == "path" else "text"


def _list(items: dict[str, Any], definitions: dict[str, Any]) -> str:
    of = definitions[items["$ref"].rpartition("/")[2]] if "$ref" in items else {}
    if "enum" in of:
        return "any of " + ", ".join(f"`{value}`" for value in of["enum"]) + "; empty for none"
    if "properties" in of:
        return "entries of " + ", ".join(f"`{name}`" for name in of["properties"])
    return "names; empty for none"


def _range(schema: dict[str, Any], kind: str) -> str:
    if "exclusiveMinimum" in schema:
        return f"more than {schema['exclusiveMinimum']:g}"
    if "minimum" not in schema:
        return kind
    least = f"{schema['minimum']:g}"
    if "exclusiveMaximum" in schema:
        return f"{least} to less than {schema['exclusiveMaximum']:,g}"
    return f"{least} to {schema['maximum']:,g}" if "maximum" in schema else f"{least} or more"


def _in_folder(path: Path) -> str:
    for name, folder in (("settings", platformdirs.user_config_dir), ("data", platformdirs.user_data_dir)):
        if path.is_relative_to(folder("cotlab")):
            return f"`{path.relative_to(folder('cotlab'))}` in cotlab's folder of user {name}"
    return f"`{path}`"


def _default(value: Any) -> str:
    match value:
        case None:
            return "none"
        case Path():
            return _in_folder(value)
        case (str(), *_) if not isinstance(value[0], StrEnum):
            return f"`{','.join(value)}`"
        case tuple():
            return ", ".join(f"`{one}`" for one in value) or "none"
        case StrEnum():
            return f"`{value.value}`"
        case bool():
            return f"`{str(value).lower()}`"
    return f"`{value}`"


def error_rows() -> Iterator[str]:
    """A row for each error of the tree, and for what the HTTP layer answers by itself."""
    tree: list[type[CotlabError]] = [CotlabError, *_below(CotlabError)]
    for error in tree:
        yield f"| {error.status} | `{error.slug}` | {(error.__doc__ or '').strip()} |\n"
    for status in (400, 405):
        body = json.loads(http_error(cast("Request[Any, Any, Any]", None), HTTPException(status_code=status)).content)
        yield f"| {status} | `{body['slug']}` | {body['detail']} |\n"


def _below(error: type[CotlabError]) -> Iterator[type[CotlabError]]:
    for one in error.__subclasses__():
        if one.__module__ == CotlabError.__module__:
            yield one
            yield from _below(one)


def terminal_command() -> click.Group:
    """The command `cotlab-tui`, found as what the package installs, so that this module does not depend on it."""
    return cast(click.Group, next(iter(entry_points(group="console_scripts", name="cotlab-tui"))).load())


def command_sections() -> Iterator[str]:
    for name, group in (("cotlab", cli), ("cotlab-tui", terminal_command())):
        yield from _sections(group, _context(group, name, None), 2)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, help_option_names=["-h", "--help"]
    )


def _sections(command: click.Command, context: click.Context, depth: int) -> Iterator[str]:
    yield f"\n{'#' * min(depth, 3)} {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(inner, _context(inner, name, context), depth + 1)


def route_rows(app: Litestar) -> Iterator[str]:
    """A row for each method of each route, by path."""
    for route in sorted(app.routes, key=lambda route: route.path):
        if not isinstance(route, HTTPRoute) or route.path.startswith("/v1/openapi/"):
            continue
        for method, (handler, _) in sorted(route.route_handler_map.items()):
            if method != "OPTIONS":
                signature = handler.parsed_fn_signature.parameters.get("data")
                body = f"`{signature.annotation.__name__}`" if signature else "-"
                answered = handler.responses or {}
                answer = _model(answered[200].data_container) if 200 in answered else "the OpenAPI document"
                path = route.path.replace(":str}", "}")
                yield f"| {method} | `{path}` | {_who(handler.opt['access'])} | {body} | {answer} |\n"


def _model(model: Any) -> str:
    if model is None:
        return "JSON lines, streamed"
    if model is bytes:
        return "an archive, streamed"
    inner = get_args(model)
    return f"list of `{inner[0].__name__}`" if inner else f"`{model.__name__}`"


def _who(access: Access) -> str:
    if not access.signed_in:
        return "anyone"
    if access.admin:
        return "admin"
    return ", ".join(sorted(access.roles)) or "whoever is signed in"


@click.command()
@click.option("--write", "task", flag_value="write", help="Write the pages.")
@click.option("--check", "task", flag_value="check", help="Exit 1 where a page is not up to date.")
def main(task: str | None) -> None:
    """Make the pages of docs/ that come from the code."""
    if task is None:
        raise click.UsageError("say --write or --check")
    found = {FOLDER / name: text for name, text in pages().items()}
    old = [path for path, text in found.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in old:
        if task == "write":
            path.write_text(found[path], encoding="utf-8", newline="\n")
        click.echo(f"{'wrote' if task == 'write' else 'out of date:'} {path.relative_to(FOLDER.parent)}")
    if old and task == "check":
        sys.exit(1)
