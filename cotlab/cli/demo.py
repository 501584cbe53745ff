"""The whole journey in a fresh folder: a server, the example data, the terminal UI, an export, a verified trail."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cotlab.settings import Settings
    from tui.scripted import Judgement

PROJECT = "examples"
EXPERTS = ("expert", "second expert")
TRACES_OF_SCRIPT = 4
READY_WITHIN = 20.0


@click.command("demo")
@click.option("--script", is_flag=True, help="Drive the terminal UI without a person, as two experts.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where the data goes; else a new folder here."
)
def demo_command(script: bool, folder: Path | None) -> None:
    """Try everything with the example data: on a terminal as an expert, else by a script with two experts."""
    script = script or not (sys.stdin.isatty() and sys.stdout.isatty())
    demo = prepare(fresh(folder), overlap=2 if script else 1)
    with serving(demo) as server:
        click.echo(f"serving {server} with {demo.traces} traces from {demo.folder}")
        if script:
            by_script(demo, server)
        else:
            by_hand(demo, server)
    finish(demo)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo's folder, settings, and the tokens of its experts by name."""

    folder: Path
    settings: "Settings"
    tokens: dict[str, str]
    traces: int


def fresh(folder: Path | None) -> Path:
    """Make the folder. Raises AlreadyExists where it holds something."""
    from cotlab.domain.errors import AlreadyExists

    folder = folder or Path("demo-data") / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise AlreadyExists(f"{folder} is not empty; name another folder.")
    return folder


def prepare(folder: Path, overlap: int) -> Demo:
    """A database with two experts, a project, the guideline, and the example data, domains taking turns."""
    from cotlab.cli.context import settings
    from cotlab.domain.people import Role
    from cotlab.domain.projects.policy import Policy
    from cotlab.domain.projects.projects import MemberBody, NewProject
    from cotlab.exchange.readers.jsonl import read_traces
    from cotlab.services.guidelines import publishing
    from cotlab.services.people import accounts
    from cotlab.services.people.setup import initialise, open_database
    from cotlab.services.projects import projects
    from cotlab.services.traces.trace_import import import_lines
    from cotlab.shipped import folder as shipped
    from cotlab.storage import SERVER, Db

    found = settings(database=str(folder / "cotlab.db"), signing_key=folder / "signing-key")
    admin = initialise(found, "admin", days=1).admin_id
    store = open_database(found)
    guideline = shipped("guidelines") / "step-correctness" / "1.0.md"
    version = publishing.checked(guideline.read_text("utf-8"), guideline.name)

    def add_experts(db: Db) -> dict[str, str]:
        tokens = {}
        for name in EXPERTS:
            accounts.add_person(db, admin, name)
            tokens[name] = accounts.issue_token(db, admin, name, "demo", days=1).token
        return tokens

    try:
        tokens = store.write(SERVER, add_experts)
        project = projects.new_project(store, admin, NewProject(name=PROJECT)).id
        for name in EXPERTS:
            body = MemberBody(person=name, role=Role.ANNOTATOR)
            store.write(project, lambda db, body=body: projects.add_member(db, admin, project, body))  # type: ignore[misc]
        store.write(project, lambda db: projects.set_policy(db, admin, project, Policy(overlap=overlap)))
        store.write([SERVER, project], lambda db: publishing.publish(db, admin, version, [project]))
        done = import_lines(store, admin, project, read_traces(_in_turn(shipped("datasets"))))
    finally:
        store.close()
    return Demo(folder, found, tokens, done.traces)


def _in_turn(datasets: Path) -> Iterator[bytes]:
    """A line of each file, then the next of each, so that the first hour is varied."""
    from itertools import chain, zip_longest

    files = [path.read_bytes().splitlines() for path in sorted(datasets.glob("*.jsonl"))]
    return (line for line in chain.from_iterable(zip_longest(*files)) if line is not None)


@contextmanager
def serving(demo: Demo) -> Iterator[str]:
    """A server in a process of its own; its address. It ends with the block."""
    from cotlab.domain.errors import Unavailable

    log = demo.folder / "server.log"
    environment = {
        **os.environ,
        "COTLAB_DATABASE": demo.settings.database,
        "COTLAB_SIGNING_KEY": str(demo.settings.signing_key),
    }
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "cotlab", "serve", "--port", "0"],
            env=environment, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if not line:
            raise Unavailable(f"the server did not start; {log} says why")
        yield line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(READY_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def by_hand(demo: Demo, server: str) -> None:
    """The terminal UI, as an expert."""
    environment = {
        **os.environ, "COTLAB_SERVER": server, "COTLAB_TOKEN": demo.tokens[EXPERTS[0]],
        "COTLAB_STATE": str(demo.folder / "terminal"), "COTLAB_CREDENTIALS": str(demo.folder / "credentials.json"),
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "tui.main"], env=environment, check=False)


def by_script(demo: Demo, server: str) -> None:
    """Two experts at the real terminal UI. The second one sees one step differently."""
    from cotlab.client import Credentials
    from tui.app.settings import Settings as TerminalSettings
    from tui.scripted import Expert

    truth = authors_truth()
    for number, name in enumerate(EXPERTS):
        settings = TerminalSettings(
            credentials_file=demo.folder / "credentials.json",
            state=demo.folder / "terminal",
            credentials=Credentials(server=server, token=demo.tokens[name]),
        )
        expert = Expert(name, settings, AuthorsJudge(truth, differs=number == 1).judge, click.echo)
        labels = asyncio.run(expert.label(TRACES_OF_SCRIPT))
        click.echo(f"{name}: {labels} labels committed through the terminal UI")


@dataclass(slots=True)
class AuthorsJudge:
    """Judges as the authors of the example data did; one that differs does so once, on no trace's first step."""

    truth: dict[str, tuple[str, str, bool]]
    differs: bool

    def judge(self, text: str) -> "Judgement":
        from tui.scripted import Judgement

        label, rationale, first = self.truth[text]
        if self.differs and not first:
            self.differs = False
            return Judgement("redundant" if label == "correct" else "correct", "")
        return Judgement(label, rationale)


def authors_truth() -> dict[str, tuple[str, str, bool]]:
    """Step's text -> the label and the rationale that the example data give it, and whether it begins a trace."""
    from cotlab.domain.traces.records import Trace
    from cotlab.shipped import folder as shipped

    traces = (
        Trace.model_validate_json(line)
        for path in sorted(shipped("datasets").glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    )
    return {
        step.text: (step.labels[0].value, step.labels[0].rationale or "", step is trace.steps[0])
        for trace in traces for step in trace.steps
    }  # fmt: skip


def finish(demo: Demo) -> None:
    """Export what was labelled, verify the audit trail, and say where everything is."""
    from cotlab.cli.datasets.export import export_here, say
    from cotlab.cli.datasets.export_files import Writing
    from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
    from cotlab.services.audit.verification import verify
    from cotlab.services.people.setup import open_database
    from cotlab.storage.engine.signing import load_signer

    for format_name, labels, mapping in (
        ("trl-stepwise", LabelChoice.SETTLED, "correctness"), ("native", LabelChoice.EACH, None),
    ):  # fmt: skip
        out = demo.folder / f"{PROJECT}-{format_name}.jsonl"
        order = ExportOrder(format=format_name, labels=labels, mapping=mapping)
        writing = Writing(out, order)
        say(export_here(demo.settings, PROJECT, order, writing), writing)
    store = open_database(demo.settings)
    try:
        key = load_signer(demo.settings.key_path()).public_key
        verdicts = store.read(lambda db: verify(db, [key], [], []))
    finally:
        store.close()
    wrong = sum(verdict.wrong for verdict in verdicts.values())
    events = sum(verdict.events for verdict in verdicts.values())
    click.echo(
        f"audit trail: {events} events in {len(verdicts)} chains, {'verified' if not wrong else f'{wrong} findings'}"
    )
    click.echo(f"everything is in {demo.folder}")
    if wrong:
        sys.exit(1)
