"""Two experts at the real terminal UI over a socket, while the server is killed between their keys."""

import asyncio
from pathlib import Path

import pytest

from cotlab.cli.demo import EXPERTS, AuthorsJudge, authors_truth, prepare
from cotlab.client import Credentials
from cotlab.services.audit.verification import verify
from cotlab.services.people.setup import open_database
from cotlab.storage import Reading
from cotlab.storage.engine.signing import load_signer
from tests.journeys.servers import ServerProcess, running
from tui.app.settings import Settings
from tui.scripted import Expert

pytestmark = pytest.mark.slow

TRACES = 5
KILLS = 2


async def kill_now_and_then(server: ServerProcess) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(1.2)
        server.kill()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(server.start)


def expert(name: str, folder: Path, url: str, token: str) -> Expert:
    settings = Settings(
        credentials_file=folder / "credentials.json", state=folder / "terminal",
        credentials=Credentials(server=url, token=token),
    )  # fmt: skip
    return Expert(name, settings, AuthorsJudge(authors_truth(), differs=False).judge, lambda _: None)


async def test_no_label_is_lost_or_doubled(tmp_path: Path) -> None:
    demo = prepare(tmp_path, overlap=2)
    with running(demo.settings.database, demo.settings.key_path()) as server:
        experts = [expert(name, tmp_path, server.url, demo.tokens[name]) for name in EXPERTS]
        killer = asyncio.create_task(kill_now_and_then(server))
        committed = await asyncio.gather(*(one.label(TRACES) for one in experts))
        await killer
    store = open_database(demo.settings)
    try:
        store.read(lambda db: check_labels(db, committed))
        receipts = [
            line.split('"receipt":"')[1][:64]
            for file in tmp_path.glob("terminal/*/receipts.jsonl")
            for line in file.read_text().splitlines()
        ]
        read = 2
        expected = sum(committed) + 2 * TRACES + 2 * (TRACES + 1) + read
        assert len(receipts) == expected, "commits, finishes, claims, and that each has read the guideline"
        key = load_signer(demo.settings.key_path()).public_key
        verdicts = store.read(lambda db: verify(db, [key], receipts, []))
        assert {chain: verdict.findings for chain, verdict in verdicts.items() if not verdict.good} == {}
    finally:
        store.close()


def check_labels(db: Reading, committed: list[int]) -> None:
    labels = db.rows(
        """SELECT actor_id, item_id, position, count(*) AS n FROM answers
           WHERE question = 'label' AND assignment_id IS NOT NULL GROUP BY actor_id, item_id, position"""
    )
    assert all(row["n"] == 1 for row in labels), "a label was doubled"
    per_person = {row["actor_id"] for row in labels}
    counts = sorted(sum(1 for row in labels if row["actor_id"] == person) for person in per_person)
    assert counts == sorted(committed), "a label was lost"
    finished = db.row("SELECT count(*) AS n FROM assignment_ends WHERE ending = 'finished'")
    assert finished is not None and finished["n"] == 2 * TRACES
