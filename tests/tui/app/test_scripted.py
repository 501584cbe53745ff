"""The expert of the demo, at the real screens over a socket."""

from dataclasses import replace
from pathlib import Path

from cotlab.client import Credentials
from tests.tui.fakes.server import FakeServer
from tests.tui.guidelines.test_new_version import NEW, OLD, changes
from tui.app.settings import Settings
from tui.scripted import Expert, Judgement

LABELS = {"Let t": "correct", "The first": "skipped-step", "The second": "wrong-operation"}


def judge(text: str) -> Judgement:
    label = next((label for words, label in LABELS.items() if text.startswith(words)), "redundant")
    return Judgement(label, "because")


async def test_it_reads_cites_and_labels(server: FakeServer, address: str, settings: Settings, tmp_path: Path) -> None:
    server.changes, server.asks = changes(OLD, NEW, 3), ["complete", "strategy"]
    told: list[str] = []
    settings = replace(settings, credentials=Credentials(server=address, token="cot_good"))
    assert await Expert("ash", settings, judge, told.append).label(2) == 6
    labels = {at: rows[0] for at, rows in server.assignments["a1"].labels.items()}
    assert [row["label"] for row in labels.values()] == ["correct", "skipped-step", "wrong-operation", "redundant"]
    assert labels[3]["rationale"] == "because" and [one["name"] for one in labels[1]["citations"]] == ["M1"]
    assert not any(row["citations"] for at, row in labels.items() if at > 1), "one rule is cited, once"
    assert server.acknowledged == ["v1"] and len(server.endings) == 2
    assert told[:2] == ["ash: step-correctness 1.1 read", "ash: M1 cited (After a wrong step)"]
