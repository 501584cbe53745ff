"""The docs hold: pages are up to date, nothing is missing in them, links lead somewhere, and sessions run."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cotlab import documentation
from cotlab.cli import cli
from cotlab.cli.projects.policy_values import fields
from cotlab.domain.errors import CotlabError
from cotlab.domain.projects.gates import Gate
from cotlab.domain.projects.policy import Policy
from cotlab.settings import Settings
from tests.consumers.environment import asked_for
from tests.pages import FENCE, ROOT, as_shown, run, session

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "datasets" / "README.md", *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", documentation.pages())
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == documentation.pages()[name], "run: python -m cotlab.documentation --write"


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _commands(inner, click.Context(inner, info_name=name, parent=context))


def test_every_command_and_option_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    sections = dict(re.findall(r"^##+ (cotlab[^\n]*)\n\n```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    both = (("cotlab", cli), ("cotlab-tui", documentation.terminal_command()))
    known = {path: made for name, top in both for path, made in _commands(top, click.Context(top, info_name=name))}
    assert set(sections) == set(known)
    for path, command in known.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(flag in sections[path] for flag in parameter.opts), (path, parameter.name)


def test_every_setting_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = {f"COTLAB_{name.upper()}" for name in Settings.model_fields}
    sources = [*ROOT.glob("cotlab/**/*.py"), *ROOT.glob("tui/**/*.py")]
    names |= {name for path in sources for name in re.findall(r"\bCOTLAB_[A-Z_]*[A-Z]", path.read_text("utf-8"))}
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_error_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    waiting, slugs = [CotlabError], set()
    while waiting:
        error = waiting.pop()
        waiting += [one for one in error.__subclasses__() if one.__module__.startswith("cotlab.")]
        slugs.add(error.slug)
    assert {slug for slug in slugs if f"`{slug}`" not in page} == set()


def test_every_policy_value_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    names = [name for name, _, _ in fields(Policy(gate=Gate()))]
    assert {name for name in names if f"| `{name}` |" not in page} == set()


def test_the_readme_leads_to_every_page() -> None:
    links = LINK.findall((ROOT / "README.md").read_text("utf-8"))
    assert {f"docs/{path.name}" for path in ROOT.glob("docs/*.md")} <= set(links)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for link in LINK.findall(text):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, f"{page.name}: {link}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


SESSIONS = ["README.md", "docs/quickstart-lead.md", "docs/quickstart-api.md"]
if not asked_for():
    SESSIONS.append("docs/client.md")  # else it runs where the libraries are that it streams into


@pytest.mark.slow
@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_runs(name: str, tmp_path: Path) -> None:
    """All sessions of a page, one after the other in one shell, in a folder with what a checkout has."""
    blocks = FENCE.findall((ROOT / name).read_text("utf-8"))
    script = session(blocks)
    if "curl " in script and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    said = run(script, tmp_path)
    as_shown(blocks, said)
    assert "kill %1" in script, "a session ends its server"
