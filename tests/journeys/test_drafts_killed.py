"""A worker that drafts is killed and another goes on, and the drafts are those of one that was left alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.drafts.requests import DraftBody, ModelOptions, NewModel
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.drafting.driver import Surroundings
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.audit.verification import verify
from cotlab.services.drafts import models, requests
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import SERVER
from cotlab.storage.engine.signing import load_signer
from tests.drafting.endpoint import Stub, serving
from tests.journeys.servers import running

pytestmark = pytest.mark.slow

WANTED = 24
TEXTS = tuple(f"step number {number} of many" for number in range(101))


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving(Stub(texts=TEXTS, pause=0.04)) as stub:
        yield stub


@pytest.fixture
def prepared(tmp_path: Path, stub: Stub) -> tuple[Settings, str, str, str]:
    """Settings, a project with a model, a trace in it, and the token of its lead."""
    settings = Settings(database=str(tmp_path / "cotlab.db"), signing_key=tmp_path / "key")
    initialise(settings, "admin", days=1)
    store = open_database(settings)
    try:
        project = projects.new_project(store, "host", NewProject(name="pilot")).id
        steps = (Step(text="2 + 3 = 5"), Step(text="5 + 1 = 6"))
        made = Trace(problem=Problem(text="What is 2 + 3 + 1?"), steps=steps).model_dump_json(exclude_defaults=True)
        import_lines(store, "host", project, read_traces([made.encode()], "native"))
        by = store.write(SERVER, lambda db: accounts.host_actor(db, "operator"))
        model = NewModel(name="small", driver="openai", place=stub.place, options=ModelOptions())
        store.write(SERVER, lambda db: models.add(db, by, model, Surroundings()))
        store.write(SERVER, lambda db: accounts.add_person(db, by, "lea"))
        lead = MemberBody(person="lea", role=Role.LEAD)
        store.write(project, lambda db: projects.add_member(db, by, project, lead))
        token = store.write(SERVER, lambda db: accounts.issue_token(db, by, "lea", "test", 1)).token
        (row,) = store.read(lambda db: db.rows("SELECT id FROM traces"))
    finally:
        store.close()
    return settings, project, row["id"], token


def environment(settings: Settings, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COTLAB_")}
    own = {"COTLAB_DATABASE": settings.database, "COTLAB_SIGNING_KEY": str(settings.signing_key)}
    return {**kept, **own, "COTLAB_DRAFT_LEASE": "1.5", **more}


@contextmanager
def working(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cotlab", "worker", "--drafts"], env=environment(settings),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def texts(settings: Settings, request: str) -> list[tuple[int, Any]]:
    store = open_database(settings)
    try:
        found = store.read(
            lambda db: db.rows(
                "SELECT ordinal, document, provenance FROM drafts WHERE request_id = :id ORDER BY ordinal", id=request
            )
        )
    finally:
        store.close()
    return [tuple(row.values()) for row in found]


def await_drafts(settings: Settings, request: str, number: int) -> None:
    ends = time.monotonic() + 60
    while len(texts(settings, request)) < number and time.monotonic() < ends:
        time.sleep(0.02)
    assert len(texts(settings, request)) >= number


def asked(settings: Settings, project: str, item: str) -> str:
    store = open_database(settings)
    body = DraftBody(kind="alternatives", model="small", item_id=item, position=2, number=WANTED, seed=7)
    try:
        by = store.write(SERVER, lambda db: accounts.person_id(db, "lea"))
        return store.write(project, lambda db: requests.request(db, by, project, body)).id
    finally:
        store.close()


def test_killed_and_gone_on_with(prepared: tuple[Settings, str, str, str]) -> None:
    settings, project, item, _ = prepared
    killed = asked(settings, project, item)
    with working(settings) as process:
        await_drafts(settings, killed, 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    reached = texts(settings, killed)
    assert 2 <= len(reached) < WANTED, "it was killed on its way"
    alone = asked(settings, project, item)
    with working(settings):
        for request in (killed, alone):
            await_drafts(settings, request, WANTED)
    assert texts(settings, killed) == texts(settings, alone) and texts(settings, killed)[: len(reached)] == reached
    assert [ordinal for ordinal, *_ in texts(settings, killed)] == list(range(1, WANTED + 1))
    store = open_database(settings)
    key = load_signer(settings.key_path()).public_key
    verdicts = store.read(lambda db: verify(db, [key], [], []))
    store.close()
    assert all(one.good for one in verdicts.values()), [one.findings for one in verdicts.values()]


def test_a_lead_starts_watches_and_cancels_from_a_shell(prepared: tuple[Settings, str, str, str], stub: Stub) -> None:
    settings, _, item, token = prepared
    assert settings.signing_key is not None
    with running(settings.database, settings.signing_key) as server, working(settings):
        own = environment(settings, COTLAB_SERVER=server.url, COTLAB_TOKEN=token)

        def said(*arguments: str, code: int = 0) -> list[Any]:
            command = [sys.executable, "-m", "cotlab", "draft", *arguments, "--project", "pilot", "--json"]
            done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == code, done.stderr
            return [json.loads(line) for line in done.stdout.splitlines()] if "{\n" not in done.stdout else [
                json.loads(done.stdout)
            ]  # fmt: skip

        step = ("--kind", "alternatives", "--model", "small", "--trace", item, "--position", "2")
        seen = said("start", *step, "--number", "40", "--wait")
        assert [one["made"] for one in seen] == sorted(one["made"] for one in seen) and len(seen) > 2
        assert (seen[-1]["state"], seen[-1]["made"]) == ("done", 40)
        stub.pause = 0.5
        (slow,) = said("start", *step, "--number", "100")
        ends = time.monotonic() + 60
        while len(stub.asked) < 41 and time.monotonic() < ends:
            time.sleep(0.02)
        (ended,) = said("cancel", slow["id"])
        assert ended["state"] == "cancelled" and said("watch", slow["id"], code=1)[-1]["state"] == "cancelled"
        assert stub.broken_off.wait(30), "the worker hung up on what was no longer wanted"
        (report,) = said("status", seen[-1]["id"])
        assert [draft["ordinal"] for draft in report["drafts"]] == list(range(1, 41))
